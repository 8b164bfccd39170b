using NasFarm.Catalog.Results;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

public abstract partial class FarmStoreConformance
{
    [StoreFact]
    public async Task A_grid_says_of_each_run_what_its_standing_and_its_specification_say()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 2), Run("darts", 2), Run("sgas", 1), Run("sgas", 2)));
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.FinishRetrainAsync("darts-s1-t0");
        await Store.FinishSearchAsync("sgas-s1-p00", diverged: true);
        await Store.MustClaimAsync("sgas-s2-p00");

        var grid = (await Store.ReadGridAsync("s1", null))!;
        var standings = (await Store.ReadStandingsAsync("s1", null))!;

        Assert.Equal(standings.Select(s => (s.RunId, s.Arm, s.State, s.Diverged, s.Accuracy)), grid.Select(g => (g.RunId, g.Arm, g.State, g.Diverged, g.Accuracy)));
        Assert.Equal([SeedRunState.Waiting, SeedRunState.Waiting, SeedRunState.Finished, SeedRunState.Running], grid.Select(g => g.State));
        Assert.Equal([1, 2, 1, 2], grid.Select(g => g.SearchSeed));
        Assert.All(grid, g => Assert.Equal((new("nas-bench-201", 4, 1), "fashion-mnist", g.SearchSeed), (g.Space, g.Data, g.DataOrderSeed)));
        Assert.Equal(["|nor_conv_3x3~0|", null, "|nor_conv_3x3~0|", null], grid.Select(g => g.Genotype));
    }

    [StoreFact]
    public async Task A_grid_of_some_runs_keeps_their_order_and_passes_over_others()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2), Run("sgas", 1)));
        await Store.AcceptAsync(Plan("s2", Run("darts", 9)));

        Assert.Equal(["darts-s1", "sgas-s1"], (await Store.ReadGridAsync("s1", ["sgas-s1", "no-such", "darts-s9", "darts-s1"]))!.Select(r => r.RunId));
        Assert.Null(await Store.ReadGridAsync("s3", null));
    }

    [StoreFact]
    public async Task A_run_that_finishes_after_a_reading_is_finished_in_the_next_one()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1), Run("sgas", 1, retrains: 1)));
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.FinishRetrainAsync("darts-s1-t0", 90);
        Assert.Equal([(SeedRunState.Finished, 90), (SeedRunState.Waiting, null)], await SeenAsync("s1"));

        await Store.FinishSearchAsync("sgas-s1-p00");
        Assert.Equal([(SeedRunState.Finished, 90), (SeedRunState.Waiting, null)], await SeenAsync("s1"));
        await Store.FinishRetrainAsync("sgas-s1-t0", 80);

        Assert.Equal([(SeedRunState.Finished, 90), (SeedRunState.Finished, 80)], await SeenAsync("s1"));
        Assert.Equal([(SeedRunState.Finished, 90), (SeedRunState.Finished, 80)], await SeenAsync("s1"));
    }

    [StoreFact]
    public async Task A_sweep_that_wants_more_of_a_finished_run_has_another_result()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1)));
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.FinishRetrainAsync("darts-s1-t0", 90);
        Assert.Equal([(SeedRunState.Finished, 90)], await SeenAsync("s1"));

        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 2)));
        Assert.Equal([(SeedRunState.Waiting, 90)], await SeenAsync("s1"));
        await Store.FinishRetrainAsync("darts-s1-t1", 80);

        Assert.Equal([(SeedRunState.Finished, 85)], await SeenAsync("s1"));
    }

    [StoreFact]
    public async Task A_sweep_that_was_deleted_and_accepted_again_has_the_results_of_now()
    {
        var plan = Plan("s1", Run("darts", 1, retrains: 1));
        foreach (var (accuracy, operation) in new[] { (90, "one"), (80, "two") })
        {
            await Store.AcceptAsync(plan);
            Assert.Equal([(SeedRunState.Waiting, null)], await SeenAsync("s1"));
            await Store.FinishSearchAsync("darts-s1-p00");
            await Store.FinishRetrainAsync("darts-s1-t0", accuracy);

            Assert.Equal([(SeedRunState.Finished, accuracy)], await SeenAsync("s1"));
            Assert.True((await Store.DeleteSweepAsync("s1", cancelRunning: false, operation))!.Deleted);
            Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [StoreFact]
    public async Task Some_runs_of_a_sweep_come_in_the_order_given_as_all_of_them_do()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 1), Run("darts", 2), Run("sgas", 1)));
        await Store.AcceptAsync(Plan("s2", Run("darts", 9)));
        await Store.FinishSearchAsync("darts-s1-p00");
        await Store.MustClaimAsync("sgas-s1-p00");
        var all = (await Store.ReadSweepAsync("s1"))!;

        var some = (await Store.ReadSweepRunsAsync("s1", ["sgas-s1", "no-such", "darts-s9", "darts-s1"]))!;

        Assert.Equal(System.Text.Json.JsonSerializer.Serialize(all with { Runs = [all.Runs[2], all.Runs[0]] }), System.Text.Json.JsonSerializer.Serialize(some));
        Assert.Null(await Store.ReadSweepRunsAsync("s3", []));
    }

    /// <summary>What grids and aggregates say, which must be the same.</summary>
    private async Task<IReadOnlyList<(SeedRunState State, double? Accuracy)>> SeenAsync(string sweepId)
    {
        var grid = (await Store.ReadGridAsync(sweepId, null))!.Select(run => (run.State, run.Accuracy)).ToList();
        Assert.Equal(grid, (await Store.ReadStandingsAsync(sweepId, null))!.Select(run => (run.State, run.Accuracy)));
        return grid;
    }
}
