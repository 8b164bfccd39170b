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

    /// <summary>Planned and taken looks; null in a sweep without.</summary>
    public SweepLooks? Looks { get; init; }
}

/// <summary>Where the runs of a sweep stand. Declared = finished + failed + cancelled + open.</summary>
public sealed record SweepCounts(int Declared, int Finished, int Failed, int Cancelled, int Running, int Waiting)
{
    /// <summary>Runs that may still get a result.</summary>
    public int Open => Running + Waiting;

    /// <summary>Of the cancelled, those that no person cancelled: a look had decided before their seeds.</summary>
    public int NotNeeded { get; init; }
}

/// <summary>One run of a sweep's status.</summary>
/// <param name="Phase">Current or last search phase; null once retraining.</param>
/// <param name="RetrainsDone">Finished retrain jobs of those this sweep wants.</param>
/// <param name="OpenUnits">Ids of its waiting and running units.</param>
/// <param name="Reason">Stable reason of a failure or hold; waiting runs get theirs from the scheduler (<c>SweepStatusReader</c>).</param>
public sealed record RunStatus(
    string RunId, string Arm, long SearchSeed, SeedRunState State, int? Phase, int RetrainsDone, int RetrainsWanted, bool Diverged,
    int Attempts, IReadOnlyList<string> OpenUnits, string? Reason, string? ReasonText);

/// <summary>Runs of a sweep, and those of them that are over.</summary>
public sealed record SweepEnds(int Declared, int Finished, int Failed, int Cancelled);

/// <summary>One run in the grid of a sweep: row by arm and setting, column by seeds.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Arm">Its arm.</param>
/// <param name="Space">Search space and size.</param>
/// <param name="Data">Name of the search data.</param>
/// <param name="SearchSeed">Seed of the search.</param>
/// <param name="DataOrderSeed">Seed of the data order; mostly the same.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Diverged">Its search has.</param>
/// <param name="Accuracy">As in <see cref="Hosting.RunStanding"/>.</param>
/// <param name="Genotype">Final genotype; null before the search has finished.</param>
public sealed record GridRun(
    string RunId, string Arm, SpaceSpec Space, string Data, long SearchSeed, long DataOrderSeed, SeedRunState State, bool Diverged, double? Accuracy, string? Genotype);

/// <summary>A sweep and the state of each run.</summary>
public sealed record SweepStatus(SweepSummary Sweep, IReadOnlyList<RunStatus> Runs);

/// <summary>One attempt, told afterwards.</summary>
/// <param name="Ending"><c>done</c>, a failure reason, or null while it lasts.</param>
/// <param name="ResumedAt">Epochs trained at its start; null before the trainer said so.</param>
public sealed record AttemptDetails(
    long Fence, string Host, string SlotId, DateTimeOffset ClaimedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, long? ResumedAt,
    string? Fingerprint, string? Ending, string? Message, IReadOnlyList<string> Log)
{
    /// <summary>SHA-256 of the checkpoint it went on from; null: from the start, or not recorded (a store of an earlier schema).</summary>
    public string? ResumedFrom { get; init; }

    /// <summary>Version of its trainer; null before the trainer said so, or not recorded.</summary>
    public string? CodeVersion { get; init; }

    /// <summary>Processor or GPU; null likewise.</summary>
    public string? DeviceModel { get; init; }
}

/// <summary>A note or decision in the order it was written; void rows stay readable.</summary>
public sealed record EventDetails(long Sequence, string Kind, long Step, int Epoch, string Name, string Detail, DateTimeOffset At, bool Void);

/// <summary>One unit of a run.</summary>
public sealed record UnitDetails(
    string UnitId, UnitKind Kind, int Phase, string State, long Fence, WaitReason? Hold, string? Reason, string? ReasonText,
    IReadOnlyList<AttemptDetails> Attempts, IReadOnlyList<EventDetails> Events, IReadOnlyList<CheckpointRef> Checkpoints)
{
    /// <summary>Its run is paused: who, when, and the command that ends it. Null: it is not.</summary>
    public string? Paused { get; init; }

    /// <summary>Its result as JSON (<see cref="SearchOutcome"/> or <see cref="RetrainOutcome"/>); null: none yet.</summary>
    public string? Outcome { get; init; }

    /// <summary>Its effective end checkpoint; null: none yet.</summary>
    public EndCheckpoint? End { get; init; }
}

/// <summary>The checkpoint a unit ended with. <paramref name="File"/> has a path relative to the artifacts folder.</summary>
/// <param name="File">Path and content.</param>
/// <param name="Collected">The file is gone; its hash stays.</param>
public sealed record EndCheckpoint(CheckpointRef File, bool Collected);

/// <summary>A sweep that a run belongs to.</summary>
/// <param name="Arm">Label of the run's arm there.</param>
/// <param name="ByTable">Scored by the space's benchmark table.</param>
/// <param name="Manifest">As submitted, byte for byte.</param>
/// <param name="CodeVersion">Version that planned it.</param>
public sealed record SweepOfRun(string SweepId, string Name, string Arm, bool ByTable, string Manifest, string CodeVersion, DateTimeOffset AcceptedAt);

/// <summary>A retrain job of a run, whether or not its unit is enqueued yet.</summary>
/// <param name="Sweeps">Those that want it.</param>
public sealed record RetrainOfRun(string RetrainId, RetrainSpec Spec, long Seed, IReadOnlyList<string> Sweeps);

/// <summary>Everything the store knows of a run: phases in order, then retrain jobs.</summary>
public sealed record RunDetails(
    string RunId, SeedRunSpec Spec, ExecutionSpec Execution, string SearchState, string? Genotype, bool Diverged, bool NumericsChanged,
    string CodeVersion, IReadOnlyList<SweepOfRun> Sweeps, IReadOnlyList<UnitDetails> Units)
{
    /// <summary>Retrain jobs that any sweep wants, in order of their ids.</summary>
    public IReadOnlyList<RetrainOfRun> Retrains { get; init; } = [];

    /// <summary>Numerics fingerprints of its attempts, by hash.</summary>
    public IReadOnlyDictionary<string, NumericsFingerprint> Fingerprints { get; init; } = new Dictionary<string, NumericsFingerprint>();
}

/// <summary>Benchmark-table values of a genotype in percent by column.</summary>
public delegate IReadOnlyDictionary<string, double> TableLookUp(SeedRunSpec run, string genotype);
