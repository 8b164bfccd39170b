using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store;

/// <summary>One attempt: a unit at a fence. The fence is the only proof of ownership.</summary>
public readonly record struct AttemptKey(string UnitId, long Fence)
{
    /// <inheritdoc/>
    public override string ToString() => $"{UnitId} at fence {Fence}";
}

/// <summary>What an attempt appends.</summary>
/// <param name="Attempt">Whose.</param>
/// <param name="Rows">Metrics, decisions and checkpoints in the order they were said.</param>
public sealed record AttemptRows(AttemptKey Attempt, IReadOnlyList<TrainerEvent> Rows);

/// <summary>Answer to a write of an attempt.</summary>
public enum FenceAnswer
{
    /// <summary>The attempt owned its unit and the write is durable.</summary>
    Held,

    /// <summary>Held, and another unit needs the slot: stop with a checkpoint (<see cref="FailureReason.Preempted"/>). Only renewals answer so.</summary>
    Preempted,

    /// <summary>Held, and the run was paused: stop with a checkpoint (<see cref="FailureReason.Paused"/>). Only renewals answer so.</summary>
    Paused,

    /// <summary>Held, and its slot is drained: stop with a checkpoint (<see cref="FailureReason.HostStopping"/>). Only renewals answer so.</summary>
    Draining,

    /// <summary>Not this attempt's unit any more: nothing was written; kill the trainer.</summary>
    FenceLost,
}

/// <summary>A unit handed to a slot, with everything needed to start its trainer.</summary>
/// <param name="Key">Unit and fence.</param>
/// <param name="RunId">Seed-run the unit belongs to.</param>
/// <param name="Unit">What to execute.</param>
/// <param name="Execution">How.</param>
/// <param name="ResumeFrom">Usable checkpoints, newest first, then the end of the phase before; paths relative to the artifacts folder.</param>
/// <param name="Attempt">1 for the unit's first attempt.</param>
/// <param name="WallLimit">Time the unit may take; null: any.</param>
public sealed record Claim(
    AttemptKey Key, string RunId, UnitSpec Unit, ExecutionSpec Execution, IReadOnlyList<CheckpointRef> ResumeFrom,
    int Attempt, TimeSpan? WallLimit)
{
    /// <summary>How long the unit could have started before it was claimed, by the database's clock.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>How the attempt before ended; null: there was none.</summary>
    public PastEnding? After { get; init; }
}

/// <summary>How an earlier attempt ended, and how long before the claim.</summary>
public sealed record PastEnding(FailureReason Reason, TimeSpan Ago);

/// <summary>What became of a unit whose attempt ended without a result.</summary>
public abstract record AttemptEnding
{
    private AttemptEnding() { }

    /// <summary>Set when this ending was one too many for its slot.</summary>
    public SlotExclusion? SlotExcluded { get; init; }

    /// <summary>Somebody else owns the unit, or it was cancelled; nothing was written.</summary>
    public sealed record FenceLost : AttemptEnding;

    /// <summary>The unit waits for its next attempt.</summary>
    public sealed record Retry(DateTimeOffset NotBefore) : AttemptEnding;

    /// <summary>The unit waits until a person or a fitting slot lets it go on.</summary>
    public sealed record Hold(Scheduling.WaitReason Reason) : AttemptEnding;

    /// <summary>No more attempts; the run has failed. <paramref name="Quarantined"/>: it had some left, but fails wherever it goes.</summary>
    public sealed record Failed(bool Quarantined = false) : AttemptEnding;
}

/// <summary>An attempt whose lease ran out.</summary>
public sealed record ExpiredLease(AttemptKey Key, string RunId, string SlotId, AttemptEnding Ending)
{
    /// <summary>What its slot's time was good for; null: not read.</summary>
    public AttemptUse? Use { get; init; }
}

/// <summary>A slot's time in an attempt without a result.</summary>
/// <param name="Device">Of the slot.</param>
/// <param name="Useful">From the claim to its last durable checkpoint.</param>
/// <param name="Lost">From there, or from the claim, to its end.</param>
public sealed record AttemptUse(string Device, TimeSpan Useful, TimeSpan Lost);

/// <summary>A checkpoint row as the collector sees it. <paramref name="File"/> has a path relative to the artifacts folder.</summary>
public sealed record ArtifactRow(AttemptKey Key, CheckpointRef File, bool Void);

/// <summary>A unit's checkpoints, for retention.</summary>
/// <param name="UnitId">The unit.</param>
/// <param name="Kind">Search phase or retrain job.</param>
/// <param name="Method">Of its search.</param>
/// <param name="Done">It has its result.</param>
/// <param name="EndMayGo">Its whole run is finished for as long as was asked: nothing starts from its end any more.</param>
/// <param name="Files">Not collected yet, newest first.</param>
public sealed record UnitArtifacts(string UnitId, UnitKind Kind, string Method, bool Done, bool EndMayGo, IReadOnlyList<ArtifactRow> Files);

/// <summary>Members of a store in shorter words.</summary>
public static class FarmStoreExtensions
{
    /// <summary>Appends the rows of one attempt (<see cref="IFarmStore.AppendAsync"/>).</summary>
    public static async Task<FenceAnswer> AppendAsync(
        this IFarmStore store, AttemptKey attempt, IReadOnlyList<TrainerEvent> rows, CancellationToken cancel = default) =>
        (await store.AppendAsync([new(attempt, rows)], cancel).ConfigureAwait(false))[0];
}
