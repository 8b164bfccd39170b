using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Coordination;

/// <summary>One metric row of a unit, void ones left out.</summary>
public readonly record struct MetricRow(string UnitId, long Step, string Name, long Fence, int Epoch, double Value, bool Timing);

/// <summary>How long an attempt had a device. <paramref name="Done"/>: it ended with a result.</summary>
public readonly record struct AttemptTime(string UnitId, long Fence, double Seconds, bool Done);

/// <summary>Adds up what a run cost (spec/retraining-and-data §7). Gradient evaluations and epochs are the search's; seconds come
/// from the timing metric <c>epoch_seconds</c>, so waiting and start-up are in no total but the waste of failed attempts.</summary>
public static class CostAccounting
{
    /// <summary>Timing metric of one trained epoch.</summary>
    public const string EpochSeconds = "epoch_seconds";

    /// <param name="kinds">Kind of each unit of the run.</param>
    /// <param name="rows">Effective metrics of these units.</param>
    /// <param name="attempts">Ended attempts of these units.</param>
    public static RunCost Of(
        IReadOnlyDictionary<string, UnitKind> kinds, IReadOnlyList<MetricRow> rows, IReadOnlyList<AttemptTime> attempts)
    {
        var search = rows.Where(r => kinds[r.UnitId] == UnitKind.Search).ToList();
        var trained = search.Select(r => (r.Step, r.Epoch)).Distinct().Order().ToList();
        var kept = RunLineage.Kept(trained).ToHashSet();
        var epochs = rows.Where(r => r.Name == EpochSeconds).ToList();
        var secondsByAttempt = epochs.GroupBy(r => (r.UnitId, r.Fence)).ToDictionary(g => g.Key, g => g.Sum(r => r.Value));
        return new(
            GradEvals("grad_evals_w"), GradEvals("grad_evals_alpha"), GradEvals("grad_evals_hessian"),
            EpochsTrained: trained.Count,
            EpochsKept: kept.Count,
            DiscardedSeconds: Seconds(UnitKind.Search, r => !kept.Contains(r.Step)),
            // What a lost attempt measured and still counts was not in vain: a later one went on from its checkpoint.
            WastedSeconds: attempts.Where(a => !a.Done)
                .Sum(a => Math.Max(0, a.Seconds - secondsByAttempt.GetValueOrDefault((a.UnitId, a.Fence)))),
            SearchSeconds: Seconds(UnitKind.Search, r => kept.Contains(r.Step)),
            RetrainSeconds: Seconds(UnitKind.Retrain, _ => true));

        // The counter runs on through all phases and rollbacks of a search: its last value is the sum.
        long GradEvals(string name) => (long)search.Where(r => r.Name == name).OrderBy(r => r.Step).LastOrDefault().Value;

        double Seconds(UnitKind kind, Func<MetricRow, bool> which) =>
            epochs.Where(r => kinds[r.UnitId] == kind && which(r)).Sum(r => r.Value);
    }
}
