using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>A living slot as a caller may see it: slots are the whole farm's, what runs on them is its tenant's.</summary>
/// <param name="Place">Host and name there.</param>
/// <param name="State"><c>draining</c>, <c>busy</c>, <c>cordoned</c>, <c>excluded</c> or <c>free</c>.</param>
/// <param name="Since">When that began.</param>
/// <param name="Host">Machine.</param>
/// <param name="Device"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Model">Of the device, for people.</param>
/// <param name="MemoryBytes">What a trainer may use; 0: unknown.</param>
/// <param name="Labels">Free labels.</param>
/// <param name="Work">What it executes; null: nothing.</param>
/// <param name="Cordon">Of the slot or its host; null: none.</param>
/// <param name="Excluded">Null: it is not.</param>
public sealed record FarmSlot(
    string Place, string State, DateTimeOffset Since, string Host, string Device, string Model, long MemoryBytes, IReadOnlyList<string> Labels,
    SlotWork? Work, Cordon? Cordon, SlotExclusion? Excluded);

/// <summary>What a slot executes.</summary>
/// <param name="Text">For people: the unit and its run, or <see cref="OfAnother"/>.</param>
/// <param name="Tenant">Null, like the ids: another tenant's.</param>
/// <param name="UnitId">The unit.</param>
/// <param name="RunId">Its run.</param>
public sealed record SlotWork(string Text, string? Tenant, string? UnitId, string? RunId)
{
    /// <summary>What stands for the work of tenants that the caller does not see.</summary>
    public const string OfAnother = "another tenant";
}

/// <summary>Every living slot, and every place that is closed, whether something lives there or not: what <c>nasfarm slots</c> says.</summary>
public sealed record FarmSlots(IReadOnlyList<FarmSlot> Slots, IReadOnlyList<Cordon> Cordons, IReadOnlyList<SlotExclusion> Exclusions);

/// <summary>A unit that waits.</summary>
/// <param name="Rank">Place in its pool's queue, counted over all tenants; null: it may not start now.</param>
/// <param name="Reason">Why it waits.</param>
/// <param name="Sentence">The same with values.</param>
/// <param name="ExpectedStart">When it will probably begin; null: nobody can know.</param>
public sealed record QueuedUnit(
    string UnitId, string RunId, string SweepId, string Tenant, string Arm, long Seed, string Pool, int? Rank, WaitReason Reason, string Sentence,
    DateTimeOffset? ExpectedStart);

/// <summary>What waits, the next one first, and how much each tenant uses.</summary>
/// <param name="Waiting">Units that the caller sees and that wait, on this page and others.</param>
/// <param name="Units">Those that may start by rank, then the others.</param>
/// <param name="Tenants">Quotas and use of the tenants that the caller sees.</param>
/// <param name="Next">What to ask for after these; null: there are no more.</param>
public sealed record FarmQueue(int Waiting, IReadOnlyList<QueuedUnit> Units, IReadOnlyList<TenantUse> Tenants, string? Next);
