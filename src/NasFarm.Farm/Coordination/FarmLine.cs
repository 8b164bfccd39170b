using System.Globalization;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>An event as a line, as workers and silos say it. Metrics and progress have none: they are in the store.</summary>
/// <param name="At">When.</param>
/// <param name="Event">Stable word.</param>
/// <param name="Text">A sentence.</param>
public sealed record FarmLine(DateTimeOffset At, string Event, string Text)
{
    /// <summary>Where.</summary>
    public string? Slot { get; init; }

    /// <summary>Which search phase or retrain job.</summary>
    public string? Unit { get; init; }

    /// <summary>Its run.</summary>
    public string? Run { get; init; }

    /// <summary>Of the attempt.</summary>
    public long? Fence { get; init; }

    /// <summary>Why an attempt ended.</summary>
    public FailureReason? Reason { get; init; }

    /// <summary>The line of an event; null: it has none.</summary>
    public static FarmLine? Of(FarmEvent happened, DateTimeOffset at)
    {
        return happened switch
        {
            FarmEvent.Claimed e => Attempt(e, "claimed", Invariant($"attempt {e.Claim.Attempt} of {What(e.Claim)}")),
            FarmEvent.Started e => Attempt(e, "started", e.Start.ResumedFrom is null ? "began at its start" : Invariant($"resumed after {e.Start.Trained} trained epochs")),
            FarmEvent.Decided e => Attempt(e, "decided", Invariant($"{e.Decision.Name} at step {e.Decision.Step}")),
            FarmEvent.Saved e => Attempt(e, "saved", Invariant($"checkpoint after {e.File.Trained} trained epochs")),
            FarmEvent.ArtifactsAway e => Attempt(e, "artifacts-away", $"{e.Message}; it is tried again") with { Reason = e.Reason },
            FarmEvent.Completed e => Attempt(e, "completed", $"{What(e.Claim)} is done"),
            FarmEvent.Ended e => Attempt(e, "ended", $"{e.Message}; {Then(e.Ending)}") with { Reason = e.Reason },
            FarmEvent.LeaseExpired e => new(at, "lease-expired", $"{e.Lease.SlotId} was not heard of for its whole lease; {Then(e.Lease.Ending)}")
            {
                Slot = e.Lease.SlotId, Unit = e.Lease.Key.UnitId, Run = e.Lease.RunId, Fence = e.Lease.Key.Fence,
            },
            FarmEvent.Preempting e => new(at, "preempting", $"{e.Preemption.VictimId} makes room for {e.Preemption.UnitId}: {e.Preemption.Reason}")
            {
                Unit = e.Preemption.VictimId, Fence = e.Preemption.VictimFence,
            },
            FarmEvent.Collected e => new(at, "collected", Invariant($"{e.Files} old checkpoints removed, {e.Bytes} bytes")),
            FarmEvent.NotCollected e => new(at, "not-collected", e.Message),
            FarmEvent.SlotExcluded e => new(at, "slot-excluded", Invariant($"{e.Exclusion.Place} takes nothing new until {e.Exclusion.Until:u}: {e.Exclusion.Reason}")),
            FarmEvent.Quarantined e => new(at, "quarantined", $"{e.Sentence}; this repeats it: {e.Command}") { Unit = e.Key.UnitId, Run = e.RunId, Fence = e.Key.Fence },
            FarmEvent.NotBundled e => new(at, "not-bundled", e.Message) { Unit = e.Key.UnitId, Run = e.RunId, Fence = e.Key.Fence },
            FarmEvent.StoreAway e => new(at, "store-away", e.Message),
            FarmEvent.StoreBack => new(at, "store-back", "the store answers again"),
            _ => null,
        };

        FarmLine Attempt(FarmEvent.OfAttempt e, string word, string text) => new(at, word, text)
        {
            Slot = e.SlotId, Unit = e.Claim.Key.UnitId, Run = e.Claim.RunId, Fence = e.Claim.Key.Fence,
        };
    }

    /// <summary>The line for people.</summary>
    public override string ToString() => Invariant(
        $"{At:u} {Event,-14}{(Slot is null ? "" : $" {Slot}")}{(Unit is null ? "" : Invariant($" {Unit}@{Fence}"))}: {Text}");

    private static string What(Claim claim) => claim.Unit.Kind == UnitKind.Search
        ? Invariant($"{claim.Unit.SeedRun.Method} seed {claim.Unit.SeedRun.SearchSeed} phase {claim.Unit.Phase}")
        : Invariant($"{claim.Unit.SeedRun.Method} seed {claim.Unit.SeedRun.SearchSeed} retrain on {claim.Unit.Retrain?.Data.Name}");

    private static string Then(AttemptEnding ending) => ending switch
    {
        AttemptEnding.Retry retry => $"tried again from {retry.NotBefore:u}",
        AttemptEnding.Hold hold => $"held: {hold.Reason}",
        AttemptEnding.Failed { Quarantined: true } => "the unit is in quarantine",
        AttemptEnding.Failed => "the run has failed",
        _ => "the unit is somebody else's",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
