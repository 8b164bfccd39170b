using NasFarm.Catalog.Units;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>What a store must remember so that a result can be traced.</summary>
public abstract partial class FarmStoreConformance
{
    [StoreFact]
    public async Task A_run_tells_which_sweeps_asked_for_it_and_for_which_retrain_jobs()
    {
        await TwoSweepsAsync();

        var run = (await Store.ReadRunAsync("darts-s1"))!;

        Assert.Equal(
            [("s1", "sweep s1", "darts", false, "kind: Sweep\n", "0.1.0+test"), ("s2", "sweep s2", "darts", false, "kind: Sweep\n", "0.1.0+test")],
            run.Sweeps.Select(s => (s.SweepId, s.Name, s.Arm, s.ByTable, s.Manifest, s.CodeVersion)));
        Assert.Equal(["darts-s1-t0 0 s1 s2", "darts-s1-t1 1 s2"], run.Retrains.Select(r => $"{r.RetrainId} {r.Seed} {string.Join(' ', r.Sweeps)}"));
    }

    [StoreFact]
    public async Task An_attempt_tells_its_code_its_device_and_the_checkpoint_it_went_on_from()
    {
        await TwoSweepsAsync();

        var search = (await Store.ReadRunAsync("darts-s1"))!.Units[0];

        Assert.Equal(
            [("0.1.0+first", "an old processor", 0L, (string?)null), ("0.1.0+second", "a new processor", 1L, File("darts-s1-p00", 1, 1).Sha256)],
            search.Attempts.Select(a => (a.CodeVersion!, a.DeviceModel!, a.ResumedAt!.Value, a.ResumedFrom)));
        Assert.Contains("searchFinished", search.Outcome, StringComparison.Ordinal);
    }

    [StoreFact]
    public async Task An_end_checkpoint_keeps_its_hash_when_its_file_is_gone()
    {
        await TwoSweepsAsync();
        var end = File("darts-s1-p00", 2, 2, end: true);
        Assert.Equal(new(end, Collected: false), (await Store.ReadRunAsync("darts-s1"))!.Units[0].End);

        await Store.MarkCollectedAsync([new(new("darts-s1-p00", 2), end, Void: false)]);

        Assert.Equal(new(end, Collected: true), (await Store.ReadRunAsync("darts-s1"))!.Units[0].End);
    }

    [StoreFact]
    public async Task The_lineage_of_one_sweep_has_nothing_that_only_another_one_wanted()
    {
        await TwoSweepsAsync();
        var run = (await Store.ReadRunAsync("darts-s1"))!;
        var history = RunHistory.Parse((await Store.EffectiveHistoryAsync("darts-s1"))!);

        var all = RunRecord.Of(run, history, _ => null);
        var recorded = RecordedRun.Of(run, history, "s1");
        var one = RunRecord.Of(run, recorded.History!, _ => new("http://publisher/", null), "s1");

        Assert.Equal(["darts-s1-p00", "darts-s1-t0", "darts-s1-t1"], all.Units.Select(u => u.UnitId));
        Assert.Equal(["kind: Sweep\n", "kind: Sweep\n"], all.Manifests.Select(m => m.Text));
        Assert.Equal(["darts-s1-p00", "darts-s1-t0"], one.Units.Select(u => u.UnitId));
        Assert.Equal(["darts-s1-t0"], recorded.Run.Retrains.Select(r => r.RetrainId));
        var manifest = Assert.Single(one.Manifests);
        Assert.Equal(("s1", RunRecord.Sha256("kind: Sweep\n"), null), (manifest.SweepId, manifest.Sha256, manifest.Text));
        Assert.Equal(["search http://publisher/", "retrain http://publisher/"], one.Data.Select(d => $"{d.Use} {d.Origin!.Address}"));
        Assert.Equal(Fingerprint, Assert.Single(recorded.Fingerprints));
        Assert.Equal(91.5, one.Units[1].Retrain!.TestAccuracy);
        Assert.NotEqual(all.HistorySha256, one.HistorySha256);
        Assert.True(one.Units[0].End!.Kept);
    }

    /// <summary>A search in two attempts and its retrain jobs; the first job is wanted by two sweeps, the second by one.</summary>
    private async Task TwoSweepsAsync()
    {
        var run = Run("darts", 1, retrains: 2);
        await Store.AcceptAsync(Plan("s1", run with { Retrains = [run.Retrains[0]] }));
        await Store.AcceptAsync(Plan("s2", run));
        var first = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        await Store.RecordStartedAsync(first, Started(first.Fence) with { CodeVersion = "0.1.0+first", DeviceModel = "an old processor" });
        await Store.AppendAsync(first, [Checkpoint("darts-s1-p00", first.Fence, 1)]);
        await Store.EndAttemptAsync(first, FailureReason.HostStopping, "the host is stopping", []);
        var second = await Store.MustClaimAsync("darts-s1-p00");
        await Store.RecordStartedAsync(second.Key, Started(second.Key.Fence, 1, second.ResumeFrom[0]) with { CodeVersion = "0.1.0+second", DeviceModel = "a new processor" });
        await Store.AppendAsync(second.Key, [Checkpoint("darts-s1-p00", second.Key.Fence, 2, end: true)]);
        await Store.CompleteAsync(second.Key, SearchDone("darts-s1-p00", second.Key.Fence), []);
        await Store.FinishRetrainAsync("darts-s1-t0");
        await Store.FinishRetrainAsync("darts-s1-t1");
    }
}
