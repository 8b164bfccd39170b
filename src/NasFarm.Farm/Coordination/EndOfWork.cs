using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>Finds out when a farm's work is over: its sweeps are, nothing of them can go on, or its slots have nothing left to take.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="lookTaker">Who takes looks here; null: nobody does.</param>
/// <param name="owner">This process.</param>
/// <param name="pools">Device kinds of its slots.</param>
/// <param name="withOwnSlots">Adds its slots to what was read.</param>
/// <param name="tell">Hears how counts move, and that only paused runs are left.</param>
internal sealed class EndOfWork(
    IFarmStore store, LookTaker? lookTaker, string owner, IReadOnlyList<string> pools, Func<FarmSnapshot, FarmSnapshot> withOwnSlots, Action<FarmEvent> tell)
{
    private readonly Dictionary<string, SweepCounts> counted = [];

    private bool toldOfPause;

    /// <summary>The ending of these sweeps; null: they go on, or may. Tells how their counts have moved.</summary>
    public async Task<FarmEnding?> OfAsync(IReadOnlyList<string> sweepIds)
    {
        foreach (var sweepId in sweepIds)
        {
            var counts = await store.ReadCountsAsync(sweepId, CancellationToken.None)
                ?? (counted.ContainsKey(sweepId) ? Deleted : throw new ArgumentException($"There is no sweep {sweepId} in the store.", nameof(sweepIds)));
            if (!counts.Equals(counted.GetValueOrDefault(sweepId)))
                tell(new FarmEvent.SweepMoved(sweepId, counts));
            counted[sweepId] = counts;
        }
        if (sweepIds.All(id => counted[id].Open == 0))
            return lookTaker is not null && await lookTaker.IsDueAsync(sweepIds) ? null : new FarmEnding.AllOver();
        if (sweepIds.Any(id => counted[id].Running > 0))
            return null;
        // The whole queue is read only when the head of no pool can move.
        foreach (var pool in pools)
        {
            if (CanMove(await store.ReadSnapshotAsync(1, pool, CancellationToken.None), out _))
                return null;
        }
        if (CanMove(await store.ReadSnapshotAsync(cancel: CancellationToken.None), out var ranking))
            return null;
        // A look that is due is taken soon; one that somebody took meanwhile shows in what is read after asking.
        if (lookTaker is not null && (await lookTaker.IsDueAsync(sweepIds) || CanMove(await store.ReadSnapshotAsync(cancel: CancellationToken.None), out ranking)))
            return null;
        var ours = (await Task.WhenAll(sweepIds.Select(id => store.ReadSweepAsync(id, CancellationToken.None))))
            .SelectMany(sweep => sweep?.Runs ?? []).Select(run => run.RunId).ToHashSet();
        var waits = ranking.Waits.Where(w => ours.Contains(w.RunId)).ToList();
        // Whoever paused will let it go on.
        if (waits.Exists(w => w.Reason == WaitReason.Paused))
        {
            if (!toldOfPause)
                tell(new FarmEvent.OnlyPausedLeft(waits));
            toldOfPause = true;
            return null;
        }
        // None: the last of them ended between the two readings.
        if (waits.Count == 0)
            return null;
        var missing = sweepIds.Sum(id => counted[id].Failed + counted[id].Cancelled - counted[id].NotNeeded);
        return new FarmEnding.Stuck(lookTaker is null ? waits : [.. waits.Select(wait => lookTaker.Explain(wait, sweepIds, missing))]);
    }

    private static SweepCounts Deleted { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>Is there nothing that this farm's slots do, or could take now or later? The whole queue is read only when the head of no pool gives work.</summary>
    public async Task<bool> IsIdleAsync()
    {
        foreach (var pool in pools)
        {
            if (MayWork(await store.ReadSnapshotAsync(1, pool, CancellationToken.None)))
                return false;
        }
        return !MayWork(await store.ReadSnapshotAsync(cancel: CancellationToken.None));
    }

    /// <summary>Something runs on a pool of ours, and more may follow from it, or one of our slots may take something now or later.</summary>
    private bool MayWork(FarmSnapshot snapshot)
    {
        var farm = withOwnSlots(snapshot);
        if (farm.Running.Any(unit => pools.Contains(unit.Device)))
            return true;
        var ranking = Scheduler.Rank(farm);
        var own = farm.Slots.Where(slot => slot.Owner == owner).ToList();
        if (ranking.Offers.Any(offer => own.Exists(offer.Fits)))
            return true;
        var later = ranking.Waits.Where(MovesByItself).Select(wait => wait.UnitId).ToHashSet();
        own.RemoveAll(slot => slot.Closed is { Until: null });
        return farm.Waiting.Any(unit => later.Contains(unit.UnitId) && own.Exists(slot => slot.Device == unit.Device && unit.Request.Fits(slot)));
    }

    private bool CanMove(FarmSnapshot snapshot, out Ranking ranking)
    {
        ranking = Scheduler.Rank(withOwnSlots(snapshot));
        return snapshot.Running.Count > 0 || ranking.Offers.Count > 0 || ranking.Waits.Any(MovesByItself);
    }

    /// <summary>A backoff ends, and so does the exclusion of a slot; a cordon does not.</summary>
    private static bool MovesByItself(UnitWait wait) =>
        wait.Reason == WaitReason.BackingOff || wait is { Reason: WaitReason.SlotsClosed, ExpectedStart: not null };
}
