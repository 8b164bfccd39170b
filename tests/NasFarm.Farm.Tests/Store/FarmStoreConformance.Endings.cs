using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>Failures, retries, cancellation, placebo runs, costs.</summary>
public abstract partial class FarmStoreConformance
{
    [StoreFact]
    public async Task A_cancelled_sweep_has_nothing_to_retry_until_it_is_accepted_again()
    {
        var plan = Plan("s1", Run("darts", 1));
        await Store.AcceptAsync(plan);
        var claim = await Store.MustClaimAsync("darts-s1-p00");
        await Store.EndAttemptAsync(claim.Key, FailureReason.BadSpec, "no", []);
        await Store.CancelSweepAsync("s1", "op-1");

        Assert.Equal(new RetryReport("s1", 0), await Store.RetryFailedAsync("s1", "op-2"));
        Assert.Empty(await Store.WaitingAsync());
        await Store.AcceptAsync(plan);
        Assert.Equal(new RetryReport("s1", 1), await Store.RetryFailedAsync("s1", "op-3"));
    }

    [StoreFact]
    public async Task A_file_that_a_living_attempt_has_not_told_of_yet_is_needed()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var claim = await Store.MustClaimAsync("darts-s1-p00");
        string[] paths = ["darts-s1-p00/fence-1/1.safetensors", "darts-s1-p00/fence-2/1.safetensors", "notes.txt"];

        Assert.Equal(["darts-s1-p00/fence-1/1.safetensors"], await Store.ReferencedPathsAsync(paths));

