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

/// <summary>Decides by reason. Backoff doubles from one second to one minute, for a full disk from one minute to an hour.</summary>
public static class RetryPolicy
{
    /// <param name="reason">Why the attempt ended.</param>
    /// <param name="failures">Attempts of this unit that counted before this one.</param>
    /// <param name="maxAttempts">Attempts a unit has.</param>
    /// <param name="madeProgress">The attempt left a checkpoint further on than it began.</param>
    public static RetryDecision OnEnding(FailureReason reason, int failures, int maxAttempts, bool madeProgress) => reason switch
    {
        // The unit was taken away from a healthy trainer: its attempts are untouched.
        FailureReason.Preempted or FailureReason.HostStopping or FailureReason.Cancelled or FailureReason.Paused => new RetryDecision.Retry(TimeSpan.Zero, Counts: false),
        // The storage is away for everybody: no unit's attempts are used up by it.
        FailureReason.ArtifactsUnavailable => new RetryDecision.Retry(TimeSpan.FromMinutes(1), Counts: false),
        FailureReason.NumericsMismatch => new RetryDecision.Hold(),
        // The same would happen again.
        FailureReason.BadSpec or FailureReason.DataMissing or FailureReason.CheckpointMissing or FailureReason.WallLimit => new RetryDecision.GiveUp(),
        // A host that vanishes now and then must not fail a long unit, but a unit that brings its host down each time must end.
        FailureReason.LeaseLost when madeProgress => new RetryDecision.Retry(TimeSpan.Zero, Counts: false),
        _ when failures + 1 >= maxAttempts => new RetryDecision.GiveUp(),
        FailureReason.LeaseLost => new RetryDecision.Retry(TimeSpan.Zero, Counts: true),
        FailureReason.DiskFull => new RetryDecision.Retry(Backoff(60, failures, 3600), Counts: true),
        _ => new RetryDecision.Retry(Backoff(1, failures, 60), Counts: true),
    };

    private static TimeSpan Backoff(int firstSeconds, int failures, int mostSeconds) =>
        TimeSpan.FromSeconds(Math.Min(firstSeconds * Math.Pow(2, failures), mostSeconds));
}
