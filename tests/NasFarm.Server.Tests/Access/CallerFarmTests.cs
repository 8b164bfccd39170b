using NasFarm.Catalog.Results;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Plans;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Events;
using static NasFarm.Server.Tests.TwoTenants;

namespace NasFarm.Server.Tests.Access;

/// <summary>The farm as one caller may see it.</summary>
public sealed class CallerFarmTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private SqliteFarmStore store = null!;
    private int ids;

    public async Task InitializeAsync()
    {
        store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), TimeProvider.System);
        await FillAsync(store);
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Sweeps_of_other_tenants_are_not_listed()
    {
        Assert.Equal([Ours], (await As(Role.Admin).ListSweepsAsync(new())).Sweeps.Select(s => s.Sweep.SweepId));
        Assert.Empty((await As(Role.Admin).ListSweepsAsync(new(Tenant: Rival))).Sweeps);
        Assert.Equal(2, (await Everywhere.ListSweepsAsync(new())).Sweeps.Count);
        Assert.Equal([Theirs], (await Everywhere.ListSweepsAsync(new(Tenant: Rival))).Sweeps.Select(s => s.Sweep.SweepId));
    }

    [Fact]
    public async Task What_is_another_tenants_is_answered_like_what_does_not_exist()
    {
        var farm = As(Role.Admin);
        (string Code, Func<string, string, Task> Ask)[] questions =
        [
            ("no-such-sweep", (sweep, _) => farm.ReadSweepAsync(sweep)),
            ("no-such-sweep", (sweep, _) => farm.ReadRunsAsync(sweep, new())),
            ("no-such-sweep", (sweep, _) => farm.ReadAggregateAsync(sweep)),
            ("no-such-sweep", (sweep, _) => farm.WatchAsync(sweep, null)),
            ("no-such-sweep", (sweep, _) => farm.CompareAsync(sweep, withCurves: false)),
            ("no-such-sweep", (sweep, _) => farm.PauseAsync(new Target.Sweep(sweep), null)),
            ("no-such-sweep", (sweep, _) => farm.ResumeAsync(new Target.Cohort(sweep, 1), null)),
            ("no-such-sweep", (sweep, run) => farm.CancelAsync(new Target.SweepRun(sweep, run), null)),
            ("no-such-sweep", (sweep, _) => farm.SetPriorityAsync(sweep, 1, null)),
            ("no-such-sweep", (sweep, _) => farm.PreviewDeletionAsync(sweep)),
            ("no-such-sweep", (sweep, _) => farm.DeleteAsync(sweep, cancelRunning: true, null)),
            ("no-such-run", (_, run) => farm.ReadRunAsync(run)),
            ("no-such-run", (_, run) => farm.ExplainRunAsync(run)),
            ("no-such-run", (_, run) => farm.RetryAsync(new Target.Run(run), null)),
            ("no-such-run", (_, run) => farm.RetryAsync(new Target.Unit($"{run}-p00", run), null)),
        ];

        foreach (var (code, ask) in questions)
        {
            var hidden = await Assert.ThrowsAsync<RefusedException>(() => ask(Theirs, "sgas-s1"));
            var absent = await Assert.ThrowsAsync<RefusedException>(() => ask("absent", "absent"));
            Assert.Equal((Refusal.NotFound, code), (hidden.Kind, hidden.Code));
            Assert.Equal((absent.Kind, absent.Code), (hidden.Kind, hidden.Code));
            Assert.Equal(absent.Message.Replace("absent", "X", StringComparison.Ordinal), hidden.Message.Replace(Theirs, "X", StringComparison.Ordinal).Replace("sgas-s1", "X", StringComparison.Ordinal));
        }
        Assert.Null((await Everywhere.ReadSweepAsync(Theirs)).Sweep.Paused);
    }

    [Fact]
    public async Task A_command_takes_its_role()
    {
        (Role Least, Func<CallerFarm, Task> Ask)[] commands =
        [
            (Role.Viewer, farm => farm.PlanAsync(Manifest(), fresh: false)),
            (Role.Submitter, farm => farm.SubmitAsync(Manifest(), fresh: false)),
            (Role.Operator, farm => farm.PauseAsync(new Target.Sweep(Ours), null)),
            (Role.Operator, farm => farm.ResumeAsync(new Target.Sweep(Ours), null)),
            (Role.Operator, farm => farm.RetryAsync(new Target.Run("darts-s1"), null)),
            (Role.Operator, farm => farm.SetPriorityAsync(Ours, 3, null)),
            (Role.Operator, farm => farm.CancelAsync(new Target.SweepRun(Ours, "darts-s2"), null)),
            (Role.Admin, farm => farm.PreviewDeletionAsync(Ours)),
            (Role.Admin, farm => farm.DeleteAsync(Ours, cancelRunning: false, null)),
        ];
        foreach (var (least, ask) in commands)
        {
            foreach (var role in Enum.GetValues<Role>().Where(role => role < least))
                Assert.Equal(Refusal.Forbidden, (await Assert.ThrowsAsync<RefusedException>(() => ask(As(role)))).Kind);
            await ask(As(least));
        }

        var cordon = await Assert.ThrowsAsync<RefusedException>(() => As(Role.Admin).CordonAsync("host", null, drain: false));
        Assert.Equal(Refusal.Forbidden, cordon.Kind);
        Assert.Equal("Admin of lab is nothing in the whole farm; this takes the role admin there.", cordon.Message);
        await Everywhere.CordonAsync("host", "dust", drain: false);
        Assert.True(await Everywhere.UncordonAsync("host"));
        var submit = await Assert.ThrowsAsync<RefusedException>(() => As(Role.Admin).SubmitAsync(Manifest(Rival), fresh: false));
        Assert.Equal(Refusal.Forbidden, submit.Kind);
    }

    [Fact]
    public async Task Slots_are_everybodys_and_what_runs_there_is_its_tenants()
    {
        await store.AnnounceSlotsAsync([TestPlans.Slot, TestPlans.Slot with { SlotId = "host/cpu-1" }], TestPlans.Lease);
        await store.MustClaimAsync(OurUnit);
        await store.MustClaimAsync(TheirUnit, TestPlans.Slot with { SlotId = "host/cpu-1" });

        var (seen, all) = (await As(Role.Viewer).ReadSlotsAsync(), await Everywhere.ReadSlotsAsync());

        Assert.Equal(["busy", "busy"], seen.Slots.Select(s => s.State));
        Assert.Equal([new SlotWork($"{OurUnit} of darts-s1", Lab, OurUnit, "darts-s1"), new(SlotWork.OfAnother, null, null, null)], seen.Slots.Select(s => s.Work));
        Assert.Equal([OurUnit, TheirUnit], all.Slots.Select(s => s.Work!.UnitId));
    }

    [Fact]
    public async Task The_queue_counts_all_and_names_ones_own()
    {
        await store.AnnounceSlotsAsync([TestPlans.Slot], TestPlans.Lease);
        await store.SetTenantAsync(new(Rival, Slots: 1));

        var (seen, all) = (await As(Role.Viewer).ReadQueueAsync(), await Everywhere.ReadQueueAsync());

        Assert.Equal((3, 5), (seen.Waiting, all.Waiting));
        Assert.All(seen.Units, unit => Assert.Equal(Lab, unit.Tenant));
        Assert.Equal(all.Units.Where(u => u.Tenant == Lab).Select(u => (u.UnitId, u.Rank)), seen.Units.Select(u => (u.UnitId, u.Rank)));
        Assert.Equal([Lab], seen.Tenants.Select(t => t.Tenant));
        var first = await Everywhere.ReadQueueAsync(wanted: 2);
        var rest = await Everywhere.ReadQueueAsync(first.Next, 3);
        Assert.Equal(all.Units.Select(u => u.UnitId), first.Units.Concat(rest.Units).Select(u => u.UnitId));
        Assert.Null(rest.Next);
    }

    [Fact]
    public async Task Pages_of_sweeps_hold_each_once_and_the_newest_first()
    {
        for (var i = 0; i < 5; i++)
            await store.AcceptAsync(PlanOf(Lab, $"more-{i}", TestPlans.Run("darts", 1)));
        var all = (await Everywhere.ListSweepsAsync(new())).Sweeps.Select(s => s.Sweep.SweepId).ToList();

        var (paged, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await Everywhere.ListSweepsAsync(new(After: after, Limit: 2));
            paged.AddRange(page.Sweeps.Select(s => s.Sweep.SweepId));
            after = page.Next;
            if (after is not null)
                await store.AcceptAsync(PlanOf(Lab, $"later-{paged.Count}", TestPlans.Run("darts", 1)));
        } while (after is not null);

        Assert.Equal(all.Count, paged.Distinct().Count());
        Assert.Empty(all.Except(paged));
        Assert.Equal("bad-cursor", (await Assert.ThrowsAsync<RefusedException>(() => Everywhere.ListSweepsAsync(new(After: "x")))).Code);
        Assert.Equal("bad-limit", (await Assert.ThrowsAsync<RefusedException>(() => Everywhere.ListSweepsAsync(new(Limit: 0)))).Code);
    }

    [Fact]
    public async Task Sweeps_are_found_by_name_and_state()
    {
        await store.FinishSearchAsync("sgas-s1-p00");
        await store.FinishSearchAsync("sgas-s2-p00");
        await As(Role.Operator).PauseAsync(new Target.Sweep(Ours), null);

        async Task<IEnumerable<string>> Found(SweepQuery query) => (await Everywhere.ListSweepsAsync(query)).Sweeps.Select(s => s.Sweep.SweepId);
        Assert.Equal([Theirs], await Found(new(State: SweepState.Finished)));
        Assert.Equal([Ours], await Found(new(State: SweepState.Paused)));
        Assert.Empty(await Found(new(State: SweepState.Running)));
        Assert.Equal([Ours], await Found(new(Name: "SWEEP OUR")));
        Assert.Equal([Theirs], await Found(new(Name: "the")));
    }

    [Fact]
    public async Task Runs_are_found_by_arm_seed_and_state_and_say_why_they_wait()
    {
        await store.AnnounceSlotsAsync([TestPlans.Slot], TestPlans.Lease);
        await store.FinishSearchAsync(OurUnit);
        var farm = As(Role.Viewer);

        Assert.Equal(["darts-s1", "drnas-s1"], (await farm.ReadRunsAsync(Ours, new(Seed: 1))).Runs.Select(r => r.RunId));
        Assert.Equal(["darts-s2"], (await farm.ReadRunsAsync(Ours, new(Arm: "darts", State: SeedRunState.Waiting))).Runs.Select(r => r.RunId));
        var first = await farm.ReadRunsAsync(Ours, new(Limit: 2));
        var rest = await farm.ReadRunsAsync(Ours, new(After: first.Next, Limit: 2));
        Assert.Equal(["darts-s1", "darts-s2", "drnas-s1"], first.Runs.Concat(rest.Runs).Select(r => r.RunId));
        Assert.Equal((3, null), (first.Matching, rest.Next));
        Assert.StartsWith("queued: ", first.Runs[1].ReasonText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_repeated_does_nothing_and_answers_the_same()
    {
        var first = await As(Role.Admin).PauseAsync(new Target.Sweep(Ours), "op");
        await As(Role.Admin).ResumeAsync(new Target.Sweep(Ours), "op2");

        Assert.Equal(first, await As(Role.Admin).PauseAsync(new Target.Sweep(Ours), "op"));
        Assert.Null((await Everywhere.ReadSweepAsync(Ours)).Sweep.Paused);
        Assert.Equal("operation-reused", (await Assert.ThrowsAsync<RefusedException>(() => As(Role.Admin).CancelAsync(new Target.Sweep(Ours), "op"))).Code);
        // Another caller's operation of the same name is another one.
        Assert.Equal(first.Effect, (await Everywhere.PauseAsync(new Target.Sweep(Ours), "op")).Effect);
        var deleted = await As(Role.Admin).DeleteAsync(Ours, cancelRunning: false, "gone");
        Assert.Equivalent(deleted, await As(Role.Admin).DeleteAsync(Ours, cancelRunning: false, "gone"));
        await Assert.ThrowsAsync<RefusedException>(() => Everywhere.DeleteAsync(Ours, cancelRunning: false, "gone"));
    }

    [Fact]
    public async Task A_sweep_with_running_units_is_not_deleted_by_accident()
    {
        await store.MustClaimAsync(OurUnit);

        Assert.Equal("units-running", (await Assert.ThrowsAsync<RefusedException>(() => As(Role.Admin).DeleteAsync(Ours, cancelRunning: false, null))).Code);
        Assert.True((await As(Role.Admin).DeleteAsync(Ours, cancelRunning: true, null)).Effect.Deleted);
    }

    [Fact]
    public async Task Submitting_twice_is_one_sweep_and_fresh_is_another()
    {
        var farm = As(Role.Submitter);
        var planned = await farm.PlanAsync(Manifest(), fresh: false);
        var first = await farm.SubmitAsync(Manifest(), fresh: false);
        var again = await farm.SubmitAsync(Manifest(), fresh: false);
        var fresh = await farm.SubmitAsync(Manifest(), fresh: true);

        Assert.Equal((planned.SweepId, Lab, false), (first.Sweep, first.Tenant, first.AlreadyAccepted));
        Assert.Equal((first.Sweep, true), (again.Sweep, again.AlreadyAccepted));
        Assert.NotEqual(first.Sweep, fresh.Sweep);
        Assert.Equal(fresh.Runs, fresh.Actions[PlanAction.New]);
        Assert.Empty(farm.Check(Manifest()));
        Assert.All(farm.Check("kind: Sweep\nseeds: 3\n"), error => Assert.True(error.Place.Line > 0));
        Assert.NotEmpty(farm.Check("a: ["));
        await Assert.ThrowsAsync<ManifestException>(() => farm.SubmitAsync("kind: Swep\n", fresh: false));
    }

    private CallerFarm Everywhere => On(Caller.LocalAdmin("ada"));

    private CallerFarm As(Role role) => On(Of(Lab, role));

    private CallerFarm On(Caller caller)
    {
        var host = new EmbeddedHost(store, TimeProvider.System, TimeSpan.FromMilliseconds(50));
        return new(new()
        {
            Store = store, Host = host, Data = new FakeDataSets(), CodeVersion = "0.1.0+test",
            Time = TimeProvider.System, NewId = () => $"id-{Interlocked.Increment(ref ids)}",
        }, new SweepWatches(host, TimeProvider.System), caller);
    }
}
