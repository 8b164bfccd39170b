using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Scheduling;

/// <summary>A unit that a slot of a pool may start now.</summary>
/// <param name="Pool">Device kind.</param>
/// <param name="Rank">1 is claimed first.</param>
/// <param name="OnlyFingerprint">Set when only slots of one numerics fingerprint may take it.</param>
/// <param name="Reason">Why it stands at this rank.</param>
public sealed record Offer(string UnitId, string Pool, int Rank, string? OnlyFingerprint, string Reason);

/// <summary>Why a unit is not running, with values.</summary>
public sealed record UnitWait(string UnitId, string RunId, WaitReason Reason, string Sentence);

/// <summary>What the scheduler says: offers by rank, and one wait for every waiting unit.</summary>
public sealed record Ranking(IReadOnlyList<Offer> Offers, IReadOnlyList<UnitWait> Waits)
{
    /// <summary>Units that a slot may claim, best first.</summary>
    public IReadOnlyList<string> For(SlotInfo slot) =>
        [.. Offers.Where(o => o.Pool == slot.Device && (o.OnlyFingerprint is null || o.OnlyFingerprint == slot.Fingerprint)).Select(o => o.UnitId)];
}

/// <summary>The one scheduler: a pure function of a snapshot. Runs of one seed are a cohort that should close together, because only
/// complete pairs can be compared: by priority, then seed, then the run that is furthest, then arm order, then age.</summary>
public static class Scheduler
{
    /// <summary>Ranks every waiting unit.</summary>
    public static Ranking Rank(FarmSnapshot snapshot)
    {
        // 1. Who could be served at all.
        var pools = snapshot.Slots.CountBy(s => s.Device).ToDictionary();
        var fingerprints = snapshot.Slots.Select(s => (s.Device, s.Fingerprint)).ToHashSet();
        var busy = snapshot.Running.CountBy(r => r.Device).ToDictionary();
        var used = snapshot.Running.CountBy(r => r.Tenant).ToDictionary();

        // 2. In order, each unit gets an offer or a reason.
        var offers = new List<Offer>();
        var waits = new List<UnitWait>();
        var ahead = new Dictionary<string, int>();
        foreach (var unit in snapshot.Waiting.Order(Order))
        {
            var wait = Blocked(unit, snapshot, pools, fingerprints, used);
            if (wait is null)
            {
                var before = ahead.GetValueOrDefault(unit.Device);
                ahead[unit.Device] = before + 1;
                used[unit.Tenant] = used.GetValueOrDefault(unit.Tenant) + 1;
                offers.Add(new(unit.UnitId, unit.Device, offers.Count + 1,
                    unit.Hold == WaitReason.NumericsMismatch ? unit.Fingerprint : null, Standing(unit)));
                wait = (WaitReason.Queued,
                    $"queued: {before} units ahead on pool {unit.Device}, {busy.GetValueOrDefault(unit.Device)} of {pools[unit.Device]} slots busy");
            }
            waits.Add(new(unit.UnitId, unit.RunId, wait.Value.Reason, wait.Value.Sentence));
        }
        return new(offers, waits);
    }

    /// <summary>The order of the queue; the store's index has the same.</summary>
    public static IComparer<WaitingUnit> Order { get; } = Comparer<WaitingUnit>.Create((a, b) =>
        b.Priority != a.Priority ? b.Priority.CompareTo(a.Priority)
        : a.Seed != b.Seed ? a.Seed.CompareTo(b.Seed)
        : a.Progress != b.Progress ? b.Progress.CompareTo(a.Progress)
        : a.ArmOrder != b.ArmOrder ? a.ArmOrder.CompareTo(b.ArmOrder)
        : a.EnqueuedAt != b.EnqueuedAt ? a.EnqueuedAt.CompareTo(b.EnqueuedAt)
        : string.CompareOrdinal(a.UnitId, b.UnitId));

    private static (WaitReason Reason, string Sentence)? Blocked(
        WaitingUnit unit, FarmSnapshot snapshot, Dictionary<string, int> pools, HashSet<(string, string?)> fingerprints, Dictionary<string, int> used)
    {
        if (unit.Hold == WaitReason.PlaceboSources)
            return (WaitReason.PlaceboSources, unit.HoldText ?? "waits for the triggers of its source runs");
        if (unit.NotBefore > snapshot.Now)
        {
            var seconds = Math.Ceiling((unit.NotBefore - snapshot.Now).TotalSeconds);
            return (WaitReason.BackingOff, Invariant($"next attempt in {seconds:0} s: {unit.HoldText ?? "the last one failed"}"));
        }
        if (!pools.ContainsKey(unit.Device))
        {
            var living = pools.Count == 0 ? "no slot lives" : $"the living slots are {string.Join(", ", pools.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Value} × {p.Key}"))}";
            return (WaitReason.NoFittingSlot, $"needs a {unit.Device} slot; {living}");
        }
        if (unit.Hold == WaitReason.NumericsMismatch && (unit.Fingerprint is null || !fingerprints.Contains((unit.Device, unit.Fingerprint))))
        {
            return (WaitReason.NumericsMismatch,
                $"its checkpoint has numerics fingerprint {unit.Fingerprint ?? "unknown"}, which no living slot has ({unit.HoldText}); set allowNumericsChange to go on all the same");
        }
        if (snapshot.Quotas.SlotsByTenant.TryGetValue(unit.Tenant, out var quota) && used.GetValueOrDefault(unit.Tenant) >= quota)
            return (WaitReason.QuotaUsed, Invariant($"tenant {unit.Tenant} may use {quota} slots at once"));
        return null;
    }

    private static string Standing(WaitingUnit unit) => Invariant(
        $"priority {unit.Priority}, seed {unit.Seed}, {(unit.Kind == UnitKind.Retrain ? "retrain job" : $"phase {unit.Phase}")}, arm {unit.ArmOrder}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
