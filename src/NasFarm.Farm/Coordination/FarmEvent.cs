using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>What a farm tells watchers, as it happens. Nothing depends on these being seen.</summary>
public abstract record FarmEvent
{
    private FarmEvent() { }

    /// <summary>Something about one attempt on one slot of this process.</summary>
    public abstract record OfAttempt(Claim Claim, string SlotId) : FarmEvent;

    /// <summary>A slot claimed a unit.</summary>
    public sealed record Claimed(Claim Claim, string SlotId) : OfAttempt(Claim, SlotId);

    /// <summary>The trainer began, new or resumed.</summary>
    public sealed record Started(Claim Claim, string SlotId, TrainerEvent.Started Start) : OfAttempt(Claim, SlotId);

    /// <summary>For bars and estimates.</summary>
    public sealed record Progress(Claim Claim, string SlotId, TrainerEvent.Progress At) : OfAttempt(Claim, SlotId);

    /// <summary>A durable metric.</summary>
    public sealed record Measured(Claim Claim, string SlotId, TrainerEvent.Metric Metric) : OfAttempt(Claim, SlotId);

    /// <summary>A durable decision.</summary>
    public sealed record Decided(Claim Claim, string SlotId, TrainerEvent.Decision Decision) : OfAttempt(Claim, SlotId);

    /// <summary>A durable checkpoint.</summary>
    /// <param name="Seconds">That the trainer took to write it.</param>
    public sealed record Saved(Claim Claim, string SlotId, CheckpointRef File, double Seconds) : OfAttempt(Claim, SlotId);

    /// <summary>A file could not be published or fetched; it is tried again while the lease holds.</summary>
    public sealed record ArtifactsAway(Claim Claim, string SlotId, FailureReason Reason, string Message) : OfAttempt(Claim, SlotId);

    /// <summary>The unit is done and its result durable.</summary>
    public sealed record Completed(Claim Claim, string SlotId, SearchOutcome? Search, RetrainOutcome? Retrain) : OfAttempt(Claim, SlotId);

    /// <summary>The attempt ended without a result.</summary>
    public sealed record Ended(Claim Claim, string SlotId, FailureReason Reason, string Message, AttemptEnding Ending) : OfAttempt(Claim, SlotId);

    /// <summary>This process has taken the coordinator's row, or no longer holds it.</summary>
    public sealed record Coordinating(bool Holds) : FarmEvent;

    /// <summary>A lease of some process ran out.</summary>
    public sealed record LeaseExpired(ExpiredLease Lease) : FarmEvent;

    /// <summary>A running unit was asked to make room.</summary>
    public sealed record Preempting(Preemption Preemption) : FarmEvent;

    /// <summary>Of the work waited for, only what people have paused is left. Told once; the farm waits for them.</summary>
    public sealed record OnlyPausedLeft(IReadOnlyList<UnitWait> Waits) : FarmEvent;

    /// <summary>A look of a sweep was taken: seeds were added, or no more are needed.</summary>
    public sealed record LookTaken(LookReport Report) : FarmEvent;

    /// <summary>A look is due, and this process cannot answer it.</summary>
    public sealed record LookNotTaken(string SweepId, string Message) : FarmEvent;

    /// <summary>The counts of a sweep changed.</summary>
    public sealed record SweepMoved(string SweepId, SweepCounts Counts) : FarmEvent;

    /// <summary>Old checkpoints were removed.</summary>
    public sealed record Collected(int Files, long Bytes) : FarmEvent;

    /// <summary>Old checkpoints could not be removed; the next collection tries again.</summary>
    public sealed record NotCollected(string Message) : FarmEvent;

    /// <summary>A slot takes nothing new for a while: its last attempts ended by the device.</summary>
    public sealed record SlotExcluded(SlotExclusion Exclusion) : FarmEvent;

    /// <summary>A unit failed wherever it went and is not tried again; <paramref name="Command"/> repeats it.</summary>
    public sealed record Quarantined(AttemptKey Key, string RunId, string Sentence, string Command) : FarmEvent;

    /// <summary>A unit is in quarantine, and what repeats it could not be written.</summary>
    public sealed record NotBundled(AttemptKey Key, string RunId, string Message) : FarmEvent;

    /// <summary>The store does not answer; what runs goes on while its lease holds.</summary>
    public sealed record StoreAway(string Message) : FarmEvent;

    /// <summary>The store answers again, and this process's slots are announced.</summary>
    public sealed record StoreBack : FarmEvent;
}
