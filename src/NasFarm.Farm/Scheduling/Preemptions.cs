using System.Globalization;

namespace NasFarm.Farm.Scheduling;

/// <summary>A running unit should make room for a waiting one.</summary>
/// <param name="UnitId">The unit that waits.</param>
/// <param name="VictimId">The unit that runs.</param>
/// <param name="VictimFence">Its attempt: a later one is not meant.</param>
/// <param name="Reason">Why this one, with values.</param>
public sealed record Preemption(string UnitId, string VictimId, long VictimFence, string Reason);

/// <summary>Names victims: for a unit of a preempting sweep that finds no free slot, the running unit of lower priority on a fitting slot that
/// loses the fewest slot-seconds since its last checkpoint. Not again a run that was a victim a short time ago; of another tenant only
/// while that tenant still has at least as many slots per weight afterwards; and only of its own tenant where that has used its quota up.</summary>
internal static class Preemptions
{
    /// <summary>How long a run is left alone after it made room once. A preemption costs a checkpoint and a start: with one in ten minutes
    /// a run still gets nearly all of its time.</summary>
    public static readonly TimeSpan LeftAlone = TimeSpan.FromMinutes(10);

    /// <param name="snapshot">The farm.</param>
    /// <param name="offers">By rank.</param>
    /// <param name="units">The offered units, one for one.</param>
    /// <param name="overQuota">Units that would be offered if their tenants had slots left, in their order.</param>
    public static IReadOnlyList<Preemption> Of(
        FarmSnapshot snapshot, IReadOnlyList<Offer> offers, IReadOnlyList<WaitingUnit> units, IReadOnlyList<WaitingUnit> overQuota)
    {
        var preempting = snapshot.Sweeps.Where(s => s.Preemption).Select(s => s.SweepId).ToHashSet();
        if (preempting.Count == 0)
            return [];
        var running = snapshot.Running.ToLookup(r => r.SlotId);
        var free = snapshot.Slots.Where(s => !running.Contains(s.SlotId)).ToList();
        var served = snapshot.Running.Select(r => r.StopFor).Concat(free.Select(s => s.KeptFor)).OfType<string>().ToHashSet();
        free.RemoveAll(s => s.KeptFor is not null);
        var candidates = snapshot.Slots.SelectMany(s => running[s.SlotId].Select(r => (Slot: s, Unit: r)))
            .Where(c => c.Unit.StopFor is null && !(snapshot.Now - c.Unit.PreemptedAt < LeftAlone))
            .OrderBy(c => c.Unit.SecondsAtRisk(snapshot.Now)).ThenBy(c => c.Unit.Priority).ThenByDescending(c => c.Unit.ClaimedAt)
            .ThenBy(c => c.Unit.UnitId, StringComparer.Ordinal).ToList();
        var use = new PoolUse(snapshot);
        var inVain = new HashSet<(string, int, string, ResourceRequest, string?, bool)>();
        var preemptions = new List<Preemption>();
        var claimants = offers.Zip(units, (offer, unit) => (Offer: offer, Unit: unit, MustSwap: false))
            .Concat(overQuota.Where(u => preempting.Contains(u.SweepId)).Select(u => (Scheduler.OfferOf(u, 0), u, true)));
        foreach (var (offer, unit, mustSwap) in claimants)
        {
            // 1. A slot is free, or is being freed, for it.
            if (served.Contains(unit.UnitId))
                continue;
            if (!mustSwap && free.Where(offer.Fits).MinBy(s => (s.Labels.Count, s.MemoryBytes)) is { } slot)
            {
                free.Remove(slot);
                continue;
            }

            // 2. Somebody must go, if its sweep wants that and anybody may.
            var alike = (unit.Tenant, unit.Priority, unit.Device, unit.Request, offer.OnlyFingerprint, mustSwap);
            if (!preempting.Contains(unit.SweepId) || inVain.Contains(alike))
                continue;
            var found = candidates.FindIndex(c => offer.Fits(c.Slot) && MayYield(c.Unit, unit, mustSwap));
            if (found < 0)
            {
                inVain.Add(alike);
                continue;
            }
            var victim = candidates[found].Unit;
            candidates.RemoveAt(found);
            use.Tenant(victim.Device, victim.Tenant).Slots--;
            use.Tenant(unit.Device, unit.Tenant).Slots++;
            preemptions.Add(new(unit.UnitId, victim.UnitId, victim.Fence, string.Create(CultureInfo.InvariantCulture,
                $"priority {unit.Priority} waits and no free slot fits; of lower priority {victim.UnitId} (priority {victim.Priority}) on {victim.SlotId} loses least: {victim.SecondsAtRisk(snapshot.Now):0} slot-seconds since {(victim.SavedAt is null ? "its start" : "its last checkpoint")}")));
        }
        return preemptions;

        bool MayYield(RunningUnit victim, WaitingUnit unit, bool ownTenant) =>
            victim.Priority < unit.Priority
            && (victim.Tenant == unit.Tenant
                || !ownTenant && use.Tenant(victim.Device, victim.Tenant).SlotsPerWeight(-1) >= use.Tenant(unit.Device, unit.Tenant).SlotsPerWeight(+1));
    }
}
