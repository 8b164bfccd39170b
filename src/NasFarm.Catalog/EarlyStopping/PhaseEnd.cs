using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.EarlyStopping;

/// <summary>What follows an epoch of a phase that ends in an edge decision.</summary>
/// <param name="Decides">Edges are decided now; else the next epoch follows.</param>
/// <param name="DecisionEpoch">Epoch whose state takes the decision; the epoch counter goes on after it.</param>
/// <param name="Early">The stop came before the phase's cap: <paramref name="DecisionEpoch"/> lies in the past.</param>
public readonly record struct PhaseEnd(bool Decides, int? DecisionEpoch, bool Early)
{
    /// <summary>The next epoch follows.</summary>
    public static PhaseEnd NextEpoch { get; } = new(false, null, false);

    /// <summary>SGAS-es after the epoch's checkpoint is written (spec/algorithms.md §3.2): a stop returns to its epoch; otherwise the
    /// phase ends at its cap, phaseStart + esStart + F − 1.</summary>
    public static PhaseEnd AfterEpoch(int epoch, int phaseStart, int phaseEpochs, EarlyStoppingRule rule, EarlyStopDecision decision)
    {
        if (decision is { Stop: true, StopEpoch: { } stopEpoch })
            return new(true, stopEpoch, Early: true);
        return AtCap(epoch, phaseStart, phaseEpochs, rule.EsStart);
    }

    /// <summary>The placebo: the same rollback at the epoch that another seed recorded, whatever λmax does here
    /// (spec/algorithms.md §3.4). Throws <see cref="ArgumentException"/> on a stop that goes forward or before the phase.</summary>
    public static PhaseEnd AfterPlaceboEpoch(int epoch, int phaseStart, int phaseEpochs, int esStart, PlaceboStop stop)
    {
        if (stop.ReturnTo < 0 || stop.ReturnTo > stop.TriggerAfter || stop.ReturnTo is null != stop.TriggerAfter is null)
            throw new ArgumentException($"A stop after epoch {stop.TriggerAfter} of the phase cannot return to epoch {stop.ReturnTo}.");
        if (stop is { TriggerAfter: { } trigger, ReturnTo: { } returnTo } && epoch - phaseStart == trigger)
            return new(true, phaseStart + returnTo, Early: true);
        return AtCap(epoch, phaseStart, phaseEpochs, esStart);
    }

    private static PhaseEnd AtCap(int epoch, int phaseStart, int phaseEpochs, int esStart) =>
        epoch - phaseStart - esStart >= phaseEpochs - 1
            ? new(true, phaseStart + esStart + phaseEpochs - 1, Early: false)
            : NextEpoch;
}
