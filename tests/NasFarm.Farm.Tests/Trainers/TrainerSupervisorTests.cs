using System.Diagnostics;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Control;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Trainers;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Trainers;

/// <summary>Real child processes; the supervisor's timers and the store's clock move by hand, each on its own.</summary>
public sealed class TrainerSupervisorTests : IAsyncLifetime
{
    private const string Unit = "darts-s1-p00";
    private readonly TestFolder folder = new();
    private readonly ManualTime storeClock = new();
    private readonly ManualTime clock = new();
    private readonly EventRecord events = new();
    private readonly List<TrainerSupervisor> supervisors = [];
    private IFarmStore store = null!;

    public async Task InitializeAsync()
    {
        store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), storeClock);
        await store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1)));
    }

    public async Task DisposeAsync()
    {
        foreach (var supervisor in supervisors)
            await supervisor.DisposeAsync();
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_trainer_executes_unit_after_unit_in_one_process()
    {
        var supervisor = Supervise(FakeTrainer.Options("normal"));

        await Execute(supervisor, Unit);
        var first = supervisor.TrainerProcessId;
        await Execute(supervisor, "darts-s1-p01");
        await Execute(supervisor, "darts-s1-t0");

        Assert.NotNull(first);
        Assert.Equal(first, supervisor.TrainerProcessId);
        var run = (await store.ReadResultAsync("s1"))!.Runs.Single();
        Assert.Equal((SeedRunState.Finished, "cell of darts-s1-p01", 90.0), (run.State, run.Genotype, run.Retrains.Single().Outcome.TestAccuracy));
        Assert.Equal([2.5, 2.5, 1.25, 1.25], run.Trajectories["train_loss"].Select(p => p.Value));
        var end = (await store.ReadRunAsync("darts-s1"))!.Units[0].Checkpoints.Single();
        Assert.Equal("darts-s1-p00/fence-1/end.safetensors", end.Path);
        Assert.Equal(3, events.All<FarmEvent.Completed>().Count);
    }

    [Fact]
    public async Task Other_pins_need_another_process()
    {
        var supervisor = Supervise(FakeTrainer.Options("normal"));
        await Execute(supervisor, Unit);
        var first = supervisor.TrainerProcessId!.Value;

        var claim = await store.MustClaimAsync("darts-s1-p01");
        await supervisor.ExecuteAsync(claim with { Execution = claim.Execution with { Threads = 2 } }, CancellationToken.None);

        Assert.NotEqual(first, supervisor.TrainerProcessId);
        AssertGone(first);
    }

    [Fact]
    public async Task A_trainer_that_dies_is_followed_by_a_new_one_and_its_void_rows_do_not_count()
    {
        var supervisor = Supervise(FakeTrainer.Options("crash-once"));

        var ended = await ExecuteToEnd(supervisor, Unit);
        Assert.Equal((FailureReason.NativeCrash, "the trainer died by signal 9 (killed) without a word"), (ended.Reason, ended.Message));
        Assert.IsType<AttemptEnding.Retry>(ended.Ending);
        storeClock.Advance(TimeSpan.FromSeconds(1));
        await Execute(supervisor, Unit);

        var run = (await store.ReadResultAsync("s1"))!.Runs.Single();
        Assert.Equal([2.5, 1.25], run.Trajectories["train_loss"].Select(p => p.Value));
        Assert.Equal(2, run.Attempts);
    }

    [Fact]
    public async Task A_trainer_killed_from_outside_is_a_native_crash()
    {
        var supervisor = Supervise(FakeTrainer.Options("hang"));
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);
        await events.Await<FarmEvent.Started>();

        using (var trainer = Process.GetProcessById(supervisor.TrainerProcessId!.Value))
            trainer.Kill();
        await executing;

        Assert.Equal(FailureReason.NativeCrash, (await events.Await<FarmEvent.Ended>()).Reason);
    }

    public static TheoryData<string[], FailureReason, string> Endings => new()
    {
        { ["crash"], FailureReason.NativeCrash, "the trainer died by signal 11 (segmentation fault) without a word" },
        { ["memory"], FailureReason.OutOfMemory, "CUDA out of memory" },
        { ["log"], FailureReason.NativeCrash, "the trainer left with exit code 3 without a word; last log line: line 250" },
        { ["fail", "data-missing"], FailureReason.DataMissing, "as told" },
        { ["fail", "numerics-mismatch"], FailureReason.NumericsMismatch, "as told" },
        { ["garbled"], FailureReason.TrainerError, "it said 'Segmentation fault (not really)', which is no event" },
        { ["other-fence"], FailureReason.TrainerError, "it said metric for fence 2 while executing fence 1" },
        { ["other-version"], FailureReason.TrainerError, "it speaks 'nasfarm-trainer/0' (code fake), this farm 'nasfarm-trainer/1'" },
        { ["outside"], FailureReason.TrainerError, "checkpoint /etc/passwd does not lie in the artifacts folder" },
    };

    [Theory, MemberData(nameof(Endings))]
    public async Task Every_ending_has_one_reason_and_a_sentence(string[] behaviour, FailureReason reason, string sentence)
    {
        var ended = await ExecuteToEnd(Supervise(FakeTrainer.Options(behaviour)), Unit);

        Assert.Equal(reason, ended.Reason);
        Assert.Contains(sentence, ended.Message);
        Assert.Empty((await store.ReadResultAsync("s1"))!.Runs.Single().Trajectories);
        Assert.Equal("waiting failed".Split(' ')[ended.Ending is AttemptEnding.Failed ? 1 : 0], (await store.ReadRunAsync("darts-s1"))!.Units.Single().State);
    }

    [Fact]
    public async Task The_last_two_hundred_log_lines_stay_with_the_attempt()
    {
        await ExecuteToEnd(Supervise(FakeTrainer.Options("log")), Unit);

        var log = (await store.ReadRunAsync("darts-s1"))!.Units.Single().Attempts.Single().Log;
        Assert.Equal((200, "line 51", "line 250"), (log.Count, log[0], log[^1]));
    }

    [Fact]
    public async Task A_program_that_cannot_start_is_named()
    {
        var ended = await ExecuteToEnd(Supervise(new() { Program = "/nowhere/nasfarm" }), Unit);

        Assert.Equal(FailureReason.TrainerError, ended.Reason);
        Assert.Contains("/nowhere/nasfarm", ended.Message);
    }

    [Fact]
    public async Task A_stop_leaves_a_checkpoint_and_releases_the_unit()
    {
        var supervisor = Supervise(FakeTrainer.Options("polite"));
        using var stop = new CancellationTokenSource();
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), stop.Token);
        await events.Await<FarmEvent.Started>();

        await stop.CancelAsync();
        await executing;

        Assert.Equal((FailureReason.HostStopping, "stopped as asked"), ((await events.Await<FarmEvent.Ended>()).Reason, events.All<FarmEvent.Ended>()[0].Message));
        Assert.Equal("darts-s1-p00/fence-1/stop.safetensors", Assert.Single((await store.MustClaimAsync(Unit)).ResumeFrom).Path);
        Assert.NotNull(supervisor.TrainerProcessId);
    }

    [Fact]
    public async Task A_preempted_unit_is_released_with_a_checkpoint_and_its_attempt_does_not_count()
    {
        var supervisor = Supervise(FakeTrainer.Options("polite"));
        var claim = await store.MustClaimAsync(Unit);
        var executing = supervisor.ExecuteAsync(claim, CancellationToken.None);
        await events.Await<FarmEvent.Started>();

        Assert.Equal(FenceAnswer.Held, await store.PreemptAsync(claim.Key, "another"));
        clock.Advance(Lease / 3);
        await executing;

        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal((FailureReason.Preempted, "stopped as asked"), (ended.Reason, ended.Message));
        Assert.Equal(storeClock.GetUtcNow(), Assert.IsType<AttemptEnding.Retry>(ended.Ending).NotBefore);
        Assert.Equal("darts-s1-p00/fence-1/stop.safetensors", Assert.Single((await store.MustClaimAsync(Unit)).ResumeFrom).Path);
        Assert.NotNull(supervisor.TrainerProcessId);
    }

    [Fact]
    public async Task A_preempted_unit_that_has_not_begun_is_released_at_once()
    {
        var supervisor = Supervise(FakeTrainer.Options("no-hello"));
        var claim = await store.MustClaimAsync(Unit);
        Assert.Equal(FenceAnswer.Held, await store.PreemptAsync(claim.Key, "another"));
        var executing = supervisor.ExecuteAsync(claim, CancellationToken.None);
        await clock.Armed(Lease / 3);

        clock.Advance(Lease / 3);
        await executing;

        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal((FailureReason.Preempted, "killed: another unit needs the slot and the unit had not begun"), (ended.Reason, ended.Message));
        Assert.Null(supervisor.TrainerProcessId);
    }

    [Theory]
    [InlineData("polite", "stopped as asked")]
    [InlineData("no-hello", "killed: the run was paused and the unit had not begun")]
    public async Task A_paused_unit_is_released_and_its_trainer_leaves(string behaviour, string message)
    {
        var supervisor = Supervise(FakeTrainer.Options(behaviour));
        var claim = await store.MustClaimAsync(Unit);
        var executing = supervisor.ExecuteAsync(claim, CancellationToken.None);
        if (behaviour == "polite")
            await events.Await<FarmEvent.Started>();
        await clock.Armed(Lease / 3);
        Assert.Equal(claim.Key, supervisor.Executing);

        Assert.Equal(1, (await store.PauseAsync(new Target.Sweep("s1"), "ada", "op-1"))!.StoppingUnits);
        supervisor.RenewNow();
        await executing;

        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal((FailureReason.Paused, message), (ended.Reason, ended.Message));
        Assert.Null(supervisor.TrainerProcessId);
        Assert.Null(supervisor.Executing);
        await store.ResumeAsync(new Target.Sweep("s1"), "op-2");
        Assert.Equal(behaviour == "polite" ? 1 : 0, (await store.MustClaimAsync(Unit)).ResumeFrom.Count);
    }

    [Fact]
    public async Task A_trainer_that_ignores_a_stop_is_killed_after_the_grace_time()
    {
        var supervisor = Supervise(FakeTrainer.Options("stubborn"));
        using var stop = new CancellationTokenSource();
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), stop.Token);
        await events.Await<FarmEvent.Started>();
        var pid = supervisor.TrainerProcessId!.Value;

        await stop.CancelAsync();
        await clock.Armed(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(60));
        await executing;

        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal((FailureReason.HostStopping, "killed: it did not stop within 60 s"), (ended.Reason, ended.Message));
        Assert.IsType<AttemptEnding.Retry>(ended.Ending);
        AssertGone(pid);
    }

    [Fact]
    public async Task A_supervisor_that_goes_takes_its_trainer_along()
    {
        var supervisor = Supervise(FakeTrainer.Options("normal"));
        await Execute(supervisor, Unit);
        var pid = supervisor.TrainerProcessId!.Value;

        await supervisor.DisposeAsync();

        AssertGone(pid);
    }

    [Fact]
    public async Task Each_third_of_a_lease_renews_it_and_the_trainer_hears_of_it()
    {
        var supervisor = Supervise(FakeTrainer.Options("polite"));
        using var stop = new CancellationTokenSource();
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), stop.Token);
        await events.Await<FarmEvent.Started>();

        for (var third = 0; third < 6; third++)
        {
            storeClock.Advance(Lease / 3);
            clock.Advance(Lease / 3);
            await events.Await<FarmEvent.Measured>(m => m.Metric.Step == third);
            Assert.Empty(await store.ExpireLeasesAsync());
        }
        await stop.CancelAsync();
        await executing;
    }

    [Fact]
    public async Task A_lost_lease_kills_the_trainer_and_writes_nothing()
    {
        var supervisor = Supervise(FakeTrainer.Options("polite"));
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);
        await events.Await<FarmEvent.Started>();
        var pid = supervisor.TrainerProcessId!.Value;

        // The host froze: the store's clock went on and somebody else took the unit.
        storeClock.Advance(Lease + TimeSpan.FromSeconds(1));
        Assert.Single(await store.ExpireLeasesAsync());
        var owner = await store.MustClaimAsync(Unit);
        clock.Advance(Lease / 3);
        await executing;

        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal((FailureReason.LeaseLost, new AttemptEnding.FenceLost()), (ended.Reason, ended.Ending));
        AssertGone(pid);
        Assert.Empty((await store.ReadResultAsync("s1"))!.Runs.Single().Trajectories);
        Assert.Equal(FenceAnswer.Held, await store.RenewAsync(owner.Key, Lease));
    }

    [Fact]
    public async Task A_store_that_is_gone_for_longer_than_the_lease_costs_the_trainer_and_nothing_is_written()
    {
        var unreliable = UnreliableStore.Before(store);
        var supervisor = Supervise(FakeTrainer.Options("polite"), unreliable);
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);
        await events.Await<FarmEvent.Started>();
        var pid = supervisor.TrainerProcessId!.Value;

        UnreliableStore.SetGone(unreliable, true);
        while (!executing.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await executing;

        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal((FailureReason.LeaseLost, "the store granted no lease for two thirds of 30 s"), (ended.Reason, ended.Message));
        AssertGone(pid);
        Assert.NotEqual(0, UnreliableStore.Refused(unreliable));
        Assert.Equal("running", (await store.ReadRunAsync("darts-s1"))!.Units.Single().State);
    }

    [Fact]
    public async Task A_store_that_comes_back_in_time_costs_nothing()
    {
        var unreliable = UnreliableStore.Before(store);
        var supervisor = Supervise(FakeTrainer.Options("polite"), unreliable);
        using var stop = new CancellationTokenSource();
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), stop.Token);
        await events.Await<FarmEvent.Started>();

        UnreliableStore.SetGone(unreliable, true);
        clock.Advance(Lease / 3);
        await clock.Armed(TimeSpan.FromSeconds(0.1));
        UnreliableStore.SetGone(unreliable, false);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await events.Await<FarmEvent.Measured>();
        await stop.CancelAsync();
        await executing;

        Assert.Equal(FailureReason.HostStopping, (await events.Await<FarmEvent.Ended>()).Reason);
    }

    [Fact]
    public async Task A_cancelled_sweep_ends_its_trainers()
    {
        var supervisor = Supervise(FakeTrainer.Options("hang"));
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);
        await events.Await<FarmEvent.Started>();
        var pid = supervisor.TrainerProcessId!.Value;

        await store.CancelSweepAsync("s1", "op-1");
        clock.Advance(Lease / 3);
        await executing;

        AssertGone(pid);
        Assert.Equal(1, (await store.ReadCountsAsync("s1"))!.Cancelled);
    }

    public static TheoryData<string, FailureReason, string> Limits => new()
    {
        { "silence", FailureReason.NativeCrash, "killed: it said nothing for 1800 s" },
        { "hello", FailureReason.NativeCrash, "killed: it did not say hello for 120 s" },
        { "wall", FailureReason.WallLimit, "killed: it ran longer than its wall limit of 60 s" },
        { "memory", FailureReason.OutOfMemory, "MiB is above the limit of 0 MiB" },
    };

    [Theory, MemberData(nameof(Limits))]
    public async Task A_limit_ends_the_attempt_by_name(string limit, FailureReason reason, string sentence)
    {
        var options = FakeTrainer.Options(limit == "hello" ? "no-hello" : "hang");
        options.MemoryLimitBytes = limit == "memory" ? 1 : null;
        var supervisor = Supervise(options);
        var claim = await store.MustClaimAsync(Unit);
        var executing = supervisor.ExecuteAsync(claim with { WallLimit = limit == "wall" ? TimeSpan.FromSeconds(60) : null }, CancellationToken.None);
        await clock.Armed(Lease / 3);
        if (limit != "hello")
            await events.Await<FarmEvent.Started>();

        clock.Advance(limit switch
        {
            "silence" => TimeSpan.FromSeconds(1810),
            "hello" => TimeSpan.FromSeconds(130),
            "wall" => TimeSpan.FromSeconds(70),
            _ => TimeSpan.FromSeconds(10),
        });
        await executing;

        var ended = await events.Await<FarmEvent.Ended>();
        Assert.Equal(reason, ended.Reason);
        Assert.Contains(sentence, ended.Message);
    }

    private TrainerSupervisor Supervise(TrainerOptions options, IFarmStore? through = null)
    {
        var supervisor = new TrainerSupervisor(through ?? store, Slot, null, options, new LocalDirectory(folder.File("artifacts")), clock, events.Tell);
        supervisors.Add(supervisor);
        return supervisor;
    }

    private async Task Execute(TrainerSupervisor supervisor, string unitId)
    {
        await supervisor.ExecuteAsync(await store.MustClaimAsync(unitId), CancellationToken.None);
        Assert.Contains(events.All<FarmEvent.Completed>(), c => c.Claim.Key.UnitId == unitId);
    }

    private async Task<FarmEvent.Ended> ExecuteToEnd(TrainerSupervisor supervisor, string unitId)
    {
        await supervisor.ExecuteAsync(await store.MustClaimAsync(unitId), CancellationToken.None);
        return Assert.Single(events.All<FarmEvent.Ended>());
    }

    private static void AssertGone(int pid) => Assert.Throws<ArgumentException>(() => Process.GetProcessById(pid));
}
