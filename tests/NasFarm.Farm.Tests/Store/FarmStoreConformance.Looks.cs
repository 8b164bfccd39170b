using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>Sweeps that grow by looks.</summary>
public abstract partial class FarmStoreConformance
{
    private const string Undecided = "undecided at the look after 2 seeds, p = .41, boundary .001", Decided = "decided at the look after 2 seeds, p = 1.0e-5, boundary .001";

    private static readonly LookVerdict.Tested GoOn = new(false, 0.41, 3.3, 0.001, 0.001, Undecided);
    private static readonly LookVerdict.Tested Stop = new(true, 1e-5, 3.3, 0.001, 0.001, Decided);

    /// <summary>Two arms; looks after 2, 3 and 5 seeds.</summary>
    private static SweepPlan Growing(string id = "s1", int retrains = 0) =>
        Plan(id, [.. new[] { "sgas-es", "sgas-matched" }.SelectMany(arm => Enumerable.Range(0, 5).Select(seed => AtLook(Run(arm, seed, retrains))))]) with { Looks = [2, 3, 5] };

    private static PlannedRun AtLook(PlannedRun run) => run with { Look = run.Spec.SearchSeed switch { < 2 => 1, 2 => 2, _ => 3 } };

    private async Task FinishSeedsAsync(params int[] seeds)
    {
        foreach (var seed in seeds)
        {
            await Store.FinishSearchAsync($"sgas-es-s{seed}-p00");
            await Store.FinishSearchAsync($"sgas-matched-s{seed}-p00");
        }
    }

    [StoreFact]
    public async Task Seeds_of_later_looks_wait_and_say_what_for()
    {
        await Store.AcceptAsync(Growing());

        Assert.Equal(["sgas-es-s0-p00", "sgas-es-s1-p00", "sgas-matched-s0-p00", "sgas-matched-s1-p00"], await Store.WaitingAsync());
        Assert.Null(await Store.ClaimAsync(["sgas-es-s2-p00", "sgas-matched-s4-p00"], Slot, Lease));
        Assert.Equal(new SweepCounts(10, 0, 0, 0, 0, 10), await Store.ReadCountsAsync("s1"));
        var waits = Scheduler.Rank(await Store.ReadSnapshotAsync()).Waits.ToDictionary(w => w.UnitId);
        Assert.Equal((WaitReason.Look, "added only if sgas-es against sgas-matched is undecided after 2 seeds"), (waits["sgas-es-s2-p00"].Reason, waits["sgas-es-s2-p00"].Sentence));
        Assert.Equal("added only if sgas-es against sgas-matched is undecided after 3 seeds", waits["sgas-matched-s4-p00"].Sentence);
        var status = await Store.StatusAsync("s1", "sgas-es-s2");
        Assert.Equal(("look", waits["sgas-es-s2-p00"].Sentence), (status.Reason, status.ReasonText));
        var looks = (await Store.ReadSweepAsync("s1"))!.Sweep.Looks!;
        Assert.Equal([2, 3, 5], looks.Seeds);
        Assert.Equal((1, 0, false), (looks.Open, looks.Taken.Count, looks.IsOver));
    }

    [StoreFact]
    public async Task A_run_that_another_sweep_wants_at_once_does_not_wait_for_a_look()
    {
        await Store.AcceptAsync(Growing());
        await Store.AcceptAsync(Plan("other", Run("sgas-es", 4)));
        Assert.Contains("sgas-es-s4-p00", await Store.WaitingAsync());

        await Store.AcceptAsync(Plan("first", Run("darts", 3)));
        await Store.AcceptAsync(Plan("later", AtLook(Run("darts", 0)), AtLook(Run("darts", 3))) with { Looks = [2, 3, 5] });

        Assert.Contains("darts-s3-p00", await Store.WaitingAsync());
        Assert.DoesNotContain("sgas-matched-s4-p00", await Store.WaitingAsync());
    }

    [StoreFact]
    public async Task A_look_is_due_when_every_run_up_to_it_has_its_result()
    {
        await Store.AcceptAsync(Growing(retrains: 1));
        await FinishSeedsAsync(0);
        await Store.FinishSearchAsync("sgas-es-s1-p00", diverged: true);
        await Store.FinishSearchAsync("sgas-matched-s1-p00");
        await Store.FinishRetrainAsync("sgas-es-s0-t0");
        await Store.FinishRetrainAsync("sgas-matched-s0-t0");
        Assert.Empty(await Store.ReadDueLooksAsync());
        Assert.Null(await Store.TakeLookAsync(new("s1", 1), GoOn));

        await Store.FinishRetrainAsync("sgas-matched-s1-t0");

        Assert.Equal([new DueLook("s1", 1)], await Store.ReadDueLooksAsync());
        Assert.Null(await Store.TakeLookAsync(new("s1", 2), GoOn));
        Assert.Null(await Store.TakeLookAsync(new("nowhere", 1), GoOn));
    }

