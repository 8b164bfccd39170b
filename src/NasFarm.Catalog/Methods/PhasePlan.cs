using NasFarm.Catalog.Schedules;

namespace NasFarm.Catalog.Methods;

/// <summary>One search phase as planned.</summary>
/// <param name="Index">0-based; part of the unit id.</param>
/// <param name="FirstEpoch">Its first epoch when no phase before it stops early.</param>
/// <param name="EarliestFirstEpoch">Its first epoch when every phase before it stops as early as possible and rolls back.</param>
/// <param name="EpochCap">Epochs it trains at most.</param>
/// <param name="Decides">It ends with a decision in each cell type.</param>
/// <param name="BatchSize">Images per step.</param>
public sealed record PlannedPhase(int Index, int FirstEpoch, int EarliestFirstEpoch, int EpochCap, bool Decides, int BatchSize);

/// <summary>The phases of a whole search and the epochs they may take.</summary>
/// <param name="Phases">In order; methods that only name a cell have one phase of no epochs.</param>
/// <param name="NominalHorizon">Epochs of the cosine schedule; fixed for the whole search.</param>
/// <param name="MinimumTrainedEpochs">Epochs trained, rollbacks included, when every phase stops as early as possible.</param>
/// <param name="MaximumTrainedEpochs">Epochs trained at most.</param>
public sealed record PhasePlan(
    IReadOnlyList<PlannedPhase> Phases, int NominalHorizon, int MinimumTrainedEpochs, int MaximumTrainedEpochs)
{
    /// <summary>Every phase begins the schedules of the learning rate anew; the horizon is then that of a phase.</summary>
    public bool ScheduleRestarts { get; init; }

    /// <summary>The plan of a method with resolved settings. Throws <see cref="ArgumentException"/> on unknown names.</summary>
    public static PhasePlan Of(string methodName, Hyperparameters settings, string spaceName) =>
        MethodCatalog.Get(methodName).Phases(settings, Spaces.SearchSpaces.Get(spaceName));

    /// <summary>No training at all: one phase that names the cell.</summary>
    internal static PhasePlan NoTraining { get; } = new([new(0, 0, 0, 0, Decides: false, BatchSize: 0)], 0, 0, 0);

    /// <summary>One phase of so many epochs (DARTS).</summary>
    internal static PhasePlan Single(int epochs, int batchSize) =>
        new([new(0, 0, 0, epochs, Decides: false, batchSize)], epochs, epochs, epochs);

    /// <summary>One phase that may end before its horizon, or go back and train more epochs than it counts.</summary>
    /// <param name="epochs">Horizon of the schedules.</param>
    /// <param name="fewest">Epochs trained when it stops as early as it can.</param>
    /// <param name="most">Epochs trained at most, those that a rollback discards included.</param>
    /// <param name="batchSize">Images per step.</param>
    internal static PhasePlan Stopping(int epochs, int fewest, int most, int batchSize) =>
        new([new(0, 0, 0, most, Decides: false, batchSize)], epochs, fewest, most);

    /// <summary>So many stages of equal length, each a phase with a schedule of its own and a decision at its end (P-DARTS).</summary>
    internal static PhasePlan Staged(int stages, int epochs, int batchSize) => new(
        [.. Enumerable.Range(0, stages).Select(k => new PlannedPhase(k, k * epochs, k * epochs, epochs, Decides: true, batchSize))],
        epochs, stages * epochs, stages * epochs)
    { ScheduleRestarts = true };

    /// <summary>SGAS: the first decision after the warm-up epoch W (0-based), then one every F epochs, then the rest:
    /// W + F(D − 1) + 1 + post epochs (spec/algorithms.md §2.3).</summary>
    internal static PhasePlan FixedInterval(int decisions, int warmup, int interval, int postEpochs, int batchSize, int batchIncrease)
    {
        var phases = new List<PlannedPhase>();
        var epoch = 0;
        for (var k = 0; k < decisions; k++)
        {
            var length = k == 0 ? warmup + 1 : interval;
            phases.Add(new(k, epoch, epoch, length, Decides: true, batchSize + batchIncrease * k));
            epoch += length;
        }
        if (postEpochs > 0)
            phases.Add(new(decisions, epoch, epoch, postEpochs, Decides: false, batchSize + batchIncrease * decisions));
        return new(phases, epoch + postEpochs, epoch + postEpochs, epoch + postEpochs);
    }

    /// <summary>SGAS-es: D phases of at most esStart + F epochs, each of which may go back, then the rest.
    /// The cosine horizon is (esStart + F)·D + post + 1: the released code names 125 and trains at most 124
    /// (spec/algorithms.md §3.1, §3.4).</summary>
    /// <param name="shortest">Epochs after which a phase can stop at the earliest.</param>
    /// <param name="earliestReturn">First epoch of a phase, counted from its start, that it can go back to.</param>
    internal static PhasePlan Rollbacks(
        int decisions, int phaseEpochs, int esStart, int shortest, int earliestReturn, int postEpochs, int batchSize, int batchIncrease)
    {
        var cap = esStart + phaseEpochs;
        var phases = new List<PlannedPhase>();
        for (var k = 0; k < decisions; k++)
            phases.Add(new(k, k * cap, k * (earliestReturn + 1), cap, Decides: true, batchSize + batchIncrease * k));
        if (postEpochs > 0)
            phases.Add(new(decisions, decisions * cap, decisions * (earliestReturn + 1), postEpochs, Decides: false,
                batchSize + batchIncrease * decisions));
        return new(phases, cap * decisions + postEpochs + 1, shortest * decisions + postEpochs, cap * decisions + postEpochs);
    }

    /// <summary>The w learning rate of a search with these settings, over the nominal horizon.</summary>
    public CosineSchedule LearningRate(Hyperparameters settings) =>
        new(settings.Double("wLearningRate"), settings.Double("wLearningRateMin"), NominalHorizon);
}
