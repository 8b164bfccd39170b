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
}
