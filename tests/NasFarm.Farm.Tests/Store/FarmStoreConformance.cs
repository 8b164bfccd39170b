using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>What every store must do. A database joins by deriving from this class.</summary>
public abstract partial class FarmStoreConformance : IAsyncLifetime
{
    protected ManualTime Clock { get; } = new();

    protected IFarmStore Store { get; private set; } = null!;

    /// <summary>Opens the store under test; called again it opens the same database.</summary>
    protected abstract Task<IFarmStore> OpenAsync();

    public virtual async Task InitializeAsync() => Store = await OpenAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    [StoreFact]
    public async Task A_new_plan_enqueues_the_first_phase_of_each_run()
    {
        var report = await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("sgas", 1)));

        Assert.Equal(2, report.Diff.Count(PlanAction.New));
        Assert.False(report.AlreadyAccepted);
        Assert.Equal(["darts-s1-p00", "sgas-s1-p00"], await Store.WaitingAsync());
        Assert.Equal(new SweepCounts(2, 0, 0, 0, 0, 2), await Store.ReadCountsAsync("s1"));
    }

    [StoreFact]
    public async Task Accepting_twice_changes_nothing()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.FinishSearchAsync("darts-s1-p00", finished: false);

        var report = await Store.AcceptAsync(Plan("s1", Run("darts", 1)));

        Assert.True(report.AlreadyAccepted);
        Assert.Equal(PlanAction.Continue, report.Diff.Runs.Single().Action);
        Assert.Equal(["darts-s1-p01"], await Store.WaitingAsync());
        Assert.Single(await Store.ListSweepsAsync());
    }

    [StoreFact]
    public async Task The_head_of_a_sweep_shows_what_runs_and_failed_first_and_counts_all()
    {
        await Store.AcceptAsync(Plan("s1", [.. Enumerable.Range(1, 6).Select(seed => Run("darts", seed, retrains: seed == 2 ? 1 : 0))]));
        await Store.AcceptAsync(Plan("s2", Run("darts", 5)));
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.FinishSearchAsync("darts-s2-p00");
        await Store.EndAttemptAsync((await Store.MustClaimAsync("darts-s3-p00")).Key, FailureReason.BadSpec, "no such operation", []);
        await Store.MustClaimAsync("darts-s4-p00");
        await Store.CancelAsync(new Target.SweepRun("s1", "darts-s5"), "op1");

        var head = (await Store.ReadSweepHeadAsync("s1", 4))!;

        Assert.Equal(["darts-s4", "darts-s3", "darts-s2", "darts-s6"], head.Runs.Select(r => r.RunId));
        Assert.Equal([SeedRunState.Running, SeedRunState.Failed, SeedRunState.Waiting, SeedRunState.Waiting], head.Runs.Select(r => r.State));
        Assert.StartsWith("search phase 0: no such operation", head.Runs[1].ReasonText, StringComparison.Ordinal);
        Assert.Equal(new SweepCounts(6, 1, 1, 1, 1, 2), head.Sweep.Counts);
        Assert.Equal(head.Sweep.Counts, await Store.ReadCountsAsync("s1"));
        var all = (await Store.ReadSweepAsync("s1"))!.Runs.ToDictionary(r => r.RunId);
        Assert.All(head.Runs, run => Assert.Equivalent(all[run.RunId], run));
        Assert.Equal(["darts-s1", "darts-s5"], (await Store.ReadSweepHeadAsync("s1", 6))!.Runs.Skip(4).Select(r => r.RunId));
        Assert.Equal(SeedRunState.Waiting, (await Store.ReadSweepHeadAsync("s2", 6))!.Runs.Single().State);
        Assert.Empty((await Store.ReadSweepHeadAsync("s1", 0))!.Runs);
        Assert.Null(await Store.ReadSweepHeadAsync("s3", 4));
    }

    [StoreFact]
    public async Task A_preview_writes_nothing()
    {
        var report = await Store.PreviewAsync(Plan("s1", Run("darts", 1)));

        Assert.Equal(PlanAction.New, report.Diff.Runs.Single().Action);
        Assert.Empty(await Store.ListSweepsAsync());
        Assert.Null(await Store.ReadSweepAsync("s1"));
        Assert.Null(await Store.ReadRunAsync("darts-s1"));
        Assert.Null(await Store.ReadResultAsync("s1"));
        Assert.Null(await Store.EffectiveHistoryAsync("darts-s1"));
    }

    [StoreFact]
    public async Task A_second_sweep_reuses_finished_runs_and_adds_only_the_retrain_jobs_it_lacks()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1)));
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.FinishRetrainAsync("darts-s1-t0");

        var same = await Store.AcceptAsync(Plan("s2", Run("darts", 1, retrains: 1)));
        var more = await Store.AcceptAsync(Plan("s3", Run("darts", 1, retrains: 2)));

        Assert.Equal((PlanAction.Reuse, "reuse the result of version 0.1.0+test"), (same.Diff.Runs[0].Action, same.Diff.Runs[0].Sentence));
        Assert.Equal(PlanAction.Continue, more.Diff.Runs[0].Action);
        Assert.Equal(["darts-s1-t1"], await Store.WaitingAsync());
        Assert.Equal(SeedRunState.Finished, (await Store.StatusAsync("s1", "darts-s1")).State);
        Assert.Equal(SeedRunState.Waiting, (await Store.StatusAsync("s3", "darts-s1")).State);
    }

    [StoreFact]
    public async Task A_run_of_two_sweeps_gets_the_union_of_their_retrain_jobs()
    {
        var run = Run("darts", 1, retrains: 2);
        await Store.AcceptAsync(Plan("s1", run with { Retrains = [run.Retrains[0]] }));
        await Store.AcceptAsync(Plan("s2", run with { Retrains = [run.Retrains[1]] }));

        await Store.FinishSearchAsync("darts-s1-p00");

        Assert.Equal(["darts-s1-t0", "darts-s1-t1"], await Store.WaitingAsync());
        await Store.FinishRetrainAsync("darts-s1-t1");
        Assert.Equal(SeedRunState.Waiting, (await Store.StatusAsync("s1", "darts-s1")).State);
        Assert.Equal(SeedRunState.Finished, (await Store.StatusAsync("s2", "darts-s1")).State);
    }

    [StoreFact]
    public async Task A_diverged_search_is_a_finished_run_without_retrain_jobs()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 2)));

        await Store.FinishSearchAsync("darts-s1-p00", diverged: true);

        Assert.Empty(await Store.WaitingAsync());
        Assert.Equal(1, (await Store.PreviewAsync(Plan("s2", Run("darts", 1, retrains: 2)))).Diff.Count(PlanAction.Reuse));
        var run = (await Store.ReadResultAsync("s1"))!.Runs.Single();
        Assert.Equal((SeedRunState.Finished, true, 0), (run.State, run.SearchDiverged, run.Retrains.Count));
    }

    [StoreFact]
    public async Task A_unit_is_claimed_once()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("sgas", 1)));

        var first = await Store.ClaimAsync(["darts-s1-p00", "sgas-s1-p00"], Slot, Lease);
        var second = await Store.ClaimAsync(["darts-s1-p00", "sgas-s1-p00"], Slot, Lease);
        var third = await Store.ClaimAsync(["darts-s1-p00", "sgas-s1-p00"], Slot, Lease);

        Assert.Equal(new AttemptKey("darts-s1-p00", 1), first!.Key);
        Assert.Equal(new AttemptKey("sgas-s1-p00", 1), second!.Key);
        Assert.Null(third);
        Assert.Equal("darts", first.Unit.SeedRun.Method);
    }

    [StoreFact]
    public async Task A_stale_fence_writes_nothing()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var zombie = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        Clock.Advance(Lease + TimeSpan.FromSeconds(1));
        var expired = Assert.Single(await Store.ExpireLeasesAsync());
        var owner = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        var before = await Store.EffectiveHistoryAsync("darts-s1");

        Assert.IsType<AttemptEnding.Retry>(expired.Ending);
        Assert.Equal(FenceAnswer.FenceLost, await Store.RenewAsync(zombie, Lease));
        Assert.Equal(FenceAnswer.FenceLost, await Store.RecordStartedAsync(zombie, Started(zombie.Fence)));
        Assert.Equal(FenceAnswer.FenceLost, await Store.AppendAsync(zombie, [Metric(zombie.Fence, 0, "train_loss", 1)]));
        Assert.Equal(FenceAnswer.FenceLost, await Store.CompleteAsync(zombie, SearchDone(zombie.UnitId, zombie.Fence), []));
        Assert.IsType<AttemptEnding.FenceLost>(await Store.EndAttemptAsync(zombie, FailureReason.TrainerError, "late", []));
        Assert.Equal(before, await Store.EffectiveHistoryAsync("darts-s1"));
        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(owner, Lease));
        Assert.Equal(2, owner.Fence);
    }

    [StoreFact]
    public async Task A_renewed_lease_does_not_expire()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        Clock.Advance(Lease - TimeSpan.FromSeconds(1));
        await Store.RenewAsync(key, Lease);
        Clock.Advance(Lease - TimeSpan.FromSeconds(1));

        Assert.Empty(await Store.ExpireLeasesAsync());
    }

    [StoreFact]
    public async Task Completing_twice_is_harmless()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        var done = SearchDone(key.UnitId, key.Fence, finished: false);

        Assert.Equal(FenceAnswer.Held, await Store.CompleteAsync(key, done, []));
        Assert.Equal(FenceAnswer.Held, await Store.CompleteAsync(key, done, []));

        Assert.Equal(["darts-s1-p01"], await Store.WaitingAsync());
    }

    [StoreFact]
    public async Task A_resumed_attempt_voids_what_it_trains_again_and_says_so()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas-es", 1)));
        const string unit = "sgas-es-s1-p00";
        var first = (await Store.MustClaimAsync(unit)).Key;
        await Store.RecordStartedAsync(first, Started(1));
        await Store.AppendAsync(first,
        [
            Metric(1, 0, "train_loss", 2.5), Checkpoint(unit, 1, 1), Metric(1, 1, "train_loss", 2.0), Decision(1, 1, "edge", """{"edge":3}"""),
            Checkpoint(unit, 1, 2), Metric(1, 2, "train_loss", 99),
        ]);
        await Store.EndAttemptAsync(first, FailureReason.HostStopping, "stopping", ["last line"]);

        var second = await Store.MustClaimAsync(unit);
        Assert.Equal([File(unit, 1, 2), File(unit, 1, 1)], second.ResumeFrom);
        await Store.RecordStartedAsync(second.Key, Started(2, trained: 1, from: File(unit, 1, 1), "fence-1/2: wrong checksum"));
        await Store.AppendAsync(second.Key, [Metric(2, 1, "train_loss", 2.0), Metric(2, 2, "train_loss", 1.5)]);

        var run = (await Store.ReadResultAsync("s1"))!.Runs.Single();
        Assert.Equal([2.5, 2.0, 1.5], run.Trajectories["train_loss"].Select(p => p.Value));
        Assert.Empty(run.Decisions);
        var details = (await Store.ReadRunAsync("sgas-es-s1"))!.Units.Single();
        Assert.Equal(["edge", "damaged-checkpoint", "superseded"], details.Events.Select(e => e.Name));
        Assert.True(details.Events[0].Void);
        Assert.Equal("""{"fromStep":1,"rows":4}""", details.Events[2].Detail);
        Assert.Equal([File(unit, 1, 1)], details.Checkpoints);
        Assert.Equal("host-stopping", details.Attempts[0].Ending);
        Assert.Equal(["last line"], details.Attempts[0].Log);
    }

    [StoreFact]
    public async Task A_decision_taken_after_the_checkpoint_is_recorded_once_when_it_is_taken_again()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas-es", 1)));
        const string unit = "sgas-es-s1-p00";
        var first = (await Store.MustClaimAsync(unit)).Key;
        await Store.RecordStartedAsync(first, Started(1));
        await Store.AppendAsync(first, [Checkpoint(unit, 1, 2), Decision(1, 1, "edge", """{"edge":3}""")]);
        await Store.EndAttemptAsync(first, FailureReason.Preempted, "room for others", []);
        var second = (await Store.MustClaimAsync(unit)).Key;
        await Store.RecordStartedAsync(second, Started(2, trained: 2, from: File(unit, 1, 2)));
        await Store.AppendAsync(second, [Decision(2, 1, "edge", """{"edge":3}""")]);

        Assert.Single((await Store.ReadResultAsync("s1"))!.Runs.Single().Decisions);
    }

    [StoreFact]
    public async Task The_newest_checkpoint_of_one_epoch_is_the_one_written_last()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas-es", 1)));
        const string unit = "sgas-es-s1-p00";
        var first = (await Store.MustClaimAsync(unit)).Key;
        await Store.AppendAsync(first, [Checkpoint(unit, 1, 1), Inside(1, 1, 37)]);
        await Store.EndAttemptAsync(first, FailureReason.HostStopping, "stopping", []);
        var second = await Store.MustClaimAsync(unit);
        await Store.RecordStartedAsync(second.Key, Started(2, trained: 1, from: second.ResumeFrom[0]));
        await Store.AppendAsync(second.Key, [Inside(2, 1, 50), Checkpoint(unit, 2, 2)]);
        await Store.EndAttemptAsync(second.Key, FailureReason.HostStopping, "stopping", []);

        var third = await Store.MustClaimAsync(unit);

        Assert.Equal([Inside(1, 1, 37).File, File(unit, 1, 1)], second.ResumeFrom);
        Assert.Equal([File(unit, 2, 2), Inside(2, 1, 50).File, Inside(1, 1, 37).File, File(unit, 1, 1)], third.ResumeFrom);

        TrainerEvent.Checkpoint Inside(long fence, long trained, int step) =>
            new(fence, File(unit, fence, trained) with { Path = $"{unit}/fence-{fence}/{trained}-{step}.safetensors" }, 0.1);
    }

    [StoreFact]
    public async Task An_end_that_was_not_reported_is_reached_again_with_its_decisions()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas-es", 1)));
        const string unit = "sgas-es-s1-p00";
        var first = (await Store.MustClaimAsync(unit)).Key;
        await Store.RecordStartedAsync(first, Started(1));
        await Store.AppendAsync(first, [Checkpoint(unit, 1, 2), Decision(1, 2, "phase_end", "{}"), Checkpoint(unit, 1, 2, end: true)]);
        await Store.EndAttemptAsync(first, FailureReason.NativeCrash, "signal 9", []);
        Clock.Advance(TimeSpan.FromSeconds(1));

        var second = await Store.MustClaimAsync(unit);
        Assert.Equal([File(unit, 1, 2)], second.ResumeFrom);
        await Store.RecordStartedAsync(second.Key, Started(2, trained: 2, from: second.ResumeFrom[0]));
        await Store.AppendAsync(second.Key, [Decision(2, 2, "phase_end", "{}")]);
        await Store.CompleteAsync(second.Key, SearchDone(unit, 2, finished: false), []);

        Assert.Single((await Store.ReadResultAsync("s1"))!.Runs.Single().Decisions);
        Assert.Equal([File(unit, 2, 2, end: true)], (await Store.MustClaimAsync("sgas-es-s1-p01")).ResumeFrom);
    }

    [StoreFact]
    public async Task One_fence_cannot_say_two_things_under_one_key()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        await Store.AppendAsync(key, [Metric(1, 0, "train_loss", 1), Decision(1, 0, "edge", "1")]);

        await Store.AppendAsync(key, [Metric(1, 0, "train_loss", 1), Decision(1, 0, "edge", "1")]);
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.AppendAsync(key, [Metric(1, 1, "x", 1), Metric(1, 0, "train_loss", 2)]));
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.AppendAsync(key, [Decision(1, 0, "edge", "2")]));

        Assert.Equal(["train_loss"], (await Store.ReadResultAsync("s1"))!.Runs.Single().Trajectories.Keys);
    }

    [StoreFact]
    public async Task Values_that_are_not_finite_survive()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        await Store.AppendAsync(key, [Metric(1, 0, "a", double.NaN), Metric(1, 0, "b", double.PositiveInfinity), Metric(1, 0, "c", double.Epsilon)]);
        await Store.AppendAsync(key, [Metric(1, 0, "a", double.NaN)]);

        var values = (await Store.ReadResultAsync("s1"))!.Runs.Single().Trajectories;
        Assert.Equal([double.NaN, double.PositiveInfinity, double.Epsilon], new[] { "a", "b", "c" }.Select(n => values[n][0].Value));
    }

    [StoreFact]
    public async Task A_large_batch_of_metrics_is_as_good_as_many_small_ones()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var first = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        TrainerEvent[] rows = [.. Rows(1, 0), Decision(1, 3, "edge", "1"), Checkpoint(first.UnitId, 1, 5)];
        await Store.AppendAsync(first, rows);
        await Store.AppendAsync(first, rows);
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.AppendAsync(first, [.. Rows(1, 500), Metric(1, 7, "loss", 99)]));
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.AppendAsync(first, [.. Rows(1, 500), Metric(1, 777, "x", 1), Metric(1, 777, "x", 2)]));
        await Store.EndAttemptAsync(first, FailureReason.HostStopping, "stopping", []);
        var second = (await Store.MustClaimAsync(first.UnitId)).Key;
        await Store.AppendAsync(second, [.. Rows(2, 150)]);

        Assert.Equal(FenceAnswer.FenceLost, await Store.AppendAsync(first, [.. Rows(1, 1000)]));
        var run = (await Store.ReadResultAsync("s1"))!.Runs.Single();
        Assert.Equal(Enumerable.Range(0, 350).Select(step => Value(step < 150 ? 1 : 2, step)), run.Trajectories["loss"].Select(p => p.Value));
        Assert.Single(run.Decisions);

        static IEnumerable<TrainerEvent> Rows(long fence, int from) => Enumerable.Range(from, 200).Select(step => Metric(fence, step, "loss", Value(fence, step)));
        static double Value(long fence, int step) => (step % 10) switch { 0 => double.NaN, 1 => double.NegativeInfinity, _ => fence + step / 7.0 };
    }

    [StoreFact]
    public async Task The_next_phase_resumes_from_the_end_of_the_one_before()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas", 1)));
        await Store.FinishSearchAsync("sgas-s1-p00", finished: false);

        var next = await Store.MustClaimAsync("sgas-s1-p01");

        Assert.Equal([File("sgas-s1-p00", 1, 2, end: true)], next.ResumeFrom);
        Assert.Equal(1, next.Unit.Phase);
    }

    [StoreFact]
    public async Task The_history_of_a_run_does_not_know_how_often_it_was_interrupted()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        await Train("darts-s1-p00", interruptedAt: null);
        await Train("darts-s2-p00", interruptedAt: 1);

        var histories = new[] { await Store.EffectiveHistoryAsync("darts-s1"), await Store.EffectiveHistoryAsync("darts-s2") };
        Assert.Equal(histories[0], histories[1]!.Replace("darts-s2", "darts-s1", StringComparison.Ordinal));
        Assert.Contains("metric 2 2 train_loss 0.3333333333333333\n", histories[0]);
        Assert.DoesNotContain("epoch_seconds", histories[0]);

        async Task Train(string unit, int? interruptedAt)
        {
            var key = (await Store.MustClaimAsync(unit)).Key;
            await Store.RecordStartedAsync(key, Started(key.Fence));
            for (var step = 0; step < 3; step++)
            {
                await Store.AppendAsync(key,
                [
                    Metric(key.Fence, step, "train_loss", 1.0 / (step + 1)), Metric(key.Fence, step, "epoch_seconds", key.Fence, timing: true),
                    Decision(key.Fence, step, "edge", $$"""{"step":{{step}}}"""),
                ]);
                if (step == interruptedAt && key.Fence == 1)
                {
                    await Store.EndAttemptAsync(key, FailureReason.NativeCrash, "signal 9", []);
                    Clock.Advance(TimeSpan.FromMinutes(5));
                    key = (await Store.MustClaimAsync(unit)).Key;
                    await Store.RecordStartedAsync(key, Started(key.Fence));
                    step = -1;
                }
            }
            await Store.CompleteAsync(key, SearchDone(unit, key.Fence, trained: 3) with { File = File(unit, key.Fence, 3, end: true) with { Sha256 = "end" } }, []);
        }
    }
}
