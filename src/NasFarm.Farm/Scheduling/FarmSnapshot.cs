using NasFarm.Catalog.Units;

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

    /// <summary>No living slot has the device it asks for.</summary>
    NoFittingSlot,

    /// <summary>The tenant uses all the slots it may use.</summary>
    QuotaUsed,
}

/// <summary>A unit that could run, or waits for something.</summary>
/// <param name="Progress">Units of this run before this one: a phase index; retrain jobs come after every phase.</param>
/// <param name="Hold">Set while the unit is not offered to everybody: <see cref="WaitReason.PlaceboSources"/> or <see cref="WaitReason.NumericsMismatch"/>.</param>
/// <param name="HoldText">The hold as a sentence.</param>
/// <param name="Fingerprint">Numerics fingerprint of its newest checkpoint; null before the first.</param>
public sealed record WaitingUnit(
    string UnitId, string RunId, string Tenant, UnitKind Kind, int Phase, int Priority, long Seed, int Progress, int ArmOrder,
    DateTimeOffset EnqueuedAt, DateTimeOffset NotBefore, string Device, WaitReason? Hold = null, string? HoldText = null,
    string? Fingerprint = null)
{
    /// <summary>Progress of every retrain job: behind any phase.</summary>
    public const int RetrainProgress = 1_000_000;
}

/// <summary>A unit on a slot.</summary>
public sealed record RunningUnit(
    string UnitId, string RunId, string Tenant, string SlotId, string Device, DateTimeOffset LeaseUntil, long Fence = 0);

/// <summary>One GPU, or one share of the CPU, of a living host.</summary>
/// <param name="SlotId">Unique among living slots.</param>
/// <param name="Owner">Process that drives it.</param>
/// <param name="Host">Machine name.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>: the pool it belongs to.</param>
/// <param name="Model">Device model, for people.</param>
/// <param name="MemoryBytes">Memory a trainer may use.</param>
/// <param name="Labels">Free labels.</param>
/// <param name="Fingerprint">Numerics fingerprint of the last unit it ran; null before the first.</param>
public sealed record SlotInfo(
    string SlotId, string Owner, string Host, string Device, string Model, long MemoryBytes, IReadOnlyList<string> Labels,
    string? Fingerprint = null);

/// <summary>How many slots a tenant may use at once.</summary>
public sealed record Quotas(IReadOnlyDictionary<string, int> SlotsByTenant)
{
    /// <summary>Nobody is limited.</summary>
    public static Quotas Unlimited { get; } = new(new Dictionary<string, int>());
}

/// <summary>What the scheduler sees, at one moment of the database's clock.</summary>
public sealed record FarmSnapshot(
    DateTimeOffset Now, IReadOnlyList<WaitingUnit> Waiting, IReadOnlyList<RunningUnit> Running, IReadOnlyList<SlotInfo> Slots, Quotas Quotas);
