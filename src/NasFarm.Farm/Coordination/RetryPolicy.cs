using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Coordination;

/// <summary>What follows from an attempt that ended without a result.</summary>
public abstract record RetryDecision
{
    private RetryDecision() { }

    /// <summary>Try again after <paramref name="Delay"/>; <paramref name="Counts"/>: it used up one of the unit's attempts.</summary>
    public sealed record Retry(TimeSpan Delay, bool Counts) : RetryDecision;

    /// <summary>Wait until the manifest allows a change of numerics or a slot with the same fingerprint is free.</summary>
    public sealed record Hold : RetryDecision;

    /// <summary>No further attempt.</summary>
    public sealed record GiveUp : RetryDecision;
}

/// <summary>What kind of trouble a reason is.</summary>
public enum ErrorClass
{
    /// <summary>Taken away from a healthy trainer.</summary>
    Released,

    /// <summary>The device, its driver or its memory, or a unit that brings them down.</summary>
    Device,

    /// <summary>An exception in the trainer, or a trainer that cannot be started or understood.</summary>
    Program,

    /// <summary>The host or its supervisor vanished.</summary>
    Host,

    /// <summary>A disk is full or refuses.</summary>
    Disk,

    /// <summary>The storage of the artifacts is away, for everybody.</summary>
    Storage,

    /// <summary>The slot computes differently from where the unit began.</summary>
    Numerics,

    /// <summary>The same would happen again.</summary>
    Final,
}

/// <summary>What is done about a class.</summary>
public enum Consequence
{
    /// <summary>Another attempt, after a pause.</summary>
    Retry,

    /// <summary>Wait for a fitting slot or a person.</summary>
    Hold,

    /// <summary>The unit has failed.</summary>
    GiveUp,
}

/// <summary>When an ending uses up one of the unit's attempts.</summary>
public enum Counting
{
    /// <summary>Nothing of the unit is at fault.</summary>
    Never,

    /// <summary>Unless the attempt left a checkpoint further on than it began.</summary>
    WithoutProgress,

    /// <summary>Each time.</summary>
    Always,
}

/// <summary>One row of the table.</summary>
/// <param name="Reason">Why an attempt ended.</param>
/// <param name="Class">What kind of trouble that is.</param>
/// <param name="Then">What follows.</param>
/// <param name="Counts">When it uses up an attempt.</param>
/// <param name="FirstSeconds">Pause before the next attempt; it doubles with each failure of the unit.</param>
/// <param name="MostSeconds">What it grows to.</param>
/// <param name="BlamesSlot">Three in a row, of different runs, exclude the slot for a while (<see cref="Slots.BadSlots"/>).</param>
/// <param name="MayBePoison">On several slots it quarantines the unit (<see cref="Quarantine.PoisonRule"/>).</param>
public sealed record ErrorPolicy(
    FailureReason Reason, ErrorClass Class, Consequence Then, Counting Counts, int FirstSeconds = 0, int MostSeconds = 0,
    bool BlamesSlot = false, bool MayBePoison = false)
{
    /// <summary>Pause after so many earlier failures of the unit.</summary>
    public TimeSpan Delay(int failures) => TimeSpan.FromSeconds(Math.Min(FirstSeconds * Math.Pow(2, failures), MostSeconds));
}

/// <summary>Decides by reason, from one table (docs/how-it-works/recovery.md shows it).</summary>
public static class RetryPolicy
{
    /// <summary>A row for each reason.</summary>
    public static IReadOnlyList<ErrorPolicy> Table { get; } =
    [
        new(FailureReason.Preempted, ErrorClass.Released, Consequence.Retry, Counting.Never),
        new(FailureReason.HostStopping, ErrorClass.Released, Consequence.Retry, Counting.Never),
        new(FailureReason.Paused, ErrorClass.Released, Consequence.Retry, Counting.Never),
        new(FailureReason.Cancelled, ErrorClass.Released, Consequence.Retry, Counting.Never),
        new(FailureReason.NativeCrash, ErrorClass.Device, Consequence.Retry, Counting.Always, 1, 60, BlamesSlot: true, MayBePoison: true),
        new(FailureReason.OutOfMemory, ErrorClass.Device, Consequence.Retry, Counting.Always, 1, 60, BlamesSlot: true, MayBePoison: true),
        new(FailureReason.TrainerError, ErrorClass.Program, Consequence.Retry, Counting.Always, 1, 60, MayBePoison: true),
        // A host that vanishes now and then must not fail a long unit, but a unit that brings its host down each time must end.
        new(FailureReason.LeaseLost, ErrorClass.Host, Consequence.Retry, Counting.WithoutProgress, MayBePoison: true),
        new(FailureReason.DiskFull, ErrorClass.Disk, Consequence.Retry, Counting.Always, 60, 3600),
        new(FailureReason.ArtifactsUnavailable, ErrorClass.Storage, Consequence.Retry, Counting.Never, 60, 60),
        new(FailureReason.NumericsMismatch, ErrorClass.Numerics, Consequence.Hold, Counting.Never, BlamesSlot: true),
        new(FailureReason.BadSpec, ErrorClass.Final, Consequence.GiveUp, Counting.Always),
        new(FailureReason.DataMissing, ErrorClass.Final, Consequence.GiveUp, Counting.Always),
        new(FailureReason.CheckpointMissing, ErrorClass.Final, Consequence.GiveUp, Counting.Always),
        new(FailureReason.WallLimit, ErrorClass.Final, Consequence.GiveUp, Counting.Always),
    ];

    /// <summary>The row of a reason.</summary>
    public static ErrorPolicy Of(FailureReason reason) => Table.First(row => row.Reason == reason);

    /// <summary>Does an ending use up an attempt?</summary>
    /// <param name="reason">Why the attempt ended.</param>
    /// <param name="madeProgress">The attempt left a checkpoint further on than it began.</param>
    public static bool Counts(FailureReason reason, bool madeProgress) => Of(reason).Counts switch
    {
        Counting.Always => true,
        Counting.WithoutProgress => !madeProgress,
        _ => false,
    };

    /// <param name="reason">Why the attempt ended.</param>
    /// <param name="failures">Attempts of this unit that counted before this one.</param>
    /// <param name="maxAttempts">Attempts a unit has.</param>
    /// <param name="madeProgress">The attempt left a checkpoint further on than it began.</param>
    public static RetryDecision OnEnding(FailureReason reason, int failures, int maxAttempts, bool madeProgress)
    {
        var (policy, counts) = (Of(reason), Counts(reason, madeProgress));
        return policy.Then switch
        {
            Consequence.Hold => new RetryDecision.Hold(),
            Consequence.GiveUp => new RetryDecision.GiveUp(),
            _ when counts && failures + 1 >= maxAttempts => new RetryDecision.GiveUp(),
            _ => new RetryDecision.Retry(policy.Delay(failures), counts),
        };
    }
}
