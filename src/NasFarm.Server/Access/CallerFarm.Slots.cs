using System.Globalization;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>Slots and the queue before them.</summary>
public sealed partial class CallerFarm
{
    private const int LongestReason = 500;

    /// <summary>Every slot; what other tenants execute there is not named.</summary>
    public async Task<FarmSlots> ReadSlotsAsync(CancellationToken cancel = default)
    {
        var board = await farm.Store.ReadSlotsAsync(cancel);
        return new([.. board.Slots.Select(slot => new FarmSlot(
            slot.Slot.Place, slot.State, slot.Since, slot.Slot.Host, slot.Slot.Device, slot.Slot.Model, slot.Slot.MemoryBytes, slot.Slot.Labels,
            WorkOf(slot), slot.Cordon, slot.Excluded))], board.Cordons, board.Exclusions);

        SlotWork? WorkOf(SlotState slot) =>
            slot.UnitId is not { } unit ? null
            : caller.Sees(slot.Tenant!)
                ? new($"{unit} of {slot.RunId}", slot.Tenant, unit, slot.RunId)
                : new(SlotWork.OfAnother, null, null, null);
    }

    /// <summary>What waits and why; ranks and numbers of units ahead count every tenant's.</summary>
    public async Task<FarmQueue> ReadQueueAsync(string? after = null, int? wanted = null, CancellationToken cancel = default)
    {
        var (limit, first) = (Paging.Limit(wanted), Paging.First(after));
        var snapshot = await farm.Store.ReadSnapshotAsync(cancel: cancel);
        var ranking = Scheduler.Rank(snapshot);
        var ranks = ranking.Offers.ToDictionary(offer => offer.UnitId, offer => offer.Rank);
        var waits = ranking.Waits.ToDictionary(wait => wait.UnitId);
        var units = snapshot.Waiting.Where(unit => caller.Sees(unit.Tenant))
            .OrderBy(unit => ranks.GetValueOrDefault(unit.UnitId, int.MaxValue)).ThenBy(unit => unit.EnqueuedAt).ThenBy(unit => unit.UnitId, StringComparer.Ordinal)
            .ToList();
        var page = units.Skip(first).Take(limit).Select(unit => Queued(unit, waits[unit.UnitId], ranks)).ToList();
        return new(units.Count, page, [.. TenantUse.Of(snapshot).Where(use => caller.Sees(use.Tenant))],
            units.Count - first > limit ? (first + limit).ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>Closes a place to new units; with <paramref name="drain"/> what runs there stops with a checkpoint too. An admin of every tenant may.</summary>
    public Task<CordonReport> CordonAsync(string place, string? reason, bool drain, CancellationToken cancel = default) =>
        RecordedAsync(drain ? "drain" : "cordon", Caller.EveryTenant, MustBePlace(place), null, () =>
        {
            MustEverywhere(Role.Admin);
            return farm.Store.CordonAsync(new(place, caller.Name, MustBeReason(reason), drain), cancel);
        }, cancel);

    /// <summary>Opens a place again. False: it was open.</summary>
    public Task<bool> UncordonAsync(string place, CancellationToken cancel = default) =>
        RecordedAsync("uncordon", Caller.EveryTenant, MustBePlace(place), null, () =>
        {
            MustEverywhere(Role.Admin);
            return farm.Store.UncordonAsync(place, cancel);
        }, cancel);

    private static QueuedUnit Queued(WaitingUnit unit, UnitWait wait, Dictionary<string, int> ranks) => new(
        unit.UnitId, unit.RunId, unit.SweepId, unit.Tenant, unit.Ahead.Arm, unit.Seed, unit.Device,
        ranks.TryGetValue(unit.UnitId, out var rank) ? rank : null, wait.Reason, wait.Sentence, wait.ExpectedStart);

    private static string MustBePlace(string place) => IsId(place) ? place
        : throw RefusedException.Invalid("bad-place", $"'{RefusedException.Short(place)}' is no place; it must be a host, or HOST/cpu-0, or HOST/gpu-1.");

    private static string? MustBeReason(string? reason) => reason is null || (reason.Length <= LongestReason && !reason.Any(c => char.IsControl(c) || char.IsSurrogate(c))) ? reason
        : throw RefusedException.Invalid("bad-reason", $"The reason must be at most {LongestReason} plain characters.");

    private void MustEverywhere(Role least)
    {
        if (!caller.MayEverywhere(least))
            throw RefusedException.NeedsRole(caller, least, Caller.EveryTenant);
    }
}