        await Store.EndAttemptAsync(claim.Key, FailureReason.HostStopping, "leaving", []);
        Assert.Empty(await Store.ReferencedPathsAsync(paths));
    }

    [StoreFact]
    public async Task A_failed_attempt_waits_and_the_last_one_fails_the_run()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 2 });
        var first = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        var retry = Assert.IsType<AttemptEnding.Retry>(await Store.EndAttemptAsync(first, FailureReason.NativeCrash, "the trainer died by signal 11", []));
        Assert.Equal(Clock.GetUtcNow() + TimeSpan.FromSeconds(1), retry.NotBefore);
        Assert.Null(await Store.ClaimAsync(["darts-s1-p00"], Slot, Lease));
        Clock.Advance(TimeSpan.FromSeconds(1));

        var second = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        Assert.IsType<AttemptEnding.Failed>(await Store.EndAttemptAsync(second, FailureReason.NativeCrash, "the trainer died by signal 11", []));

        var run = await Store.StatusAsync("s1", "darts-s1");
        Assert.Equal((SeedRunState.Failed, "native-crash"), (run.State, run.Reason));
        Assert.Equal("search phase 0: the trainer died by signal 11; 2 of 2 attempts used, not retried", run.ReasonText);
        Assert.Equal(new SweepCounts(1, 0, 1, 0, 0, 0), await Store.ReadCountsAsync("s1"));
    }

    [StoreFact]
    public async Task Failed_runs_are_reported_and_not_retried_until_asked()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await FailForGood("darts-s1-p00");

        var report = await Store.AcceptAsync(Plan("s2", Run("darts", 1)));
        Assert.Equal(PlanAction.Failed, report.Diff.Runs[0].Action);
        Assert.Contains("images missing", report.Diff.Runs[0].Sentence);
        Assert.Empty(await Store.WaitingAsync());

        Assert.Equal(new RetryReport("s2", 1), await Store.RetryFailedAsync("s2", "op-1"));
        await FailForGood("darts-s1-p00");
        Assert.Equal(new RetryReport("s2", 1), await Store.RetryFailedAsync("s2", "op-1"));
        Assert.Empty(await Store.WaitingAsync());
        Assert.Null(await Store.RetryFailedAsync("nowhere", "op-2"));
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.CancelSweepAsync("s2", "op-1"));
    }

    [StoreFact]
    public async Task A_numerics_mismatch_waits_for_a_slot_with_the_same_fingerprint_or_for_permission()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        await Store.RecordStartedAsync(key, Started(1));
        await Store.AppendAsync(key, [Checkpoint(key.UnitId, 1, 1)]);
        await Store.EndAttemptAsync(key, FailureReason.HostStopping, "stopping", []);
        var elsewhere = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        Assert.Equal(new AttemptEnding.Hold(WaitReason.NumericsMismatch),
            await Store.EndAttemptAsync(elsewhere, FailureReason.NumericsMismatch, "avx2 is not avx512", []));

        Assert.Null(await Store.ClaimAsync(["darts-s1-p00"], Slot, Lease));
        var status = await Store.StatusAsync("s1", "darts-s1");
        Assert.Equal((SeedRunState.Waiting, "numerics-mismatch"), (status.State, status.Reason));
        var fitting = await Store.MustClaimAsync("darts-s1-p00", Slot with { Fingerprint = Fingerprint.Hash() });
        await Store.EndAttemptAsync(fitting.Key, FailureReason.NumericsMismatch, "again", []);
        Assert.Null(await Store.ClaimAsync(["darts-s1-p00"], Slot with { Fingerprint = Fingerprint.Hash() }, Lease));

        await Store.AcceptAsync(Plan("s1", Run("darts", 1)) with { Execution = new(Threads: 2, AllowNumericsChange: true) });
        Assert.Equal(2, (await Store.MustClaimAsync("darts-s1-p00")).Execution.Threads);
    }

    [StoreFact]
    public async Task A_phase_has_the_numerics_of_the_one_before()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas", 1)));
        await Store.FinishSearchAsync("sgas-s1-p00", finished: false);

        Assert.Equal(Fingerprint.Hash(), (await Store.ReadSnapshotAsync()).Waiting.Single().Fingerprint);
    }

    [StoreFact]
    public async Task A_run_keeps_its_execution_unless_a_change_is_allowed()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.AcceptAsync(Plan("s2", Run("darts", 1)) with { Execution = new(Threads: 2) });

        Assert.Equal(1, (await Store.MustClaimAsync("darts-s1-p00")).Execution.Threads);
    }

    [StoreFact]
    public async Task Cancelling_spares_what_another_sweep_needs()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1), Run("sgas", 1)));
        await Store.AcceptAsync(Plan("s2", Run("darts", 1)));
        await Store.FinishSearchAsync("darts-s1-p00");

        var report = await Store.CancelSweepAsync("s1", "op-1");

        Assert.Equal(new CancelReport("s1", CancelledUnits: 2, KeptRuns: 1), report);
        Assert.Equal(report, await Store.CancelSweepAsync("s1", "op-1"));
        Assert.Null(await Store.CancelSweepAsync("nowhere", "op-2"));
        Assert.Empty(await Store.WaitingAsync());
        Assert.Equal(new SweepCounts(2, 0, 0, 2, 0, 0), await Store.ReadCountsAsync("s1"));
        Assert.Equal(new SweepCounts(1, 1, 0, 0, 0, 0), await Store.ReadCountsAsync("s2"));
    }

    [StoreFact]
    public async Task A_cancelled_running_unit_loses_its_fence_and_a_new_accept_revives_it()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        await Store.AppendAsync(key, [Checkpoint(key.UnitId, 1, 1)]);

        await Store.CancelSweepAsync("s1", "op-1");
        Assert.Equal(FenceAnswer.FenceLost, await Store.RenewAsync(key, Lease));
        Assert.Equal(1, (await Store.ReadCountsAsync("s1"))!.Cancelled);

        Assert.Equal(PlanAction.Cancelled, (await Store.AcceptAsync(Plan("s1", Run("darts", 1)))).Diff.Runs[0].Action);
        var again = await Store.MustClaimAsync("darts-s1-p00");
        Assert.Equal([File(key.UnitId, 1, 1)], again.ResumeFrom);
        Assert.Equal(3, again.Key.Fence);
    }

    [StoreFact]
    public async Task A_placebo_run_waits_for_its_sources_and_draws_their_stops()
    {
        await Store.AcceptAsync(Plan("s1",
            Run("sgas-es-placebo", 1, 0, "sgas-es-s2", "sgas-es-s3"), Run("sgas-es", 2), Run("sgas-es", 3)));
        Assert.Equal(["sgas-es-s2-p00", "sgas-es-s3-p00"], await Store.WaitingAsync());
        Assert.Null(await Store.ClaimAsync(["sgas-es-placebo-s1-p00"], Slot, Lease));
        var held = (await Store.ReadSnapshotAsync()).Waiting.Single(u => u.Hold is not null);
        Assert.Equal(WaitReason.PlaceboSources, held.Hold);
        Assert.Equal("waits for the triggers of 2 of 2 source runs, sgas-es-s2 first", held.HoldText);

        await Search(2, """{"phase":0,"triggered":true,"triggerAfter":5,"returnTo":0}""");
        Assert.DoesNotContain("sgas-es-placebo-s1-p00", await Store.WaitingAsync());
        await Search(3, """{"phase":0,"triggered":true,"triggerAfter":5,"returnTo":0}""");

        var claim = await Store.MustClaimAsync("sgas-es-placebo-s1-p00");
        Assert.Equal([new PlaceboStop(5, 0)], claim.Unit.PlaceboStops!);
        await Store.CompleteAsync(claim.Key, SearchDone(claim.Key.UnitId, 1, finished: false), []);
        Assert.Equal([new PlaceboStop(5, 0)], (await Store.MustClaimAsync("sgas-es-placebo-s1-p01")).Unit.PlaceboStops!);

        async Task Search(long seed, string stop)
        {
            var key = (await Store.MustClaimAsync($"sgas-es-s{seed}-p00")).Key;
            await Store.AppendAsync(key, [Decision(1, 5, "phase_end", stop)]);
            await Store.CompleteAsync(key, SearchDone(key.UnitId, 1), []);
        }
    }

    [StoreFact]
    public async Task A_placebo_run_fails_with_its_source_and_comes_back_with_it()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas-es-placebo", 1, 0, "sgas-es-s2"), Run("sgas-es", 2)));
        await FailForGood("sgas-es-s2-p00");

        var run = await Store.StatusAsync("s1", "sgas-es-placebo-s1");
        Assert.Equal((SeedRunState.Failed, "placebo-source-missing"), (run.State, run.Reason));
        Assert.Contains("sgas-es-s2", run.ReasonText);

        Assert.Equal(2, (await Store.RetryFailedAsync("s1", "op-1"))!.RetriedUnits);
        await Store.FinishSearchAsync("sgas-es-s2-p00");
        Assert.Equal(["sgas-es-placebo-s1-p00"], await Store.WaitingAsync());
    }

    [StoreFact]
    public async Task A_placebo_run_without_its_sources_is_refused()
    {
        var refused = await Assert.ThrowsAsync<InvalidDataException>(
            () => Store.AcceptAsync(Plan("s1", Run("sgas-es-placebo", 1, 0, "sgas-es-s2"))));

        Assert.Contains("sgas-es-s2", refused.Message);
        Assert.Empty(await Store.ListSweepsAsync());
    }

    [StoreFact]
    public async Task Costs_split_into_useful_discarded_and_wasted_seconds()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas-es", 1, retrains: 1)));
        var first = (await Store.MustClaimAsync("sgas-es-s1-p00")).Key;
        await Store.RecordStartedAsync(first, Started(1));
        await Store.AppendAsync(first, [Epoch(1, 0, 0, 10), Grads(1, 0, 100), Checkpoint(first.UnitId, 1, 1), Epoch(1, 1, 1, 10), Grads(1, 1, 200)]);
        Clock.Advance(TimeSpan.FromSeconds(25));
        await Store.EndAttemptAsync(first, FailureReason.NativeCrash, "signal 9", []);
        Clock.Advance(TimeSpan.FromSeconds(60));

        var second = (await Store.MustClaimAsync("sgas-es-s1-p00")).Key;
        await Store.RecordStartedAsync(second, Started(2, trained: 1, from: File(first.UnitId, 1, 1)));
        // Epochs 1 and 2, then back to epoch 1 and on to its end.
        await Store.AppendAsync(second, [Epoch(2, 1, 1, 10), Grads(2, 1, 200), Epoch(2, 2, 2, 10), Grads(2, 2, 300), Epoch(2, 3, 1, 10), Grads(2, 3, 400)]);
        // λmax took a part of two of these epochs; then candidates, where the next epoch would stand.
        await Store.AppendAsync(second, [
            Metric(2, 2, "lambda_max_seconds", 1, 2, timing: true), Metric(2, 3, "lambda_max_seconds", 1.5, 1, timing: true),
            Metric(2, 3, "forward_evals", 5, 1), Metric(2, 4, "forward_evals", 32, 2), Metric(2, 4, "candidate_seconds", 3, 2, timing: true)]);
        await Store.CompleteAsync(second, SearchDone(second.UnitId, 2, trained: 4), []);
        var retrain = (await Store.MustClaimAsync("sgas-es-s1-t0")).Key;
        await Store.AppendAsync(retrain, [Epoch(1, 0, 0, 7), Grads(1, 0, 50)]);
        await Store.CompleteAsync(retrain, RetrainDone(retrain.UnitId, 1), []);

        var run = (await Store.ReadResultAsync("s1"))!.Runs.Single();
        Assert.Equal(new RunCost(400, 0, 0, EpochsTrained: 4, EpochsKept: 2, DiscardedSeconds: 20, WastedSeconds: 15, SearchSeconds: 23, RetrainSeconds: 7, ForwardEvals: 32, LambdaMaxSeconds: 2.5), run.Cost);
        Assert.Equal(3, run.Attempts);
        Assert.Equal(91.5, run.Retrains.Single().Outcome.TestAccuracy);
        Assert.DoesNotContain("epoch_seconds", run.Trajectories.Keys);

        static TrainerEvent.Metric Epoch(long fence, long step, int epoch, double seconds) => Metric(fence, step, "epoch_seconds", seconds, epoch, timing: true);
        static TrainerEvent.Metric Grads(long fence, long step, double sum) => Metric(fence, step, "grad_evals_w", sum, epoch: step == 3 ? 1 : (int)step);
    }

    [StoreFact]
    public async Task Results_carry_table_scores_and_fingerprints()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2, retrains: 1)));
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.FinishSearchAsync("darts-s2-p00");

        var result = (await Store.ReadResultAsync("s1", (run, genotype) => new Dictionary<string, double> { [genotype] = run.SearchSeed }))!;

        Assert.Equal(1, result.Runs[0].Table["|nor_conv_3x3~0|"]);
        Assert.Empty(result.Runs[1].Table);
        Assert.Equal(Fingerprint, result.Fingerprints[Fingerprint.Hash()]);
        Assert.Equal(("sweep s1", "sgas-es", "kind: Sweep\n"), (result.Name, result.Comparison.PrimaryA, result.Manifest));
        Assert.Equal([SeedRunState.Finished, SeedRunState.Waiting], result.Runs.Select(r => r.State));
    }

    [StoreFact]
    public async Task One_process_coordinates_until_its_lease_ends()
    {
        Assert.True(await Store.TryCoordinateAsync("a", Lease));
        Assert.False(await Store.TryCoordinateAsync("b", Lease));
        Clock.Advance(Lease);
        Assert.True(await Store.TryCoordinateAsync("a", Lease));
        Clock.Advance(Lease + TimeSpan.FromMilliseconds(1));
        Assert.True(await Store.TryCoordinateAsync("b", Lease));
        Assert.False(await Store.TryCoordinateAsync("a", Lease));
    }

    [StoreFact]
    public async Task Slots_live_as_long_as_they_are_announced_and_learn_their_fingerprint()
    {
        await Store.AnnounceSlotsAsync([Slot, Slot with { SlotId = "host/cpu-1" }], Lease);
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.RecordStartedAsync((await Store.MustClaimAsync("darts-s1-p00")).Key, Started(1));
        await Store.AnnounceSlotsAsync([Slot with { SlotId = "host/cpu-1" }], TimeSpan.Zero);

        var slot = Assert.Single((await Store.ReadSnapshotAsync()).Slots);
        Assert.Equal(("host/cpu-0", Fingerprint.Hash()), (slot.SlotId, slot.Fingerprint));
        Clock.Advance(Lease + TimeSpan.FromSeconds(1));
        Assert.Empty((await Store.ReadSnapshotAsync()).Slots);
    }

    [StoreFact]
    public async Task A_bounded_snapshot_holds_the_best_units_of_each_queue_that_may_start()
    {
        await Store.AcceptAsync(Plan("s1", Run("a", 1), Run("b", 1), Run("a", 2), Run("p", 1, 0, "a-s2")));
        await Store.AcceptAsync(Plan("s2", Run("c", 9)) with { Priority = 5 });
        await Store.FinishSearchAsync("b-s1-p00", finished: false);
        var failing = (await Store.MustClaimAsync("a-s1-p00")).Key;
        await Store.EndAttemptAsync(failing, FailureReason.NativeCrash, "signal 9", []);

        var snapshot = await Store.ReadSnapshotAsync(mostOffers: 2);

        Assert.Equal(["b-s1-p01", "a-s2-p00", "c-s9-p00"], snapshot.Waiting.Select(u => u.UnitId));
        Assert.Equal(5, (await Store.ReadSnapshotAsync()).Waiting.Count);
    }

    [StoreFact]
    public async Task What_a_slot_cannot_run_does_not_hide_what_it_can()
    {
        await Store.AcceptAsync(Plan("gpu", Run("a", 1)) with { Execution = new(Device: "cuda"), Priority = 9 });
        await Store.AcceptAsync(Plan("held", Run("b", 1)) with { Priority = 8 });
        await Store.AcceptAsync(Plan("cpu", Run("c", 1)));
        var key = (await Store.MustClaimAsync("b-s1-p00")).Key;
        await Store.RecordStartedAsync(key, Started(1));
        await Store.AppendAsync(key, [Checkpoint(key.UnitId, 1, 1)]);
        await Store.EndAttemptAsync(key, FailureReason.HostStopping, "stopping", []);
        await Store.EndAttemptAsync((await Store.MustClaimAsync("b-s1-p00")).Key, FailureReason.NumericsMismatch, "other level", []);

        Assert.Equal(["c-s1-p00"], (await Store.ReadSnapshotAsync(1, "cpu")).Waiting.Select(u => u.UnitId));
        Assert.Equal(["a-s1-p00"], (await Store.ReadSnapshotAsync(1, "cuda")).Waiting.Select(u => u.UnitId));
    }

    [StoreFact]
    public async Task Many_claimants_share_the_queue_without_overlap()
    {
        await Store.AcceptAsync(Plan("s1", [.. Enumerable.Range(0, 24).Select(seed => Run("darts", seed))]));
        var queue = await Store.WaitingAsync();
        await using var other = await OpenAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 32).Select(n => Task.Run(() => (n % 2 == 0 ? Store : other).ClaimAsync(queue, Slot, Lease))));

        Assert.Equal(queue, claims.OfType<Claim>().Select(c => c.Key.UnitId).Order(StringComparer.Ordinal));
        Assert.All(claims.OfType<Claim>(), c => Assert.Equal(1, c.Key.Fence));
    }

    [StoreFact]
    public async Task Collected_and_void_checkpoints_keep_no_file_alive()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        await Store.AppendAsync(key, [Checkpoint(key.UnitId, 1, 1), Checkpoint(key.UnitId, 1, 2), Checkpoint(key.UnitId, 1, 3)]);

        var unit = Assert.Single(await Store.ReadArtifactsAsync());
        Assert.Equal((key.UnitId, "darts", false), (unit.UnitId, unit.Method, unit.Done));
        Assert.Equal([3, 2, 1], unit.Files.Select(f => f.File.Trained));
        await Store.MarkCollectedAsync([unit.Files[2]]);
        await Store.EndAttemptAsync(key, FailureReason.HostStopping, "stopping", []);
        var again = await Store.MustClaimAsync(key.UnitId);
        Assert.Equal([3, 2], again.ResumeFrom.Select(f => f.Trained));
        await Store.RecordStartedAsync(again.Key, Started(2, trained: 2, from: again.ResumeFrom[1]));

        var paths = unit.Files.Select(f => f.File.Path).ToList();
        Assert.Equal([paths[1]], await Store.ReferencedPathsAsync(paths));
    }

    private async Task FailForGood(string unitId)
    {
        var key = (await Store.MustClaimAsync(unitId)).Key;
        Assert.IsType<AttemptEnding.Failed>(await Store.EndAttemptAsync(key, FailureReason.DataMissing, "train images missing", []));
    }
}
