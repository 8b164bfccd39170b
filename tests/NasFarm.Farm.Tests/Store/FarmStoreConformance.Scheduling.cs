using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>What the scheduler is told, and what claims obey.</summary>
public abstract partial class FarmStoreConformance
{
    [StoreFact]
    public async Task A_quota_is_counted_again_by_the_claim()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        await Store.AcceptAsync(Plan("s2", Run("sgas", 1)) with { Tenant = "other" });
        await Store.SetTenantAsync(new("default", 1));

        var first = await Store.MustClaimAsync("darts-s1-p00");
        Assert.Null(await Store.ClaimAsync(["darts-s2-p00"], Slot, Lease));
        Assert.Equal("sgas-s1-p00", (await Store.ClaimAsync(["darts-s2-p00", "sgas-s1-p00"], Slot, Lease))!.Key.UnitId);

        await Store.CompleteAsync(first.Key, SearchDone("darts-s1-p00", first.Key.Fence), []);
        Assert.NotNull(await Store.ClaimAsync(["darts-s2-p00"], Slot, Lease));
        await Store.SetTenantAsync(new("default", null, 4));
        Assert.Equal(new("default", null, 4), Assert.Single((await Store.ReadSnapshotAsync()).Tenants));
    }

    [StoreFact]
    public async Task A_quota_holds_under_concurrent_claims()
    {
        await Store.AcceptAsync(Plan("s1", [.. Enumerable.Range(0, 24).Select(seed => Run("darts", seed))]));
        await Store.SetTenantAsync(new("default", 5));
        var units = await Store.WaitingAsync();
        var stores = new List<IFarmStore>();
        for (var n = 0; n < 4; n++)
            stores.Add(await OpenAsync());

        var claims = await Task.WhenAll(stores.SelectMany((store, s) => Enumerable.Range(0, 3).Select(n => Task.Run(() =>
            store.ClaimAsync([.. units.Skip(6 * s), .. units], Slot with { SlotId = $"host/cpu-{s}-{n}" }, Lease)))));

        foreach (var store in stores)
            await store.DisposeAsync();
        Assert.InRange(claims.Count(c => c is not null), 1, 5);
        while (await Store.ClaimAsync(units, Slot, Lease) is not null)
        {
        }
        Assert.Equal(5, (await Store.ReadSnapshotAsync()).Running.Count);
    }

    [StoreFact]
    public async Task A_unit_stands_under_the_live_sweep_that_was_accepted_last()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)) with { Priority = 1, Weight = 2 });
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.AcceptAsync(Plan("s2", Run("darts", 1), Run("darts", 2)) with { Priority = 5, Weight = 3, Preemption = true });

        Assert.Equal([("s2", 5), ("s2", 5)], (await Store.ReadSnapshotAsync()).Waiting.Select(u => (u.SweepId, u.Priority)));
        Assert.Equal([new("s2", "default", 3, Preemption: true)], (await Store.ReadSnapshotAsync()).Sweeps);

        await Store.CancelSweepAsync("s2", "op1");
        Assert.Equal([("s1", 1)], (await Store.ReadSnapshotAsync()).Waiting.Select(u => (u.SweepId, u.Priority)));

        await Store.AcceptAsync(Plan("s1", Run("darts", 1)) with { Priority = -3 });
        Assert.Equal([("s1", -3)], (await Store.ReadSnapshotAsync()).Waiting.Select(u => (u.SweepId, u.Priority)));
    }

    [StoreFact]
    public async Task A_bounded_reading_holds_the_head_of_each_queue()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 3), Run("darts", 2), Run("darts", 1)));
        await Store.AcceptAsync(Plan("s2", Run("sgas", 7), Run("sgas", 5)) with { Resources = ResourceRequest.Of(4L << 30, ["b", "a"]) });
        await Store.AcceptAsync(Plan("s3", Run("pc-darts", 1)) with { Execution = new(Device: "cuda") });

        var cpu = await Store.ReadSnapshotAsync(1, "cpu");
        var all = await Store.ReadSnapshotAsync(2);

        Assert.Equal(["darts-s1-p00", "sgas-s5-p00"], cpu.Waiting.Select(u => u.UnitId));
        Assert.Equal(["darts-s1-p00", "darts-s2-p00", "sgas-s5-p00", "sgas-s7-p00", "pc-darts-s1-p00"], all.Waiting.Select(u => u.UnitId));
        Assert.Equal(new(4L << 30, "a,b"), cpu.Waiting[1].Request);
        Assert.Null(all.Times);
        Assert.Equal(6, (await Store.ReadSnapshotAsync()).Waiting.Count);
    }

    [StoreFact]
    public async Task A_farm_preempts_only_for_a_unit_that_waits_in_a_sweep_that_may()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        Assert.False(await Store.MayPreemptAsync());
        await Store.AcceptAsync(Plan("s2", Run("sgas", 1)) with { Preemption = true });
        Assert.True(await Store.MayPreemptAsync());

        await Store.PauseAsync(new Target.Sweep("s2"), "ada", "pause");
        Assert.False(await Store.MayPreemptAsync());
        await Store.ResumeAsync(new Target.Sweep("s2"), "resume");
        await Store.MustClaimAsync("sgas-s1-p00");
        Assert.False(await Store.MayPreemptAsync());
    }

    [StoreFact]
    public async Task A_preempted_attempt_hears_it_at_its_renewal_and_its_slot_is_kept()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        await Store.AnnounceSlotsAsync([Slot], TimeSpan.FromMinutes(5));
        var victim = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        Clock.Advance(TimeSpan.FromSeconds(5));
        await Store.AppendAsync(victim, [Checkpoint(victim.UnitId, victim.Fence, 1)]);
        var before = Assert.Single((await Store.ReadSnapshotAsync()).Running);

        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(victim, Lease));
        Assert.Equal(FenceAnswer.Held, await Store.PreemptAsync(victim, "darts-s2-p00"));
        Assert.Equal(FenceAnswer.Held, await Store.PreemptAsync(victim, "darts-s2-p00"));
        Assert.Equal(FenceAnswer.FenceLost, await Store.PreemptAsync(victim with { Fence = 9 }, "darts-s2-p00"));
        Assert.Equal(FenceAnswer.Preempted, await Store.RenewAsync(victim, Lease));
        var asked = Assert.Single((await Store.ReadSnapshotAsync()).Running);
        Assert.IsType<AttemptEnding.Retry>(await Store.EndAttemptAsync(victim, FailureReason.Preempted, "made room", []));

        Assert.Equal((null, null, victim.Fence, Clock.GetUtcNow()), (before.StopFor, before.PreemptedAt, before.Fence, before.SavedAt));
        Assert.Equal(("darts-s2-p00", Clock.GetUtcNow()), (asked.StopFor, asked.PreemptedAt));
        Assert.Equal("darts-s2-p00", Assert.Single((await Store.ReadSnapshotAsync()).Slots).KeptFor);
        Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(Assert.Single((await Store.ReadSnapshotAsync()).Slots).KeptFor);
        var again = await Store.MustClaimAsync("darts-s1-p00");
        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(again.Key, Lease));
        Assert.Equal(0, (await Store.ReadRunAsync("darts-s1"))!.Units[0].Attempts.Count(a => a.Ending == "failed"));
    }

    [StoreFact]
    public async Task What_attempts_used_is_remembered_and_fades()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 9 });
        var claim = await Store.MustClaimAsync("darts-s1-p00");
        Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.EndAttemptAsync(claim.Key, FailureReason.NativeCrash, "died", []);
        Clock.Advance(TimeSpan.FromMinutes(2));
        await Store.FinishSearchAsync("darts-s1-p00");

        var fresh = Assert.Single((await Store.ReadSnapshotAsync()).Past);
        Clock.Advance(DecayedUse.HalfLife);
        var faded = Assert.Single((await Store.ReadSnapshotAsync()).Past);

        Assert.Equal(("s1", "default", "cpu"), (fresh.SweepId, fresh.Tenant, fresh.Device));
        Assert.InRange(fresh.SlotSeconds, 110, 120);
        Assert.Equal(fresh.SlotSeconds / 2, faded.SlotSeconds, 6);
        Clock.Advance(TimeSpan.FromDays(4));
        await Store.ExpireLeasesAsync();
        Assert.Empty((await Store.ReadSnapshotAsync()).Past);
    }

    [StoreFact]
    public async Task The_median_time_of_units_done_in_one_attempt_is_told_by_arm_and_kind()
    {
        await Store.AcceptAsync(Plan("s1", [.. Enumerable.Range(1, 5).Select(seed => Run("darts", seed, retrains: 1) with { Phases = 3 })]));
        foreach (var (unit, seconds) in new[] { ("darts-s1-p00", 30), ("darts-s2-p00", 70), ("darts-s3-p00", 40) })
            await Take(unit, seconds, claim => SearchDone(unit, claim.Key.Fence));
        await Take("darts-s1-t0", 90, claim => RetrainDone("darts-s1-t0", claim.Key.Fence));

        var snapshot = await Store.ReadSnapshotAsync();

        Assert.Equal(
            [new("darts", UnitKind.Retrain, "cpu", 90, 1), new("darts", UnitKind.Search, "cpu", 40, 3)],
            snapshot.Times!.OrderByDescending(t => t.Kind));
        Assert.Equal(new("darts", 2, 1), snapshot.Waiting.Single(u => u.UnitId == "darts-s5-p00").Ahead);

        async Task Take(string unit, int seconds, Func<Claim, TrainerEvent.Done> done)
        {
            var claim = await Store.MustClaimAsync(unit);
            Clock.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(FenceAnswer.Held, await Store.CompleteAsync(claim.Key, done(claim), []));
        }
    }

    [StoreFact]
    public async Task A_queue_holds_what_a_few_slots_may_claim_and_what_runs_where_that_is_in_doubt()
    {
        await Store.AcceptAsync(Plan("s1", [.. Enumerable.Range(1, 5).Select(seed => Run("darts", seed))]));
        var (own, other) = (Slot with { SlotId = "host/cpu-1" }, Slot with { SlotId = "host/cpu-2" });
        await Store.AnnounceSlotsAsync([Slot, own, other], Lease);
        var claims = new[] { (await Store.ClaimAsync(["darts-s1-p00"], own, Lease))!, (await Store.ClaimAsync(["darts-s2-p00"], other, Lease))! };

        var queue = await Store.ReadQueueAsync(2, "cpu", [own.SlotId, Slot.SlotId, "nobody"], [own.SlotId]);

        Assert.Equal(["darts-s3-p00", "darts-s4-p00"], queue.Waiting.Select(u => u.UnitId));
        Assert.Equal([Slot.SlotId, own.SlotId], queue.Slots.Select(s => s.SlotId));
        Assert.Equal((claims[0].Key, own.SlotId), (new AttemptKey(queue.Running.Single().UnitId, queue.Running.Single().Fence), queue.Running.Single().SlotId));
        Assert.Empty((await Store.ReadQueueAsync(2, "cuda", [own.SlotId], [])).Waiting);
        Assert.Equal((await Store.ReadSnapshotAsync()).Sweeps, queue.Sweeps);
    }

    [StoreFact]
    public async Task What_is_used_is_the_same_summed_up_by_the_database_as_unit_by_unit()
    {
        await Store.AcceptAsync(Plan("s1", [.. Enumerable.Range(1, 4).Select(seed => Run("darts", seed))]));
        await Store.AcceptAsync(Plan("s2", Run("sgas", 1), Run("sgas", 2)) with { Tenant = "other" });
        foreach (var unit in new[] { "darts-s1-p00", "darts-s2-p00", "sgas-s1-p00", "darts-s3-p00" })
        {
            await Store.MustClaimAsync(unit);
            Clock.Advance(TimeSpan.FromMinutes(17));
        }
        var done = await Store.MustClaimAsync("sgas-s2-p00");
        Clock.Advance(TimeSpan.FromMinutes(3));
        await Store.CompleteAsync(done.Key, SearchDone("sgas-s2-p00", done.Key.Fence), []);

        var use = await Store.ReadUseAsync();
        var snapshot = await Store.ReadSnapshotAsync();

        Assert.Equal([("s1", "default", "cpu", 3), ("s2", "other", "cpu", 1)], use.Present.Select(p => (p.SweepId, p.Tenant, p.Device, p.Slots)));
        var unitByUnit = snapshot.InUse.GroupBy(p => p.SweepId).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Sum(p => p.SlotSeconds));
        Assert.All(use.Present.Zip(unitByUnit), pair => Assert.Equal(pair.Second, pair.First.SlotSeconds, 1.0));
        Assert.InRange(use.Present[0].SlotSeconds, 1, 3 * 71 * 60);
        Assert.Equal(snapshot.Past.Select(p => (p.SweepId, p.Device)), use.Past.Select(p => (p.SweepId, p.Device)));
    }

    [StoreFact]
    public async Task The_ends_of_a_sweep_are_counted_by_the_run()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2), Run("darts", 3)));
        await Store.AcceptAsync(Plan("s2", Run("darts", 2)));
        var done = await Store.MustClaimAsync("darts-s1-p00");
        await Store.CompleteAsync(done.Key, SearchDone("darts-s1-p00", done.Key.Fence), []);
        await Store.CancelAsync(new Target.SweepRun("s1", "darts-s2"), "op1");

        Assert.Equal(new SweepEnds(3, 1, 0, 1), await Store.ReadEndsAsync("s1"));
        Assert.Equal(new SweepEnds(1, 0, 0, 0), await Store.ReadEndsAsync("s2"));
        Assert.Null(await Store.ReadEndsAsync("none"));
        Assert.Equal(["s1", "s2"], await Store.ListOpenSweepsAsync());
        await Store.CancelAsync(new Target.Sweep("s1"), "op2");
        Assert.Equal(["s2"], await Store.ListOpenSweepsAsync());
        Assert.Equal(["s1", "s2"], await Store.ReadSweepsOfRunAsync("darts-s2"));
        Assert.Empty(await Store.ReadSweepsOfRunAsync("none"));
    }
}
