using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Trainers;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Coordination;

/// <summary>Whole farms with real trainer processes over one SQLite file.</summary>
public sealed class LocalFarmTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TestFolder folder = new();
    private readonly EventRecord events = new();
    private IFarmStore store = null!;

    public async Task InitializeAsync() => store = await OpenAsync();

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_sweep_runs_to_its_end()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1), Run("sgas", 1), Run("darts", 2), Run("sgas", 2)));

        Assert.IsType<FarmEnding.AllOver>(await RunAsync(Farm("a", "normal", slots: 2), "s1"));

        Assert.Equal(new SweepCounts(4, 4, 0, 0, 0, 0), await store.ReadCountsAsync("s1"));
        Assert.Equal(9, events.All<FarmEvent.Completed>().Count);
        Assert.All((await store.ReadSweepAsync("s1"))!.Runs, run => Assert.Equal(run.RunId == "darts-s1" ? 3 : 2, run.Attempts));
        Assert.Equal(new SweepCounts(4, 4, 0, 0, 0, 0), events.All<FarmEvent.SweepMoved>()[^1].Counts);
        Assert.Empty((await store.ReadSnapshotAsync()).Slots);
        Assert.All(events.All<FarmEvent.Claimed>().Take(2), c => Assert.Equal(1, c.Claim.Unit.SeedRun.SearchSeed));
    }

    [Fact]
    public async Task Two_farms_on_one_store_do_each_unit_once()
    {
        await store.AcceptAsync(Plan("s1", [.. Enumerable.Range(0, 6).Select(seed => Run("darts", seed, retrains: 1))]));
        await using var other = await OpenAsync();

        var endings = await Task.WhenAll(
            RunAsync(Farm("a", "normal"), "s1"), RunAsync(Farm("b", "normal", on: other), "s1"));

        Assert.All(endings, e => Assert.IsType<FarmEnding.AllOver>(e));
        Assert.Equal(6, (await store.ReadCountsAsync("s1"))!.Finished);
        var done = events.All<FarmEvent.Completed>().Select(c => c.Claim.Key.UnitId).ToList();
        Assert.Equal(18, done.Count);
        Assert.Equal(18, done.Distinct().Count());
        Assert.All((await store.ReadSweepAsync("s1"))!.Runs, run => Assert.Equal(3, run.Attempts));
    }

    [Fact]
    public async Task A_killed_trainer_costs_one_attempt()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));

        Assert.IsType<FarmEnding.AllOver>(await RunAsync(Farm("a", "crash-once"), "s1"));

        Assert.Equal(4, (await store.StatusAsync("s1", "darts-s1")).Attempts);
        Assert.Equal(2, events.All<FarmEvent.Ended>().Count(e => e.Reason == FailureReason.NativeCrash));
    }

    [Fact]
    public async Task A_run_that_cannot_succeed_fails_and_the_farm_ends()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));

        Assert.IsType<FarmEnding.AllOver>(await RunAsync(Farm("a", "fail", "bad-spec"), "s1"));

        var run = await store.StatusAsync("s1", "darts-s1");
        Assert.Equal((SeedRunState.Failed, "bad-spec"), (run.State, run.Reason));
    }

    [Fact]
    public async Task A_stopped_farm_releases_its_units_and_leaves_no_trainer_and_another_goes_on()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        using var stop = new CancellationTokenSource();
        var running = Farm("a", "polite", slots: 2).RunAsync(["s1"], stop.Token);
        await events.Await<FarmEvent.Started>(e => e.Claim.RunId == "darts-s1");
        await events.Await<FarmEvent.Started>(e => e.Claim.RunId == "darts-s2");

        await stop.CancelAsync();
        Assert.IsType<FarmEnding.Stopped>(await running.WaitAsync(Patience));

        Assert.Equal(new SweepCounts(2, 0, 0, 0, 0, 2), await store.ReadCountsAsync("s1"));
        Assert.Equal(2, events.All<FarmEvent.Ended>().Count(e => e.Reason == FailureReason.HostStopping));
        Assert.Equal(2, events.All<FarmEvent.Saved>().Count);
        Assert.IsType<FarmEnding.AllOver>(await RunAsync(Farm("b", "normal"), "s1"));
    }

    [Fact]
    public async Task The_unit_of_a_host_that_vanished_is_taken_over()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var vanished = (await store.ClaimAsync(["darts-s1-p00"], Slot with { Owner = "gone", SlotId = "gone/cpu-0" }, TimeSpan.FromMilliseconds(1)))!;

        Assert.IsType<FarmEnding.AllOver>(await RunAsync(Farm("a", "normal"), "s1"));

        Assert.Equal(vanished.Key, (await events.Await<FarmEvent.LeaseExpired>()).Lease.Key);
        Assert.Equal(FenceAnswer.FenceLost, await store.RenewAsync(vanished.Key, Lease));
        Assert.Equal("lease-lost", (await store.ReadRunAsync("darts-s1"))!.Units[0].Attempts[0].Ending);
    }

    [Fact]
    public async Task A_claim_that_the_slot_never_heard_of_is_released_at_once_and_costs_no_attempt()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 1 });
        await store.ClaimAsync(["darts-s1-p00"], Slot with { Owner = "a", SlotId = "a/cpu-0" }, TimeSpan.FromHours(1));

        Assert.IsType<FarmEnding.AllOver>(await RunAsync(Farm("a", "normal"), "s1"));

        var unheard = (await store.ReadRunAsync("darts-s1"))!.Units[0].Attempts[0];
        Assert.Equal(("host-stopping", "slot a/cpu-0 never heard that it had claimed the unit, or that its end was written"), (unheard.Ending, unheard.Message));
        Assert.Equal(1, (await store.ReadCountsAsync("s1"))!.Finished);
    }

    [Fact]
    public async Task A_store_that_is_gone_for_a_while_ends_no_farm()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var unreliable = UnreliableStore.Before(store);
        UnreliableStore.SetGone(unreliable, true);

        var running = RunAsync(Farm("a", "normal", on: unreliable), "s1");
        while (UnreliableStore.Refused(unreliable) < 6)
            await Task.Yield();
        UnreliableStore.SetGone(unreliable, false);

        Assert.IsType<FarmEnding.AllOver>(await running);
        Assert.Single(events.All<FarmEvent.StoreAway>());
        Assert.Single(events.All<FarmEvent.StoreBack>());
    }

    [Fact]
    public async Task A_farm_that_can_do_nothing_more_says_why()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { Execution = new(Device: "cuda") });
        await store.AcceptAsync(Plan("s2", Run("sgas", 1)));

        var stuck = Assert.IsType<FarmEnding.Stuck>(await RunAsync(Farm("a", "fail", "numerics-mismatch"), "s1", "s2"));

        Assert.Equal(
            [("darts-s1", WaitReason.NoFittingSlot), ("sgas-s1", WaitReason.NumericsMismatch)],
            stuck.Waits.Select(w => (w.RunId, w.Reason)));
        Assert.Equal("needs a cuda slot; the living slots are 1 × cpu", stuck.Waits[0].Sentence);
    }

    [Fact]
    public async Task A_running_unit_makes_room_with_a_checkpoint_for_a_preempting_sweep_and_loses_no_attempt()
    {
        await store.AcceptAsync(Plan("low", Run("darts", 1)) with { MaxAttempts = 1 });
        using var stop = new CancellationTokenSource();
        var options = Options("a", ["polite"], 1);
        options.Trainer.Lease = TimeSpan.FromSeconds(9);   // the victim hears at its renewal, after three seconds
        var running = new LocalFarm(store, options, TimeProvider.System, events.Tell).RunAsync(null, stop.Token);
        await events.Await<FarmEvent.Started>(e => e.Claim.RunId == "darts-s1");

        await store.AcceptAsync(Plan("urgent", Run("sgas", 2)) with { Priority = 5, Preemption = true });

        await events.Await<FarmEvent.Started>(e => e.Claim.RunId == "sgas-s2");
        var preempting = await events.Await<FarmEvent.Preempting>();
        Assert.Equal(("sgas-s2-p00", "darts-s1-p00", 1), (preempting.Preemption.UnitId, preempting.Preemption.VictimId, preempting.Preemption.VictimFence));
        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal((FailureReason.Preempted, "stopped as asked"), (ended.Reason, ended.Message));
        Assert.Single(events.All<FarmEvent.Saved>());
        await stop.CancelAsync();
        await running.WaitAsync(Patience);
        Assert.Equal((SeedRunState.Waiting, 1), ((await store.StatusAsync("low", "darts-s1")).State, (await store.StatusAsync("low", "darts-s1")).Attempts));
        Assert.Single(events.All<FarmEvent.Preempting>());
    }

    [Fact]
    public async Task A_pause_is_felt_long_before_the_next_renewal_and_the_farm_waits_for_the_resume()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 1 });
        using var stop = new CancellationTokenSource();
        var running = new LocalFarm(store, Patient("polite"), TimeProvider.System, events.Tell).RunAsync(["s1"], stop.Token);
        await events.Await<FarmEvent.Started>();

        await store.PauseAsync(new Target.Sweep("s1"), "ada", "op-1");

        Assert.Equal(FailureReason.Paused, (await events.Await<FarmEvent.Ended>()).Reason);
        Assert.Single(events.All<FarmEvent.Saved>());
        var left = await events.Await<FarmEvent.OnlyPausedLeft>();
        Assert.Contains("'nasfarm resume s1' lets it go on", Assert.Single(left.Waits).Sentence, StringComparison.Ordinal);
        Assert.False(running.IsCompleted);
        await store.ResumeAsync(new Target.Sweep("s1"), "op-2");
        await events.Await<FarmEvent.Started>(e => e.Claim.Attempt == 2);
        await stop.CancelAsync();
        Assert.IsType<FarmEnding.Stopped>(await running.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_cancelled_run_loses_its_trainer_long_before_the_next_renewal()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var running = RunAsync(new LocalFarm(store, Patient("polite"), TimeProvider.System, events.Tell), "s1");
        await events.Await<FarmEvent.Started>();

        await store.CancelAsync(new Target.Run("darts-s1"), "op-1");

        Assert.IsType<FarmEnding.AllOver>(await running);
        Assert.IsType<AttemptEnding.FenceLost>((await events.Await<FarmEvent.Ended>()).Ending);
    }

    [Fact]
    public async Task A_sweep_that_is_deleted_is_over()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var running = RunAsync(new LocalFarm(store, Patient("polite"), TimeProvider.System, events.Tell), "s1");
        await events.Await<FarmEvent.SweepMoved>(e => e.Counts.Running == 1);

        Assert.True((await store.DeleteSweepAsync("s1", cancelRunning: true, "op-1"))!.Deleted);

        Assert.IsType<FarmEnding.AllOver>(await running);
        Assert.Null(await store.ReadSweepAsync("s1"));
    }

    [Fact]
    public async Task A_drained_slot_gives_its_unit_back_with_a_checkpoint_and_takes_nothing_until_it_is_opened()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 1 });
        using var stop = new CancellationTokenSource();
        var options = Options("a", ["polite"], 1);
        (options.Host, options.Trainer.Lease) = ("node7", TimeSpan.FromSeconds(3));   // it hears at its renewal, after one second
        var running = new LocalFarm(store, options, TimeProvider.System, events.Tell).RunAsync(null, stop.Token);
        await events.Await<FarmEvent.Started>();

        Assert.Equal(1, (await store.CordonAsync(new("node7/cpu-0", "ann", "new fan", Drain: true))).Asked);

        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal((FailureReason.HostStopping, "stopped as asked"), (ended.Reason, ended.Message));
        Assert.Single(events.All<FarmEvent.Saved>());
        Assert.Equal("slots-closed", (await SweepStatusReader.ReadAsync(store, "s1"))!.Runs[0].Reason);
        Assert.Equal("cordoned", Assert.Single((await store.ReadSlotsAsync()).Slots).State);
        var other = Farm("b", "normal");
        Assert.IsType<FarmEnding.AllOver>(await RunAsync(other, "s1"));
        await stop.CancelAsync();
        await running.WaitAsync(Patience);
        Assert.DoesNotContain(events.All<FarmEvent.Claimed>().Skip(1), c => c.SlotId == "a/cpu-0");
    }

    [Fact]
    public async Task A_sweep_whose_only_slot_is_cordoned_is_stuck_and_says_by_whom()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var options = Options("a", ["normal"], 1);
        options.Host = "node7";
        await store.CordonAsync(new("node7", "ann", "new fan", Drain: false));

        var stuck = Assert.IsType<FarmEnding.Stuck>(await RunAsync(new LocalFarm(store, options, TimeProvider.System, events.Tell), "s1"));

        Assert.StartsWith("every cpu slot that fits is closed: node7 is cordoned by ann since ", Assert.Single(stuck.Waits).Sentence);
    }

    [Fact]
    public async Task Units_that_ask_for_a_label_wait_until_a_slot_has_it()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { Resources = ResourceRequest.Of(1 << 20, ["fast"]) });

        var stuck = Assert.IsType<FarmEnding.Stuck>(await RunAsync(Farm("a", "normal"), "s1"));
        var options = Options("b", ["normal"], 1);
        options.Labels = ["fast", "new"];

        Assert.StartsWith("needs a cpu slot with 1 MiB and label fast; none of the 1 living cpu slots is so", Assert.Single(stuck.Waits).Sentence);
        Assert.IsType<FarmEnding.AllOver>(await RunAsync(new LocalFarm(store, options, TimeProvider.System, events.Tell), "s1"));
    }

    /// <summary>Two arms, a seed more at each of three looks.</summary>
    private static SweepPlan Growing() =>
        Plan("s1", [.. Enumerable.Range(0, 3).SelectMany(seed => new[] { "darts", "sgas" }.Select(arm => Run(arm, seed) with { Look = seed + 1 }))]) with { Looks = [1, 2, 3] };

    private LocalFarm Farm(string[] behaviour, Func<SweepResult, LookVerdict> decide) =>
        new(store, Options("a", behaviour, 2), TimeProvider.System, events.Tell, lookRule: new(decide));

    [Theory]
    [InlineData(2, 4, 2)]
    [InlineData(9, 6, 0)]
    public async Task A_sweep_grows_until_a_look_decides_and_every_look_is_taken(int decidingSeeds, int finished, int notNeeded)
    {
        await store.AcceptAsync(Growing());

        Assert.IsType<FarmEnding.AllOver>(await RunAsync(Farm(["normal"], sweep =>
        {
            Assert.All(sweep.ToOpenLook().Runs, run => Assert.Equal(SeedRunState.Finished, run.State));
            var seeds = sweep.Looks!.Seeds[sweep.Looks.Open - 1];
            return new LookVerdict.Tested(seeds == decidingSeeds, 0.2, 3, 0.01, 0.01, $"looked after {seeds} seeds");
        }), "s1"));

        Assert.Equal(new SweepCounts(6, finished, 0, notNeeded, 0, 0) { NotNeeded = notNeeded }, await store.ReadCountsAsync("s1"));
        var looks = (await store.ReadSweepAsync("s1"))!.Sweep.Looks!;
        Assert.True(looks.IsOver);
        Assert.Equal(looks.Taken, events.All<FarmEvent.LookTaken>().Select(e => e.Report.Taken));
        Assert.Equal(Enumerable.Range(1, finished / 2).Select(n => $"looked after {n} seeds"), looks.Taken.Select(t => t.Sentence));
    }

    [Fact]
    public async Task A_look_that_cannot_be_answered_ends_the_farm_with_its_reason()
    {
        await store.AcceptAsync(Growing());

        var stuck = Assert.IsType<FarmEnding.Stuck>(await RunAsync(Farm(["normal"], _ => new LookVerdict.Unanswerable("there is no table")), "s1"));

        Assert.Equal(4, stuck.Waits.Count);
        Assert.All(stuck.Waits, w => Assert.Equal(WaitReason.Look, w.Reason));
        Assert.Equal("added only if sgas-es against sgas-matched is undecided after 1 seeds; there is no table", stuck.Waits[0].Sentence);
        Assert.Equal("there is no table", Assert.Single(events.All<FarmEvent.LookNotTaken>()).Message);
    }

    [Fact]
    public async Task A_look_waits_for_failed_runs_and_the_farm_says_so()
    {
        await store.AcceptAsync(Growing());

        var stuck = Assert.IsType<FarmEnding.Stuck>(await RunAsync(Farm(["fail", "bad-spec"], _ => throw new InvalidOperationException("nothing is due")), "s1"));

        Assert.EndsWith("; a look needs every run, and 2 failed or were cancelled: 'nasfarm retry', or accepting the sweep again, brings them back", stuck.Waits[0].Sentence);
    }

    [Fact]
    public async Task A_placebo_run_follows_its_sources()
    {
        await store.AcceptAsync(Plan("s1", Run("sgas-es-placebo", 1, 0, "sgas-es-s2"), Run("sgas-es", 2)));

        Assert.IsType<FarmEnding.AllOver>(await RunAsync(Farm("a", "normal"), "s1"));

        Assert.Equal(["sgas-es-s2", "sgas-es-s2", "sgas-es-placebo-s1", "sgas-es-placebo-s1"], events.All<FarmEvent.Completed>().Select(c => c.Claim.RunId));
    }

    [Fact]
    public async Task A_farm_without_an_end_works_for_whatever_comes()
    {
        using var stop = new CancellationTokenSource();
        var running = Farm("a", "normal").RunAsync(null, stop.Token);

        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await events.Await<FarmEvent.Completed>(c => c.Search!.SearchFinished);
        await stop.CancelAsync();

        Assert.IsType<FarmEnding.Stopped>(await running.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_farm_until_idle_ends_when_nothing_is_left_that_its_slots_could_take()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await store.AcceptAsync(Plan("s2", Run("sgas", 1)) with { Execution = new(Device: "cuda") });
        await store.AcceptAsync(Plan("s3", Run("sgas", 2)) with { Resources = ResourceRequest.Of(0, ["fast"]) });
        var options = Options("a", ["crash-once"], 1);
        options.UntilIdle = true;

        var ending = await new LocalFarm(store, options, TimeProvider.System, events.Tell).RunAsync(null, CancellationToken.None).WaitAsync(Patience);

        Assert.IsType<FarmEnding.Idle>(ending);
        Assert.Equal(1, (await store.ReadCountsAsync("s1"))!.Finished);
        Assert.Equal(2, (await store.ReadCountsAsync("s2"))!.Open + (await store.ReadCountsAsync("s3"))!.Open);
        Assert.Equal(2, events.All<FarmEvent.Ended>().Count(e => e.Reason == FailureReason.NativeCrash));
    }

    [Fact]
    public void A_GPU_slot_has_the_memory_of_its_GPU_and_never_the_hosts()
    {
        var options = Options("a", ["normal"], 2);
        options.Gpus = [new("0", "NVIDIA A100", 40L << 30), new("MIG-GPU-1/2/3")];

        var slots = NasFarm.Farm.Slots.LocalSlot.Of(options).Select(s => s.Info).ToList();

        Assert.Equal([("a/gpu-0", "NVIDIA A100", 40L << 30), ("a/gpu-MIG-GPU-1-2-3", "cuda MIG-GPU-1/2/3", 0L)],
            slots.Skip(2).Select(s => (s.SlotId, s.Model, s.MemoryBytes)));
        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2, slots[0].MemoryBytes);
        options.SlotMemoryBytes = 8L << 30;
        Assert.Equal([8L << 30, 8L << 30, 40L << 30, 8L << 30], NasFarm.Farm.Slots.LocalSlot.Of(options).Select(s => s.Info.MemoryBytes));
    }

    [Fact]
    public async Task A_gpu_slot_takes_the_units_of_its_pool_and_its_trainer_sees_one_device()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { Execution = new(Device: "cuda") });
        await store.AcceptAsync(Plan("s2", Run("sgas", 1)));
        var options = Options("a", ["device"], 1);
        options.Gpus = [new("7")];

        Assert.IsType<FarmEnding.AllOver>(await RunAsync(new LocalFarm(store, options, TimeProvider.System, events.Tell), "s1", "s2"));

        Assert.All(events.All<FarmEvent.Completed>(), c => Assert.Equal(
            c.Claim.RunId == "darts-s1" ? ("a/gpu-7", "cell seen on '7'") : ("a/cpu-0", "cell seen on ''"), (c.SlotId, c.Search!.Genotype)));
        Assert.Equal(4, events.All<FarmEvent.Completed>().Count);
    }

    [Fact]
    public async Task An_unknown_sweep_is_named_and_nothing_is_left_running()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(Farm("a", "hang"), "nowhere"));

        Assert.Contains("nowhere", refused.Message);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused_with_both_values()
    {
        var options = Options("a", ["normal"], 1);
        options.Trainer.SilenceLimit = TimeSpan.FromSeconds(10);

        Assert.Contains("SilenceLimit (00:00:10) must be longer than Lease (00:00:30)",
            Assert.Throws<ArgumentException>(() => new LocalFarm(store, options, TimeProvider.System)).Message);
    }

    private async Task<IFarmStore> OpenAsync() => await SqliteFarmStore.OpenAsync(folder.File("farm.db"), TimeProvider.System);

    private LocalFarm Farm(string owner, string mode, string? reason = null, int slots = 1, IFarmStore? on = null) =>
        new(on ?? store, Options(owner, reason is null ? [mode] : [mode, reason], slots), TimeProvider.System, events.Tell);

    /// <summary>Renewals come so late that no test waits for one.</summary>
    private LocalFarmOptions Patient(string behaviour)
    {
        var options = Options("a", [behaviour], 1);
        options.Trainer.Lease = TimeSpan.FromMinutes(20);
        return options;
    }

    private LocalFarmOptions Options(string owner, string[] behaviour, int slots) => new()
    {
        Owner = owner, CpuSlots = slots, Artifacts = folder.File("artifacts"), Trainer = FakeTrainer.Options(behaviour),
        PollInterval = TimeSpan.FromMilliseconds(50),
    };

    private static async Task<FarmEnding> RunAsync(LocalFarm farm, params string[] sweeps) =>
        await farm.RunAsync(sweeps, CancellationToken.None).WaitAsync(Patience);
}
