using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

public abstract partial class FarmStoreConformance
{
    [StoreFact]
    public async Task A_digest_says_what_the_rows_say()
    {
        await Store.AcceptAsync(Plan("s1", Run("sgas-es", 1, retrains: 1)));
        var first = (await Store.MustClaimAsync("sgas-es-s1-p00")).Key;
        await Store.AppendAsync(first, [Seconds(1, 0, 10), Metric(1, 0, "lambda_max", 0.25), Metric(1, 0, "grad_evals_w", 9), Checkpoint(first.UnitId, 1, 1)]);
        Clock.Advance(TimeSpan.FromSeconds(25));
        await Store.EndAttemptAsync(first, FailureReason.NativeCrash, "signal 9", []);
        Clock.Advance(TimeSpan.FromSeconds(60));
        var second = (await Store.MustClaimAsync("sgas-es-s1-p00")).Key;
        await Store.RecordStartedAsync(second, Started(2, trained: 1, from: File(first.UnitId, 1, 1)));
        await Store.AppendAsync(second,
        [
            Seconds(2, 1, 10), Metric(2, 1, "lambda_max", double.NaN), Decision(2, 1, "trigger", "{}"), Decision(2, 1, "rollback", "{}"),
            Seconds(2, 2, 10, epoch: 1), Metric(2, 2, "lambda_max", 0.75, epoch: 1), Decision(2, 2, "edge normal", "3"), Decision(2, 2, "edge reduce", "4"),
        ]);
        await Store.CompleteAsync(second, SearchDone(second.UnitId, 2, trained: 3), []);
        var retrain = (await Store.MustClaimAsync("sgas-es-s1-t0")).Key;
        await Store.AppendAsync(retrain, [Seconds(1, 0, 7)]);
        await Store.CompleteAsync(retrain, RetrainDone(retrain.UnitId, 1), []);
        var whole = await ReadAsync(withCurves: true);
        var rows = await ReadAsync(withCurves: false);

        Assert.Equal(2, await Store.DigestAsync(10));
        var digest = await ReadAsync(withCurves: false);

        Assert.Equal(0, await Store.DigestAsync(10));
        Assert.Equal([Text(whole.Search), Text(whole.Search)], [Text(rows.Search), Text(digest.Search)]);
        Assert.Equal([whole.Cost, whole.Cost], [rows.Cost, digest.Cost]);
        Assert.Equal(
            new { Final = 9.0, Measured = 3, Edges = new EdgeDecisionPoint(2, 2), Triggers = 1, Rollbacks = 1, Retrain = 7.0 },
            new
            {
                Final = digest.Search.Last("grad_evals_w")!.Value, Measured = digest.Search.LambdaMax.Count, Edges = digest.Search.EdgeDecisions.Single(),
                digest.Search.Triggers, digest.Search.Rollbacks, Retrain = digest.Cost.RetrainSeconds,
            });
        Assert.Equal((2, 0, 0), (whole.Trajectories.Count, rows.Trajectories.Count + rows.Decisions.Count, digest.Trajectories.Count + digest.Decisions.Count));

        static TrainerEvent.Metric Seconds(long fence, long step, double seconds, int? epoch = null) =>
            Metric(fence, step, "epoch_seconds", seconds, epoch ?? (int)step, timing: true);
        static string Text(SearchDigest search) => JsonSerializer.Serialize(search, CatalogJson.Compact);
    }

    [StoreFact]
    public async Task Only_what_is_finished_has_a_digest()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1)));
        var search = (await Store.MustClaimAsync("darts-s1-p00")).Key;
        await Store.AppendAsync(search, [Metric(1, 0, "grad_evals_w", 5)]);
        Assert.Equal(0, await Store.DigestAsync(10));
        Assert.Equal(5, (await ReadAsync(withCurves: false)).Cost.GradEvalsW);

        await Store.AppendAsync(search, [Metric(1, 1, "grad_evals_w", 8)]);
        await Store.CompleteAsync(search, SearchDone(search.UnitId, 1), []);
        Assert.Equal(1, await Store.DigestAsync(10));
        Assert.Equal(8, (await ReadAsync(withCurves: false)).Cost.GradEvalsW);

        // The search has its digest, the retrain job goes on.
        var retrain = (await Store.MustClaimAsync("darts-s1-t0")).Key;
        await Store.AppendAsync(retrain, [Metric(1, 0, "epoch_seconds", 7, timing: true)]);
        Assert.Equal(0, await Store.DigestAsync(10));
        Assert.Equal((8, 7.0), ((await ReadAsync(withCurves: false)).Cost.GradEvalsW, (await ReadAsync(withCurves: false)).Cost.RetrainSeconds));
    }

    [StoreFact]
    public async Task Digests_are_made_some_at_a_time()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2), Run("darts", 3)));
        foreach (var unit in new[] { "darts-s1-p00", "darts-s2-p00", "darts-s3-p00" })
            await Store.FinishSearchAsync(unit);

        Assert.Equal(2, await Store.DigestAsync(2));
        Assert.Equal(1, await Store.DigestAsync(2));
        Assert.Equal(0, await Store.DigestAsync(2));
    }

    private async Task<SeedRunResult> ReadAsync(bool withCurves) => (await Store.ReadResultAsync("s1", withCurves: withCurves))!.Runs.Single();
}