    [StoreFact]
    public async Task A_look_with_a_failed_run_is_not_due_until_the_run_is_retried()
    {
        await Store.AcceptAsync(Growing());
        await FinishSeedsAsync(0);
        await Store.FinishSearchAsync("sgas-es-s1-p00");
        await FailForGood("sgas-matched-s1-p00");
        Assert.Empty(await Store.ReadDueLooksAsync());

        await Store.RetryFailedAsync("s1", "op-1");
        await Store.FinishSearchAsync("sgas-matched-s1-p00");

        Assert.Single(await Store.ReadDueLooksAsync());
    }

    [StoreFact]
    public async Task An_undecided_look_adds_the_next_cohort_once()
    {
        await Store.AcceptAsync(Growing());
        await FinishSeedsAsync(0, 1);

        var report = await Store.TakeLookAsync(new("s1", 1), GoOn);
        var again = await Store.TakeLookAsync(new("s1", 1), Stop);

        Assert.Equal(new LookReport("s1", new(1, 2, false, 0.41, 3.3, 0.001, 0.001, Undecided, Clock.GetUtcNow()), 2, 0), report);
        Assert.Equal(report, again);
        Assert.Equal(["sgas-es-s2-p00", "sgas-matched-s2-p00"], await Store.WaitingAsync());
        Assert.Empty(await Store.ReadDueLooksAsync());
        var result = (await Store.ReadResultAsync("s1"))!;
        Assert.Equal((2, report!.Taken), (result.Looks!.Open, result.Looks.Taken.Single()));
        Assert.Equal(6, result.ToOpenLook().Runs.Count);
        Assert.Equal([1, 1, 2, 3, 3], result.Runs.Take(5).Select(r => r.Look));
    }

