using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Scheduling;

/// <summary>What the scheduler sees, at one moment of the database's clock.</summary>
public sealed record FarmSnapshot(
    DateTimeOffset Now, IReadOnlyList<WaitingUnit> Waiting, IReadOnlyList<RunningUnit> Running, IReadOnlyList<SlotInfo> Slots)
{
    /// <summary>Tenants with a quota or a weight of their own; every other has no quota and weight 1.</summary>
    public IReadOnlyList<TenantShare> Tenants { get; init; } = [];

    /// <summary>Sweeps that units stand under, oldest first; one that is absent has weight 1 and does not preempt.</summary>
    public IReadOnlyList<SweepShare> Sweeps { get; init; } = [];

    /// <summary>What ended attempts have used.</summary>
    public IReadOnlyList<PastUse> Past { get; init; } = [];

    /// <summary>How long units took; null: not read, and nothing is estimated.</summary>
    public IReadOnlyList<UnitTime>? Times { get; init; }

    /// <summary>What running units use together; null: <see cref="Running"/> holds all of them, and says it.</summary>
    public IReadOnlyList<PresentUse>? Present { get; init; }

    /// <summary>What running units use, whoever says it.</summary>
    internal IEnumerable<PresentUse> InUse => Present ?? (
        from unit in Running.OrderBy(r => r.UnitId, StringComparer.Ordinal)   // sums of fractions depend on their order
        let landmark = DecayedUse.Landmark(Now)
        select new PresentUse(
            unit.SweepId, unit.Tenant, unit.Device, 1, DecayedUse.At(DecayedUse.Scaled(unit.ClaimedAt, Now, landmark), landmark, Now)));
}

/// <summary>A unit that could run, or waits for something.</summary>
/// <param name="Priority">Of its sweep: higher first, within the tenant.</param>
/// <param name="Progress">Units of this run before this one: a phase index; retrain jobs come after every phase.</param>
/// <param name="Hold">Set while the unit is not offered to everybody: <see cref="WaitReason.PlaceboSources"/>, <see cref="WaitReason.Look"/> or <see cref="WaitReason.NumericsMismatch"/>.</param>
/// <param name="HoldText">The hold as a sentence.</param>
/// <param name="Fingerprint">Numerics fingerprint of its newest checkpoint; null before the first.</param>
public sealed record WaitingUnit(
    string UnitId, string RunId, string Tenant, UnitKind Kind, int Phase, int Priority, long Seed, int Progress, int ArmOrder,
    DateTimeOffset EnqueuedAt, DateTimeOffset NotBefore, string Device, WaitReason? Hold = null, string? HoldText = null,
    string? Fingerprint = null)
{
    /// <summary>Progress of every retrain job: behind any phase.</summary>
    public const int RetrainProgress = 1_000_000;

    /// <summary>Sweep under whose priority and share it stands.</summary>
    public string SweepId { get; init; } = "";

    /// <summary>Its run is paused: who, when, and the command that ends it. Null: it is not.</summary>
    public string? Paused { get; init; }

    /// <summary>What it asks of a slot.</summary>
    public ResourceRequest Request { get; init; } = ResourceRequest.Any;

    /// <summary>What follows it, for estimates.</summary>
    public RunAhead Ahead { get; init; } = RunAhead.Nothing;
}

/// <summary>A unit on a slot.</summary>
public sealed record RunningUnit(string UnitId, string RunId, string Tenant, string SlotId, string Device, DateTimeOffset LeaseUntil)
{
    /// <summary>Fence of the attempt.</summary>
    public long Fence { get; init; }

    /// <summary>Search phase or retrain job.</summary>
    public UnitKind Kind { get; init; }

    /// <summary>Sweep under whose priority and share it stands.</summary>
    public string SweepId { get; init; } = "";

    /// <summary>Of its sweep.</summary>
    public int Priority { get; init; }

    /// <summary>Since when it has the slot.</summary>
    public required DateTimeOffset ClaimedAt { get; init; }

    /// <summary>When this attempt wrote its last checkpoint; null: not yet.</summary>
    public DateTimeOffset? SavedAt { get; init; }

    /// <summary>Unit that it was asked to make room for; null: none.</summary>
    public string? StopFor { get; init; }

