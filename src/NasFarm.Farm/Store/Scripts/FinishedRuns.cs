using System.Collections.Concurrent;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>What came of finished runs. In a sweep nothing of it changes while the sweep is there and wants the same retrain jobs; whoever asks has read
/// in his own transaction that a run is finished.</summary>
internal sealed class FinishedRuns
{
    /// <summary>The kept state of a finished run.</summary>
    public const string State = "finished";

    private const int Most = 250_000;

    private static readonly Dictionary<string, Standing> Nothing = [];

    private readonly ConcurrentDictionary<string, Known> sweeps = new(StringComparer.Ordinal);

    /// <summary>What the results of a sweep's runs follow from, beside the runs: a sweep that was deleted and accepted again has another instant, one
    /// that was accepted with more retrain jobs another number.</summary>
    public sealed record Plan(long AcceptedAt, long Retrains);

    private sealed record Known(Plan Plan, IReadOnlyDictionary<string, Standing> Runs);

    /// <summary>Those that were kept for this plan, by id.</summary>
    public IReadOnlyDictionary<string, Standing> Of(string sweepId, Plan plan) =>
        sweeps.TryGetValue(sweepId, out var known) && known.Plan == plan ? known.Runs : Nothing;

    /// <summary>Keeps more of them.</summary>
    public void Keep(string sweepId, Plan plan, IReadOnlyDictionary<string, Standing> before, IEnumerable<Standing> more)
    {
        var runs = new Dictionary<string, Standing>(StringComparer.Ordinal);
        foreach (var run in more)
            runs.Add(run.RunId, run);
        if (runs.Count == 0)
            return;
        foreach (var (runId, run) in before)
            runs.TryAdd(runId, run);
        if (sweeps.Where(sweep => sweep.Key != sweepId).Sum(sweep => sweep.Value.Runs.Count) + runs.Count > Most)
            sweeps.Clear();
        // Whoever keeps at the same time keeps the same: what is lost is read again.
        sweeps[sweepId] = new(plan, runs);
    }
}
