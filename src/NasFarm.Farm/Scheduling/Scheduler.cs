using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Scheduling;

/// <summary>A unit that a slot of a pool may start now.</summary>
/// <param name="Pool">Device kind.</param>
/// <param name="Rank">Place on the pool; 1 is claimed first.</param>
/// <param name="OnlyFingerprint">Set when only slots of one numerics fingerprint may take it.</param>
/// <param name="Reason">Why it stands at this rank.</param>
/// <param name="Request">What it asks of a slot.</param>
public sealed record Offer(string UnitId, string Pool, int Rank, string? OnlyFingerprint, string Reason, ResourceRequest Request)
{
    /// <summary>May the slot take it now?</summary>
    public bool Fits(SlotInfo slot) =>
        slot.Closed is null && Pool == slot.Device && (OnlyFingerprint is null || OnlyFingerprint == slot.Fingerprint) && Request.Fits(slot);
}

/// <summary>What the scheduler says: offers by rank, one wait for every waiting unit, and who should make room.</summary>
public sealed record Ranking(IReadOnlyList<Offer> Offers, IReadOnlyList<UnitWait> Waits, IReadOnlyList<Preemption> Preemptions)
{
    /// <summary>Units that a slot may claim, best first. A slot that is kept for a unit which waits for it takes no other.</summary>
    public IReadOnlyList<string> For(SlotInfo slot)
    {
        var fitting = Offers.Where(o => o.Fits(slot)).Select(o => o.UnitId).ToList();
        return slot.KeptFor is { } kept && fitting.Contains(kept) ? [kept] : fitting;
    }
}

/// <summary>The one scheduler: a pure function of a snapshot (docs/how-it-works/scheduling.md).</summary>
public static class Scheduler
{
    /// <summary>Ranks every waiting unit.</summary>
    public static Ranking Rank(FarmSnapshot snapshot) => Rank(snapshot, CohortOrder.Instance);

    internal static Ranking Rank(FarmSnapshot snapshot, IComparer<WaitingUnit> cohortOrder)
    {
        // 1. Who could be served at all.
        var fit = new Fitting(snapshot.Slots);
        var waits = new List<UnitWait>(snapshot.Waiting.Count);
        var ready = new List<WaitingUnit>(snapshot.Waiting.Count);
        foreach (var unit in snapshot.Waiting)
        {
            if (Blocks.Of(unit, snapshot.Now, fit) is { } wait)
                waits.Add(wait);
            else
                ready.Add(unit);
        }

        // 2. Each pool is shared by itself. At its turn a unit gets an offer, unless its tenant's quota is used up.
        var (use, quota) = (new PoolUse(snapshot), new QuotaCount(snapshot));
        var offers = new List<Offer>(ready.Count);
        var (offered, overQuota) = (new List<WaitingUnit>(ready.Count), new List<WaitingUnit>());
        foreach (var pool in ready.GroupBy(u => u.Device).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var rank = 0;
            foreach (var unit in FairShare.Order(pool, pool.Key, use, snapshot.Sweeps, Admits, cohortOrder))
            {
                offers.Add(OfferOf(unit, ++rank));
                offered.Add(unit);
            }
        }

        // 3. What is offered says how many are ahead, and when it will probably begin.
        var busy = snapshot.InUse.AggregateBy(use => use.Device, 0, (slots, use) => slots + use.Slots).ToDictionary();
        var starts = snapshot.Times is null ? null : new StartEstimate(snapshot, snapshot.Times);
        foreach (var (offer, unit) in offers.Zip(offered))
        {
            var start = starts?.Place(offer, unit);
            var sentence = Invariant(
                $"queued: {offer.Rank - 1} units ahead on pool {offer.Pool}, {busy.GetValueOrDefault(offer.Pool)} of {fit.Slots(offer.Pool).Count} slots busy");
            waits.Add(new(unit.UnitId, unit.RunId, WaitReason.Queued, start is null ? sentence : $"{sentence}; {start.Words(snapshot.Now)}", start?.At));
        }

        // 4. Who must not wait, and finds nothing free, may ask another to make room.
        return new(offers, waits, Preemptions.Of(snapshot, offers, offered, overQuota));

        bool Admits(WaitingUnit unit)
        {
            if (quota.Admits(unit))
                return true;
            overQuota.Add(unit);
            waits.Add(new(unit.UnitId, unit.RunId, WaitReason.QuotaUsed, quota.Sentence(unit.Tenant)));
            return false;
        }
    }

    internal static Offer OfferOf(WaitingUnit unit, int rank) => new(
        unit.UnitId, unit.Device, rank, unit.Hold == WaitReason.NumericsMismatch ? unit.Fingerprint : null, Standing(unit), unit.Request);

    private static string Standing(WaitingUnit unit) => Invariant(
        $"priority {unit.Priority}, seed {unit.Seed}, {(unit.Kind == UnitKind.Retrain ? "retrain job" : $"phase {unit.Phase}")}, arm {unit.ArmOrder}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