    /// <summary>When a unit of its run was last asked to make room.</summary>
    public DateTimeOffset? PreemptedAt { get; init; }

    /// <summary>What follows it, for estimates.</summary>
    public RunAhead Ahead { get; init; } = RunAhead.Nothing;

    /// <summary>Slot-seconds that would be done again if it stopped without a checkpoint.</summary>
    public double SecondsAtRisk(DateTimeOffset now) => Math.Max(0, (now - (SavedAt ?? ClaimedAt)).TotalSeconds);
}

/// <summary>What a run still does after its present unit.</summary>
/// <param name="Arm">Label of its arm.</param>
/// <param name="Phases">Search phases after this one, at most.</param>
/// <param name="Retrains">Retrain jobs that follow the search.</param>
public sealed record RunAhead(string Arm, int Phases, int Retrains)
{
    /// <summary>Unknown arm, nothing to follow.</summary>
    public static RunAhead Nothing { get; } = new("", 0, 0);
}

/// <summary>One GPU, or one share of the CPU, of a living host.</summary>
/// <param name="SlotId">Unique among living slots.</param>
/// <param name="Owner">Process that drives it.</param>
/// <param name="Host">Machine name.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>: the pool it belongs to.</param>
/// <param name="Model">Device model, for people.</param>
/// <param name="MemoryBytes">Memory a trainer may use.</param>
/// <param name="Labels">Free labels.</param>
/// <param name="Fingerprint">Numerics fingerprint of the last unit it ran; null before the first.</param>
/// <param name="KeptFor">Unit that a running one has made room for on this slot; null: free for all.</param>
public sealed record SlotInfo(
    string SlotId, string Owner, string Host, string Device, string Model, long MemoryBytes, IReadOnlyList<string> Labels,
    string? Fingerprint = null, string? KeptFor = null)
{
    /// <summary>Host and name, whatever process drives it: <c>node7/cpu-0</c>.</summary>
    public string Place => SlotPlace.Of(Host, SlotId);

    /// <summary>Why it takes nothing new; null: it does.</summary>
    public SlotClosure? Closed { get; init; }
}

/// <summary>Why a slot takes nothing new.</summary>
/// <param name="Sentence">Who closed it, or what happened there.</param>
/// <param name="Until">When it opens by itself; null: when somebody opens it.</param>
public sealed record SlotClosure(string Sentence, DateTimeOffset? Until);

/// <summary>What a tenant may use.</summary>
/// <param name="Slots">Slots at once, over all pools; null: any number.</param>
/// <param name="Weight">Share of every pool in proportion to the other tenants'. Positive.</param>
public sealed record TenantShare(string Tenant, int? Slots = null, int Weight = 1);

/// <summary>How a sweep stands among the others of its tenant.</summary>
/// <param name="Weight">Share of the tenant's slots in proportion to its other sweeps of the same priority. Positive.</param>
/// <param name="Preemption">Its units may ask running ones of lower priority to make room.</param>
public sealed record SweepShare(string SweepId, string Tenant, int Weight = 1, bool Preemption = false);

/// <summary>What the ended attempts of a sweep have used of a pool.</summary>
/// <param name="SlotSeconds">Decayed to now (<see cref="DecayedUse"/>).</param>
public sealed record PastUse(string SweepId, string Tenant, string Device, double SlotSeconds);

/// <summary>What is used and was.</summary>
/// <param name="Past">By ended attempts.</param>
/// <param name="Present">By running units.</param>
public sealed record FarmUse(IReadOnlyList<PastUse> Past, IReadOnlyList<PresentUse> Present);

/// <summary>What running units of a sweep use of a pool.</summary>
/// <param name="Slots">How many.</param>
/// <param name="SlotSeconds">Since they were claimed, decayed to now.</param>
public sealed record PresentUse(string SweepId, string Tenant, string Device, int Slots, double SlotSeconds);

/// <summary>Measured time of units that were done in one attempt.</summary>
/// <param name="MedianSeconds">From claim to end.</param>
/// <param name="Units">How many were measured.</param>
public sealed record UnitTime(string Arm, UnitKind Kind, string Device, double MedianSeconds, int Units);
