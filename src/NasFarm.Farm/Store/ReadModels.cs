using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store;

/// <summary>A sweep in a list.</summary>
public sealed record SweepSummary(
    string SweepId, string Name, string Tenant, int Priority, DateTimeOffset AcceptedAt, bool Cancelled, SweepCounts Counts)
{
    /// <summary>The sweep is paused: who, when, and the command that ends it. Null: it is not.</summary>
    public string? Paused { get; init; }
}

/// <summary>Where the runs of a sweep stand. Declared = finished + failed + cancelled + open.</summary>
public sealed record SweepCounts(int Declared, int Finished, int Failed, int Cancelled, int Running, int Waiting)
{
    /// <summary>Runs that may still get a result.</summary>
    public int Open => Running + Waiting;
}

/// <summary>One run of a sweep's status.</summary>
/// <param name="Phase">Current or last search phase; null once retraining.</param>
/// <param name="RetrainsDone">Finished retrain jobs of those this sweep wants.</param>
/// <param name="OpenUnits">Ids of its waiting and running units.</param>
/// <param name="Reason">Stable reason of a failure or hold; waiting runs get theirs from the scheduler (<c>SweepStatusReader</c>).</param>
public sealed record RunStatus(
    string RunId, string Arm, long SearchSeed, SeedRunState State, int? Phase, int RetrainsDone, int RetrainsWanted, bool Diverged,
    int Attempts, IReadOnlyList<string> OpenUnits, string? Reason, string? ReasonText);

/// <summary>A sweep and the state of each run.</summary>
public sealed record SweepStatus(SweepSummary Sweep, IReadOnlyList<RunStatus> Runs);

/// <summary>One attempt, told afterwards.</summary>
/// <param name="Ending"><c>done</c>, a failure reason, or null while it lasts.</param>
/// <param name="ResumedAt">Epochs trained at its start; null before the trainer said so.</param>
public sealed record AttemptDetails(
    long Fence, string Host, string SlotId, DateTimeOffset ClaimedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, long? ResumedAt,
    string? Fingerprint, string? Ending, string? Message, IReadOnlyList<string> Log);

/// <summary>A note or decision in the order it was written; void rows stay readable.</summary>
public sealed record EventDetails(long Sequence, string Kind, long Step, int Epoch, string Name, string Detail, DateTimeOffset At, bool Void);

/// <summary>One unit of a run.</summary>
public sealed record UnitDetails(
    string UnitId, UnitKind Kind, int Phase, string State, long Fence, WaitReason? Hold, string? Reason, string? ReasonText,
    IReadOnlyList<AttemptDetails> Attempts, IReadOnlyList<EventDetails> Events, IReadOnlyList<CheckpointRef> Checkpoints)
{
    /// <summary>Its run is paused: who, when, and the command that ends it. Null: it is not.</summary>
    public string? Paused { get; init; }
}

/// <summary>Everything the store knows of a run: phases in order, then retrain jobs.</summary>
public sealed record RunDetails(
    string RunId, SeedRunSpec Spec, ExecutionSpec Execution, string SearchState, string? Genotype, bool Diverged, bool NumericsChanged,
    string CodeVersion, IReadOnlyList<string> Sweeps, IReadOnlyList<UnitDetails> Units);

/// <summary>Benchmark-table values of a genotype in percent by column.</summary>
public delegate IReadOnlyDictionary<string, double> TableLookUp(SeedRunSpec run, string genotype);