    [StoreFact]
    public async Task A_look_taken_by_several_at_once_is_taken_once()
    {
        await Store.AcceptAsync(Growing());
        await FinishSeedsAsync(0, 1);

        var reports = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => Task.Run(() => Store.TakeLookAsync(new("s1", 1), n % 2 == 0 ? GoOn : Stop))));

        Assert.Single(reports.Distinct());
        var looks = (await Store.ReadSweepAsync("s1"))!.Sweep.Looks!;
        Assert.Equal(reports[0]!.Taken, looks.Taken.Single());
        Assert.Equal(reports[0]!.Taken.Decided ? 1 : 2, looks.Open);
        Assert.Equal(reports[0]!.Taken.Decided ? 0 : 2, (await Store.WaitingAsync()).Count);
    }

    [StoreFact]
    public async Task A_decided_look_ends_the_sweep_and_accepting_it_again_revives_nothing()
    {
        await Store.AcceptAsync(Growing());
        await Store.AcceptAsync(Plan("other", Run("sgas-es", 3)));
        await FinishSeedsAsync(0, 1);

        var report = (await Store.TakeLookAsync(new("s1", 1), Stop))!;

        Assert.Equal((0, 5), (report.ReleasedUnits, report.CancelledUnits));
        Assert.Equal(new SweepCounts(10, 4, 0, 6, 0, 0) { NotNeeded = 6 }, await Store.ReadCountsAsync("s1"));
        var run = await Store.StatusAsync("s1", "sgas-matched-s4");
        Assert.Equal((SeedRunState.Cancelled, "not-needed", $"not needed: {Decided}"), (run.State, run.Reason, run.ReasonText));
        Assert.Equal(["sgas-es-s3-p00"], await Store.WaitingAsync());

        var accepted = await Store.AcceptAsync(Growing());
        Assert.Equal((4, 6), (accepted.Diff.Count(PlanAction.Reuse), accepted.Diff.Count(PlanAction.NotNeeded)));
        Assert.Equal(["sgas-es-s3-p00"], await Store.WaitingAsync());
        Assert.Empty(await Store.ReadDueLooksAsync());
        Assert.True((await Store.ReadSweepAsync("s1"))!.Sweep.Looks!.StoppedEarly);

        // Nobody else needs it any more.
        await Store.CancelSweepAsync("other", "op-1");
        Assert.Empty(await Store.WaitingAsync());
        await Store.AcceptAsync(Plan("third", Run("sgas-matched", 4)));
        Assert.Equal(["sgas-matched-s4-p00"], await Store.WaitingAsync());
    }

    [StoreFact]
    public async Task The_last_look_is_taken_too_and_leaves_nothing_to_do()
    {
        await Store.AcceptAsync(Growing());
        await FinishSeedsAsync(0, 1);
        await Store.TakeLookAsync(new("s1", 1), GoOn);
        await FinishSeedsAsync(2);
        await Store.TakeLookAsync(new("s1", 2), GoOn);
        await FinishSeedsAsync(3, 4);
        Assert.Equal(new SweepCounts(10, 10, 0, 0, 0, 0), await Store.ReadCountsAsync("s1"));

        var report = (await Store.TakeLookAsync(new("s1", 3), GoOn))!;

        Assert.Equal((5, 0, 0), (report.Taken.Seeds, report.ReleasedUnits, report.CancelledUnits));
        Assert.Empty(await Store.ReadDueLooksAsync());
        var looks = (await Store.ReadSweepAsync("s1"))!.Sweep.Looks!;
        Assert.Equal((3, true, false), (looks.Taken.Count, looks.IsOver, looks.StoppedEarly));
    }

    [StoreFact]
    public async Task A_cancelled_sweep_takes_no_look_and_waits_for_the_same_one_when_it_is_accepted_again()
    {
        await Store.AcceptAsync(Growing());
        await FinishSeedsAsync(0, 1);
        await Store.CancelSweepAsync("s1", "op-1");
        Assert.Empty(await Store.ReadDueLooksAsync());
        Assert.Null(await Store.TakeLookAsync(new("s1", 1), GoOn));

        await Store.AcceptAsync(Growing());

        Assert.Empty(await Store.WaitingAsync());
        Assert.Equal("look", (await Store.StatusAsync("s1", "sgas-es-s3")).Reason);
        Assert.Equal(2, (await Store.TakeLookAsync(new("s1", 1), GoOn))!.ReleasedUnits);
        Assert.Equal(["sgas-es-s2-p00", "sgas-matched-s2-p00"], await Store.WaitingAsync());
    }

    [StoreFact]
    public async Task Retrain_jobs_that_only_a_later_look_wants_wait_for_it()
    {
        await Store.AcceptAsync(Growing(retrains: 1));
        await Store.AcceptAsync(Plan("searches", Run("sgas-es", 2), Run("sgas-matched", 3)));
        await Store.FinishSearchAsync("sgas-es-s2-p00");
        Assert.DoesNotContain("sgas-es-s2-t0", await Store.WaitingAsync());
        Assert.Equal("look", (await Store.StatusAsync("s1", "sgas-es-s2")).Reason);

        await FinishSeedsAsync(0, 1);
        foreach (var run in new[] { "sgas-es-s0", "sgas-es-s1", "sgas-matched-s0", "sgas-matched-s1" })
            await Store.FinishRetrainAsync($"{run}-t0");
        await Store.TakeLookAsync(new("s1", 1), GoOn);

        Assert.Contains("sgas-es-s2-t0", await Store.WaitingAsync());

        // Found out after the search: the same.
        await Store.FinishSearchAsync("sgas-matched-s3-p00");
        await Store.AcceptAsync(Growing(retrains: 2));
        Assert.DoesNotContain("sgas-matched-s3-t1", await Store.WaitingAsync());
        Assert.Contains("sgas-es-s2-t1", await Store.WaitingAsync());
    }

    [StoreFact]
    public async Task A_placebo_run_of_a_later_look_waits_for_it_although_its_sources_are_there()
    {
        await Store.AcceptAsync(Plan("s1", AtLook(Run("sgas-es", 0)), AtLook(Run("sgas-es", 1)), AtLook(Run("sgas-es-placebo", 2, 0, "sgas-es-s0", "sgas-es-s1"))) with { Looks = [2, 3] });
        await Store.FinishSearchAsync("sgas-es-s0-p00");
        await Store.FinishSearchAsync("sgas-es-s1-p00");
        Assert.Empty(await Store.WaitingAsync());
        Assert.Equal("look", (await Store.StatusAsync("s1", "sgas-es-placebo-s2")).Reason);

        await Store.TakeLookAsync(new("s1", 1), GoOn);

        Assert.Equal(["sgas-es-placebo-s2-p00"], await Store.WaitingAsync());
    }
}
