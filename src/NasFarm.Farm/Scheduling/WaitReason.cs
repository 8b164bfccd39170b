namespace NasFarm.Farm.Scheduling;

/// <summary>Why a unit waits. Stable names.</summary>
public enum WaitReason
{
    /// <summary>Ready; other units are ahead on its pool.</summary>
    Queued,

    /// <summary>An attempt failed; the next may begin at a stated time.</summary>
    BackingOff,

    /// <summary>Draws its stops from other runs whose searches have not finished.</summary>
    PlaceboSources,

    /// <summary>Its checkpoint has another numerics fingerprint than the slot that tried it.</summary>
    NumericsMismatch,

    /// <summary>No living slot has the device, the memory and the labels it asks for.</summary>
    NoFittingSlot,

    /// <summary>Every slot that fits is cordoned, or excluded for a while.</summary>
    SlotsClosed,

    /// <summary>The tenant uses all the slots it may use.</summary>
    QuotaUsed,

    /// <summary>A person has paused its run.</summary>
    Paused,

    /// <summary>Its seed is added only if an earlier look does not decide the sweep's question.</summary>
    Look,
}

/// <summary>Why a unit is not running, with values.</summary>
/// <param name="ExpectedStart">When it will probably begin; null when nobody can know, and the sentence says why.</param>
public sealed record UnitWait(string UnitId, string RunId, WaitReason Reason, string Sentence, DateTimeOffset? ExpectedStart = null);
