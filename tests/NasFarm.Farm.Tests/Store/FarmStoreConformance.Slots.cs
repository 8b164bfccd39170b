using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>Slots that people close, and what runs there.</summary>
public abstract partial class FarmStoreConformance
{
    private static readonly SlotInfo Twin = Slot with { SlotId = "host/2/cpu-1", Owner = "host/2" };

    [StoreFact]
    public async Task A_cordoned_place_claims_nothing_whatever_process_drives_it_until_it_is_opened()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        await Store.AnnounceSlotsAsync([Slot, Twin], Lease);

        Assert.Equal(new CordonReport("host/cpu-0", 1, 0, 0), await Store.CordonAsync(new("host/cpu-0", "ann", "new fan", Drain: false)));

        Assert.Null(await Store.ClaimAsync(["darts-s1-p00"], Slot, Lease));
        Assert.Null(await Store.ClaimAsync(["darts-s1-p00"], Slot with { SlotId = "host/9/cpu-0", Owner = "host/9" }, Lease));
        Assert.NotNull(await Store.ClaimAsync(["darts-s1-p00"], Twin, Lease));
        var closed = (await Store.ReadSnapshotAsync()).Slots.Single(s => s.SlotId == Slot.SlotId).Closed;
        Assert.Equal(new SlotClosure("host/cpu-0 is cordoned by ann since 2026-01-01 00:00:00Z (new fan)", null), closed);
        Assert.True(await Store.UncordonAsync("host/cpu-0"));
        Assert.False(await Store.UncordonAsync("host/cpu-0"));
        Assert.NotNull(await Store.ClaimAsync(["darts-s2-p00"], Slot, Lease));
    }

    [StoreFact]
    public async Task A_cordon_of_a_host_closes_every_slot_of_it_and_what_runs_goes_on()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        await Store.AnnounceSlotsAsync([Slot, Twin, Slot with { SlotId = "other/1/cpu-0", Host = "other", Owner = "other/1" }], Lease);
        var running = await Store.MustClaimAsync("darts-s1-p00");

        Assert.Equal(new CordonReport("host", 2, 1, 0), await Store.CordonAsync(new("host", "ann", null, Drain: false)));

        Assert.Null(await Store.ClaimAsync(["darts-s2-p00"], Twin, Lease));
        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(running.Key, Lease));
        var waits = Scheduler.Rank((await Store.ReadSnapshotAsync()) with { Slots = [.. (await Store.ReadSnapshotAsync()).Slots.Where(s => s.Host == "host")] }).Waits;
        Assert.Equal((WaitReason.SlotsClosed, "every cpu slot that fits is closed: host is cordoned by ann since 2026-01-01 00:00:00Z"),
            (Assert.Single(waits).Reason, waits[0].Sentence));
    }

    [StoreFact]
    public async Task What_runs_on_a_drained_place_is_asked_to_stop_and_uses_up_no_attempt()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)) with { MaxAttempts = 1 });
        await Store.AnnounceSlotsAsync([Slot, Twin], Lease);
        var there = await Store.MustClaimAsync("darts-s1-p00");
        var beside = await Store.MustClaimAsync("darts-s2-p00", Twin);

        Assert.Equal(new CordonReport("host/cpu-0", 1, 1, 1), await Store.CordonAsync(new("host/cpu-0", "ann", null, Drain: true)));
        Assert.Equal(new CordonReport("host/cpu-0", 1, 1, 1), await Store.CordonAsync(new("host/cpu-0", "ann", null, Drain: true)));

        Assert.Equal(FenceAnswer.Draining, await Store.RenewAsync(there.Key, Lease));
        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(beside.Key, Lease));
        Assert.IsType<AttemptEnding.Retry>(await Store.EndAttemptAsync(there.Key, FailureReason.HostStopping, "stopped as asked", []));
        var slot = (await Store.ReadSnapshotAsync()).Slots.Single(s => s.SlotId == Slot.SlotId);
        Assert.Null(slot.KeptFor);
        Assert.Equal("darts-s1-p00", (await Store.ClaimAsync(["darts-s1-p00"], Slot with { SlotId = "other/1/cpu-0", Host = "other" }, Lease))!.Key.UnitId);
    }

    [StoreFact]
    public async Task What_was_asked_of_a_running_unit_is_taken_back_when_its_place_opens()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.AnnounceSlotsAsync([Slot], Lease);
        var running = await Store.MustClaimAsync("darts-s1-p00");
        await Store.CordonAsync(new("host", "ann", null, Drain: true));
        await Store.UncordonAsync("host");
        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(running.Key, Lease));

        await Store.CordonAsync(new("host", "ann", null, Drain: true));
        await Store.CordonAsync(new("host", "ann", null, Drain: false));
        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(running.Key, Lease));
        await Store.CordonAsync(new("host", "ann", null, Drain: true));
        await Store.ExpireLeasesAsync();   // looks at every drained place again
        Assert.Equal(FenceAnswer.Draining, await Store.RenewAsync(running.Key, Lease));
    }

    [StoreFact]
    public async Task Slots_are_listed_with_what_they_do_and_since_when()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.AnnounceSlotsAsync([Slot, Twin], Lease);
        var began = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Store.MustClaimAsync("darts-s1-p00");
        await Store.CordonAsync(new("elsewhere", "bob", "gone", Drain: false));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Store.AnnounceSlotsAsync([Slot, Twin], Lease);
        await Store.CordonAsync(new("elsewhere", "ann", "still gone", Drain: false));

        var board = await Store.ReadSlotsAsync();

        Assert.Equal([("host/cpu-0", "busy", began.AddSeconds(10), "darts-s1"), ("host/cpu-1", "free", began, null)],
            board.Slots.Select(s => (s.Slot.Place, s.State, s.Since, s.RunId)));
        Assert.Equal(new Cordon("elsewhere", "ann", "still gone", Drain: false) { At = began.AddSeconds(10) }, Assert.Single(board.Cordons));
        await Store.CordonAsync(new("host", "ann", null, Drain: true));
        Assert.Equal(["draining", "cordoned"], (await Store.ReadSlotsAsync()).Slots.Select(s => s.State));
        Clock.Advance(Lease + TimeSpan.FromSeconds(1));
        Assert.Empty((await Store.ReadSlotsAsync()).Slots);
        Assert.Equal(2, (await Store.ReadSlotsAsync()).Cordons.Count);
    }
}
