using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>What people ask of accepted work: pause, resume, cancel, retry, priority, delete.</summary>
public abstract partial class FarmStoreConformance
{
    private static Target Sweep(string id) => new Target.Sweep(id);

    [StoreFact]
    public async Task A_paused_sweep_holds_what_waits_asks_what_runs_to_stop_and_goes_on_when_resumed()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)) with { MaxAttempts = 1 });
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        Assert.Equal([key], await Store.ReadUndisturbedAsync(Slot.Owner));
        Assert.Empty(await Store.ReadUndisturbedAsync("another"));

        var report = await Store.PauseAsync(Sweep("s1"), "ada", "op-1");

        Assert.Equal(new PauseReport("s1", Runs: 2, StoppingUnits: 1, HeldUnits: 1, RunsGoOn: 0), report);
        Assert.Equal(report, await Store.PauseAsync(Sweep("s1"), "ada", "op-1"));
        Assert.Empty(await Store.ReadUndisturbedAsync(Slot.Owner));
        Assert.Equal(FenceAnswer.Paused, await Store.RenewAsync(key, Lease));
        Assert.Null(await Store.ClaimAsync(["darts-s2-p00"], Slot, Lease));
        Assert.Empty((await Store.ReadSnapshotAsync(9)).Waiting);
        var wait = Assert.Single(Scheduler.Rank(await Store.ReadSnapshotAsync()).Waits);
        Assert.Equal(("darts-s2-p00", WaitReason.Paused), (wait.UnitId, wait.Reason));
        Assert.StartsWith("paused by ada at 20", wait.Sentence, StringComparison.Ordinal);
        Assert.EndsWith(": 'nasfarm resume s1' lets it go on", wait.Sentence, StringComparison.Ordinal);
        Assert.Equal(("paused", wait.Sentence), await WhyAsync("s1", "darts-s2"));
        Assert.Equal(wait.Sentence, Assert.Single(await Store.ListSweepsAsync()).Paused);
        Assert.Contains(wait.Sentence, (await RunExplanation.ReadAsync(Store, "darts-s1"))!.Units[0].Sentence, StringComparison.Ordinal);

        await Store.AppendAsync(key, [Checkpoint(key.UnitId, 1, 1)]);
        Assert.IsType<AttemptEnding.Retry>(await Store.EndAttemptAsync(key, FailureReason.Paused, "stopped as asked", []));
        Assert.Null(await Store.ClaimAsync(["darts-s1-p00"], Slot, Lease));
        Assert.Equal(new SweepCounts(2, 0, 0, 0, 0, 2), await Store.ReadCountsAsync("s1"));

        Assert.Equal(new ResumeReport("s1", 2, 0, null), await Store.ResumeAsync(Sweep("s1"), "op-2"));
        Assert.Equal(new PauseReport("s1", 2, 1, 1, 0), await Store.PauseAsync(Sweep("s1"), "ada", "op-1"));
        Assert.Equal([File(key.UnitId, 1, 1)], (await Store.MustClaimAsync("darts-s1-p00")).ResumeFrom);
        await Store.MustClaimAsync("darts-s2-p00");
    }

    [StoreFact]
    public async Task What_a_paused_run_enqueues_later_is_held_too()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        await Store.PauseAsync(new Target.Run("darts-s1"), "ada", "op-1");

        await Store.CompleteAsync(key, SearchDone(key.UnitId, 1, finished: false), []);

        Assert.Null(await Store.ClaimAsync(["darts-s1-p01"], Slot, Lease));
        Assert.Equal("paused", (await WhyAsync("s1", "darts-s1")).Reason);
        await Store.ResumeAsync(new Target.Run("darts-s1"), "op-2");
        await Store.FinishSearchAsync("darts-s1-p01");
        await Store.PauseAsync(Sweep("s1"), "ada", "op-3");
        Assert.Null(await Store.ClaimAsync(["darts-s1-t0"], Slot, Lease));
        await Store.ResumeAsync(Sweep("s1"), "op-4");
        await Store.FinishRetrainAsync("darts-s1-t0");
    }

    [StoreFact]
    public async Task A_run_rests_when_every_live_sweep_that_wants_it_is_paused_and_stands_under_one_that_is_not()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("sgas", 1)) with { Priority = 1 });
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.AcceptAsync(Plan("s2", Run("darts", 1)) with { Priority = 5 });

        Assert.Equal(new PauseReport("s1/seed=1", 1, 0, 1, RunsGoOn: 1), await Store.PauseAsync(new Target.Cohort("s1", 1), "ada", "op-1"));
        Assert.Equal([("darts-s1-p00", 5)], await OffersAsync());
        Assert.Equal(new PauseReport("s2", 1, 0, 1, 0), await Store.PauseAsync(Sweep("s2"), "bob", "op-2"));
        Assert.Empty(await OffersAsync());

        Assert.Equal(new ResumeReport("s1/seed=1", 2, 0, null), await Store.ResumeAsync(new Target.Cohort("s1", 1), "op-3"));
        Assert.Equal([("darts-s1-p00", 1), ("sgas-s1-p00", 1)], await OffersAsync());
        await Store.ResumeAsync(Sweep("s2"), "op-4");
        Assert.Equal([("darts-s1-p00", 5), ("sgas-s1-p00", 1)], await OffersAsync());
    }

    [StoreFact]
    public async Task A_run_that_was_named_rests_whoever_wants_it_and_a_wider_resume_ends_that()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        await Store.AcceptAsync(Plan("s2", Run("darts", 1)));

        Assert.Equal(new PauseReport("darts-s1", 1, 0, 1, 0), await Store.PauseAsync(new Target.Run("darts-s1"), "ada", "op-1"));
        await Store.AcceptAsync(Plan("s3", Run("darts", 1)));
        Assert.Equal(["darts-s2-p00"], (await OffersAsync()).Select(o => o.UnitId));
        foreach (var sweep in new[] { "s1", "s2", "s3" })
            await Store.PauseAsync(Sweep(sweep), "bob", $"pause-{sweep}");

        var still = (await Store.ResumeAsync(new Target.Run("darts-s1"), "op-2"))!;
        Assert.Equal((0, 1), (still.Runs, still.StillPaused));
        Assert.Contains("paused by bob", still.Because, StringComparison.Ordinal);
        Assert.Equal(new ResumeReport("s1", 2, 0, null), await Store.ResumeAsync(Sweep("s1"), "op-3"));

        await Store.PauseAsync(new Target.SweepRun("s1", "darts-s2"), "ada", "op-4");
        await Store.PauseAsync(new Target.Run("darts-s1"), "ada", "op-5");
        Assert.Empty(await OffersAsync());
        Assert.Equal(new ResumeReport("s1", 2, 0, null), await Store.ResumeAsync(Sweep("s1"), "op-6"));
    }

    [StoreFact]
    public async Task Who_wants_a_run_is_asked_again_when_sweeps_come_and_go()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.PauseAsync(Sweep("s1"), "ada", "op-1");
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null((await Store.AcceptAsync(Plan("s2", Run("darts", 1)))).Paused);
        Assert.Equal(["darts-s1-p00"], await Store.WaitingAsync(unpaused: true));

        await Store.CancelSweepAsync("s2", "op-2");
        Assert.Empty(await Store.WaitingAsync(unpaused: true));
        Assert.Contains("paused by ada", (await Store.AcceptAsync(Plan("s1", Run("darts", 1)))).Paused, StringComparison.Ordinal);
        Assert.Empty(await OffersAsync());
        await Store.AcceptAsync(Plan("s2", Run("darts", 1)));
        Assert.Equal(["darts-s1-p00"], (await OffersAsync()).Select(o => o.UnitId));
        await Store.DeleteSweepAsync("s2", cancelRunning: false, "op-3");
        Assert.Empty(await OffersAsync());
    }

    [StoreFact]
    public async Task A_run_cancelled_in_a_sweep_stays_so_whatever_becomes_of_it_until_that_is_accepted_again()
    {
        var plan = Plan("s1", Run("darts", 1), Run("darts", 2));
        await Store.AcceptAsync(plan);
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;

        var report = await Store.CancelAsync(new Target.SweepRun("s1", "darts-s1"), "op-1");

        Assert.Equal(new CancelReport("s1/darts-s1", 1, 0), report);
        Assert.Equal(report, await Store.CancelAsync(new Target.SweepRun("s1", "darts-s1"), "op-1"));
        Assert.Equal(FenceAnswer.FenceLost, await Store.RenewAsync(key, Lease));
        Assert.Equal(new SweepCounts(2, 0, 0, 1, 0, 1), await Store.ReadCountsAsync("s1"));
        Assert.Equal("the run was cancelled", (await Store.StatusAsync("s1", "darts-s1")).ReasonText);
        Assert.Equal(new RetryReport("darts-s1", 0), await Store.RetryFailedAsync(new Target.Run("darts-s1"), "op-2"));

        await Store.AcceptAsync(Plan("s2", Run("darts", 1)));
        await Store.FinishSearchAsync("darts-s1-p00");
        Assert.Equal(new SweepCounts(2, 0, 0, 1, 0, 1), await Store.ReadCountsAsync("s1"));
        Assert.Equal(new SweepCounts(1, 1, 0, 0, 0, 0), await Store.ReadCountsAsync("s2"));
        await Store.AcceptAsync(plan);
        Assert.Equal(new SweepCounts(2, 1, 0, 0, 0, 1), await Store.ReadCountsAsync("s1"));
    }

    [StoreFact]
    public async Task Cancelling_a_cohort_or_a_run_leaves_what_is_over_and_what_others_want()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("sgas", 1), Run("pdarts", 1, retrains: 1), Run("darts", 2)));
        await Store.AcceptAsync(Plan("s2", Run("sgas", 1)));
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.FinishSearchAsync("pdarts-s1-p00");

        Assert.Equal(new CancelReport("s1/seed=1", CancelledUnits: 1, KeptRuns: 1), await Store.CancelAsync(new Target.Cohort("s1", 1), "op-1"));
        Assert.Equal(new SweepCounts(4, 1, 0, 2, 0, 1), await Store.ReadCountsAsync("s1"));
        Assert.Equal(["darts-s2-p00", "sgas-s1-p00"], await Store.WaitingAsync());

        Assert.Equal(new CancelReport("sgas-s1", 1, 0), await Store.CancelAsync(new Target.Run("sgas-s1"), "op-2"));
        Assert.Equal(new SweepCounts(1, 0, 0, 1, 0, 0), await Store.ReadCountsAsync("s2"));
        Assert.Null(await Store.CancelAsync(new Target.Run("nowhere"), "op-3"));
    }

    [StoreFact]
    public async Task A_cancelled_source_goes_on_for_its_placebo_run_and_ends_with_it()
    {
        await Store.AcceptAsync(Plan("s1", Run("placebo", 1, 0, "sgas-es-s2"), Run("sgas-es", 2), Run("darts", 1)));

        Assert.Equal(new CancelReport("sgas-es-s2", 0, KeptRuns: 1), await Store.CancelAsync(new Target.Run("sgas-es-s2"), "op-1"));
        Assert.Equal(SeedRunState.Cancelled, (await Store.StatusAsync("s1", "sgas-es-s2")).State);
        Assert.Equal(["darts-s1-p00", "sgas-es-s2-p00"], await Store.WaitingAsync());
        Assert.Equal(new CancelReport("placebo-s1", 2, 0), await Store.CancelAsync(new Target.Run("placebo-s1"), "op-2"));
        Assert.Equal(new SweepCounts(3, 0, 0, 2, 0, 1), await Store.ReadCountsAsync("s1"));
    }

    [StoreFact]
    public async Task What_failed_is_tried_again_by_unit_run_or_cohort()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("sgas", 1), Run("darts", 2)));
        foreach (var unit in new[] { "darts-s1-p00", "sgas-s1-p00", "darts-s2-p00" })
            await FailForGood(unit);

        var report = await Store.RetryFailedAsync(new Target.Unit("darts-s1-p00", "darts-s1"), "op-1");
        Assert.Equal(new RetryReport("darts-s1-p00", 1), report);
        Assert.Equal(report, await Store.RetryFailedAsync(new Target.Unit("darts-s1-p00", "darts-s1"), "op-1"));
        Assert.Equal(["darts-s1-p00"], await Store.WaitingAsync());
        Assert.Equal(new RetryReport("s1/seed=1", 1), await Store.RetryFailedAsync(new Target.Cohort("s1", 1), "op-2"));
        Assert.Equal(new RetryReport("darts-s2", 1), await Store.RetryFailedAsync(new Target.Run("darts-s2"), "op-3"));
        Assert.Equal(new SweepCounts(3, 0, 0, 0, 0, 3), await Store.ReadCountsAsync("s1"));
        Assert.Null(await Store.RetryFailedAsync(new Target.Unit("nothing", "darts-s1"), "op-4"));
    }

    [StoreFact]
    public async Task A_priority_is_changed_until_the_sweep_is_accepted_again()
    {
        var plan = Plan("s1", Run("darts", 1)) with { Priority = 2 };
        await Store.AcceptAsync(plan);

        Assert.Equal(new PriorityReport("s1", Before: 2, Now: -7), await Store.SetPriorityAsync("s1", -7, "op-1"));
        Assert.Equal(new PriorityReport("s1", 2, -7), await Store.SetPriorityAsync("s1", -7, "op-1"));
        Assert.Equal([("darts-s1-p00", -7)], await OffersAsync());
        await Store.AcceptAsync(plan);
        Assert.Equal([("darts-s1-p00", 2)], await OffersAsync());
        Assert.Null(await Store.SetPriorityAsync("nowhere", 1, "op-2"));
    }

    [StoreFact]
    public async Task Deleting_a_sweep_takes_what_only_it_refers_to()
    {
        var shared = Run("darts", 1, retrains: 2);
        await Store.AcceptAsync(Plan("s1", shared with { Retrains = [shared.Retrains[0]] }, Run("darts", 2), Run("sgas-es", 3)));
        await Store.AcceptAsync(Plan("s2", shared with { Retrains = [shared.Retrains[1]] }, Run("placebo", 4, 0, "sgas-es-s3")) with { Priority = 5 });
        await Store.FinishSearchAsync("darts-s1-p00");
        var running = (await Store.MustClaimAsync("darts-s2-p00")).Key;
        await Store.RecordStartedAsync(running, Started(1));
        await Store.AppendAsync(running, [Metric(1, 0, "loss", 1), Decision(1, 0, "edge", "1"), Checkpoint(running.UnitId, 1, 1)]);

        var found = (await Store.PreviewDeletionAsync("s1"))!;
        Assert.Equal(("s1", "sweep s1", 1, 2, 1, 10L), (found.Target, found.Name, found.Runs, found.Units, found.Checkpoints, found.Bytes));
        Assert.Equal((1, 1, false), (found.RunningUnits, found.KeptAsSources, found.Deleted));
        Assert.Equal([new("s2", "sweep s2", 1)], found.Kept);
        Assert.False((await Store.DeleteSweepAsync("s1", cancelRunning: false, "op-1"))!.Deleted);
        Assert.Equal(FenceAnswer.Held, await Store.RenewAsync(running, Lease));

        Assert.True((await Store.DeleteSweepAsync("s1", cancelRunning: true, "op-1"))!.Deleted);
        Assert.True((await Store.DeleteSweepAsync("s1", cancelRunning: true, "op-1"))!.Deleted);
        Assert.Equal(1, (await Store.ReadDeletionAsync("op-1"))!.Runs);
        Assert.Null(await Store.ReadDeletionAsync("op-2"));

        Assert.Equal(FenceAnswer.FenceLost, await Store.RenewAsync(running, Lease));
        Assert.Null(await Store.ReadSweepAsync("s1"));
        Assert.Null(await Store.ReadRunAsync("darts-s2"));
        Assert.Null(await Store.EffectiveHistoryAsync("darts-s2"));
        Assert.Empty(await Store.ReferencedPathsAsync([$"{running.UnitId}/fence-1/1.safetensors"]));
        Assert.Equal([("darts-s1-t1", 5), ("sgas-es-s3-p00", 5)], await OffersAsync());
        await Store.FinishRetrainAsync("darts-s1-t1");
        Assert.Equal(new SweepCounts(2, 1, 0, 0, 0, 1), await Store.ReadCountsAsync("s2"));
        Assert.Equal(["s2"], (await Store.ReadRunAsync("darts-s1"))!.Sweeps.Select(s => s.SweepId));

        // What was deleted is new again.
        await Store.AcceptAsync(Plan("s1", Run("darts", 2)));
        await Store.FinishSearchAsync("darts-s2-p00");
        Assert.Equal(new SweepCounts(1, 1, 0, 0, 0, 0), await Store.ReadCountsAsync("s1"));
        Assert.Null(await Store.DeleteSweepAsync("nowhere", true, "op-3"));
    }

    [StoreFact]
    public async Task Sweeps_that_are_over_for_long_enough_are_found()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.AcceptAsync(Plan("s2", Run("darts", 1), Run("darts", 2)));
        Clock.Advance(TimeSpan.FromHours(1));
        await Store.FinishSearchAsync("darts-s1-p00");
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Empty(await Store.ReadFinishedAsync(TimeSpan.FromMinutes(90)));
        Assert.Equal(["s1"], (await Store.ReadFinishedAsync(TimeSpan.FromMinutes(30))).Select(s => s.SweepId));
    }

    [StoreFact]
    public async Task Names_of_everything_are_read_newest_sweep_first()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 7)));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.AcceptAsync(Plan("s2", Run("sgas", 1), Run("darts", 7)));

        var names = await Store.ReadNamesAsync();

        Assert.Equal([new("s2", "sweep s2"), new("s1", "sweep s1")], names.Sweeps);
        Assert.Equal([new("s1", "darts-s7", 7), new("s2", "sgas-s1", 1), new("s2", "darts-s7", 7)], names.Runs);
        Assert.Equal([new("darts-s7-p00", "darts-s7"), new("sgas-s1-p00", "sgas-s1")], names.Units);
    }

    [StoreFact]
    public async Task Commands_refuse_what_has_no_meaning()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var unit = new Target.Unit("darts-s1-p00", "darts-s1");

        Assert.Contains("name darts-s1", (await Assert.ThrowsAsync<ArgumentException>(() => Store.PauseAsync(unit, "ada", "op-1"))).Message);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.ResumeAsync(unit, "op-1"));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CancelAsync(unit, "op-1"));
        Assert.Null(await Store.PauseAsync(Sweep("nowhere"), "ada", "op-1"));
        Assert.Null(await Store.ResumeAsync(new Target.Cohort("s1", 4), "op-1"));
        await Store.PauseAsync(Sweep("s1"), "ada", "op-1");
        var twice = await Assert.ThrowsAsync<InvalidDataException>(() => Store.ResumeAsync(Sweep("s1"), "op-1"));
        Assert.Equal("Operation id 'op-1' was used for 'pause s1' and cannot name 'resume s1' too.", twice.Message);
    }

    /// <summary>What a slot that looks for work sees, best first.</summary>
    private async Task<IReadOnlyList<(string UnitId, int Priority)>> OffersAsync() =>
        [.. (await Store.ReadSnapshotAsync(9)).Waiting.Select(u => (u.UnitId, u.Priority)).OrderBy(u => u.UnitId, StringComparer.Ordinal)];

    private async Task<(string? Reason, string? Text)> WhyAsync(string sweepId, string runId)
    {
        var run = (await SweepStatusReader.ReadAsync(Store, sweepId))!.Runs.Single(r => r.RunId == runId);
        var stored = await Store.StatusAsync(sweepId, runId);
        Assert.Equal((stored.Reason, stored.ReasonText), (run.Reason, run.ReasonText));
        return (run.Reason, run.ReasonText);
    }
}
