using NasFarm.Catalog.Results;

namespace NasFarm.Farm.Coordination;

/// <summary>One metric row of a unit, void ones left out.</summary>
public readonly record struct MetricRow(string UnitId, long Step, string Name, long Fence, int Epoch, double Value, bool Timing);

/// <summary>How long an attempt had a device. <paramref name="Done"/>: it ended with a result.</summary>
public readonly record struct AttemptTime(string UnitId, long Fence, double Seconds, bool Done);

/// <summary>Adds up what a run cost (spec/retraining-and-data §7). Gradient evaluations and epochs are the search's; seconds come
/// from the timing metrics <c>epoch_seconds</c> and <c>candidate_seconds</c>, so waiting and start-up are in no total but the waste of failed
/// attempts.</summary>
public static class CostAccounting
{
    /// <summary>Timing metric of one trained epoch.</summary>
    public const string EpochSeconds = "epoch_seconds";

    /// <summary>Timing metric of the evaluation of candidates after an epoch. It stands where the next epoch would, and is none.</summary>
    public const string CandidateSeconds = "candidate_seconds";

    /// <summary>Minibatches evaluated without a gradient: after every epoch, and after the evaluation of candidates.</summary>
    public const string ForwardEvals = "forward_evals";

    /// <summary>What the search cost; retrain jobs are not in it.</summary>
    /// <param name="rows">Effective metrics of its phases.</param>
    /// <param name="attempts">Ended attempts of these.</param>
    public static RunCost OfSearch(IReadOnlyList<MetricRow> rows, IReadOnlyList<AttemptTime> attempts)
    {
        var trained = rows.Where(r => r.Name is not (CandidateSeconds or ForwardEvals)).Select(r => (r.Step, r.Epoch)).Distinct().Order().ToList();
        var kept = RunLineage.Kept(trained).ToHashSet();
        return new(
            GradEvals("grad_evals_w"), GradEvals("grad_evals_alpha"), GradEvals("grad_evals_hessian"),
            EpochsTrained: trained.Count,
            EpochsKept: kept.Count,
            DiscardedSeconds: Seconds(rows.Where(r => r.Name == EpochSeconds && !kept.Contains(r.Step))),
            WastedSeconds: Wasted(rows, attempts),
            SearchSeconds: Seconds(rows.Where(r => r.Name == CandidateSeconds || kept.Contains(r.Step))),
            RetrainSeconds: 0,
            ForwardEvals: GradEvals(ForwardEvals),
            LambdaMaxSeconds: rows.Where(r => r.Name == "lambda_max_seconds").Sum(r => r.Value));

        // The counter runs on through all phases and rollbacks of a search: its last value is the sum.
        long GradEvals(string name) => (long)rows.Where(r => r.Name == name).OrderBy(r => r.Step).LastOrDefault().Value;
    }

    /// <summary>What a retrain job cost.</summary>
    /// <param name="rows">Its effective metrics.</param>
    /// <param name="attempts">Its ended attempts.</param>
    public static RetrainCost OfRetrain(IReadOnlyList<MetricRow> rows, IReadOnlyList<AttemptTime> attempts) => new(Seconds(rows), Wasted(rows, attempts));

    /// <summary>A search with its retrain jobs.</summary>
    public static RunCost Sum(RunCost search, IEnumerable<RetrainCost> retrains) => retrains.Aggregate(search, (cost, retrain) => cost with
    {
        RetrainSeconds = cost.RetrainSeconds + retrain.Seconds,
        WastedSeconds = cost.WastedSeconds + retrain.WastedSeconds,
    });

    // What a lost attempt measured and still counts was not in vain: a later one went on from its checkpoint.
    private static double Wasted(IReadOnlyList<MetricRow> rows, IReadOnlyList<AttemptTime> attempts) => attempts.Where(a => !a.Done)
        .Sum(a => Math.Max(0, a.Seconds - Seconds(rows.Where(r => r.UnitId == a.UnitId && r.Fence == a.Fence))));

    private static double Seconds(IEnumerable<MetricRow> rows) => rows.Where(r => r.Name is EpochSeconds or CandidateSeconds).Sum(r => r.Value);
}

/// <summary>Device seconds of a retrain job, and those lost to kills and retries.</summary>
public readonly record struct RetrainCost(double Seconds, double WastedSeconds);
