using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Server.Tests.Pages;

/// <summary>What is kept to answer sooner answers as if nothing were kept.</summary>
public sealed class MovedSweepTests
{
    private const string Id = "s-moved", Cell = "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|nor_conv_1x1~2|";

    [Theory]
    [InlineData("/sweeps/" + Id, "text/html")]
    [InlineData("/sweeps/" + Id + "/cells", "application/json")]
    [InlineData("/compare?sweep=" + Id, "text/html")]
    [InlineData("/api/v1/sweeps/" + Id, "application/json")]
    [InlineData("/api/v1/sweeps/" + Id + "/comparison", "application/json")]
    public async Task A_sweep_that_has_moved_is_answered_anew(string path, string type)
    {
        await using var farm = await ServedFarm.StartAsync();
        farm.Client.DefaultRequestHeaders.Accept.ParseAdd(type);
        await farm.Store.AcceptAsync(SeededSweep.PlanOf(Id, "moved", 2, "sgas-es", "sgas"));
        await FinishAsync(farm.Store, $"{Id}-sgas-es-0", 91.37);
        var before = await farm.Client.GetStringAsync(path);
        Assert.Contains("91.37", before);
        Assert.DoesNotContain("87.65", before);

        await FinishAsync(farm.Store, $"{Id}-sgas-0", 87.65);

        Assert.Contains("87.65", await farm.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task A_comparison_that_is_kept_is_sent_as_it_was_written_and_no_text_in_it_is_markup()
    {
        const string path = "/compare?sweep=" + Id;
        await using var farm = await ServedFarm.StartAsync();
        await farm.Store.AcceptAsync(SeededSweep.PlanOf(Id, $"moved & {SeededSweep.Untrusted}", 1, "sgas-es", "sgas"));
        await FinishAsync(farm.Store, $"{Id}-sgas-es-0", 91.37);
        var first = await farm.Client.GetStringAsync(path);
        Assert.DoesNotContain("<script>", first);
        Assert.Equal(first, await farm.Client.GetStringAsync(path));
    }

    private static async Task FinishAsync(IFarmStore store, string run, double accuracy)
    {
        var search = (await store.MustClaimAsync($"{run}-p00")).Key;
        await store.RecordStartedAsync(search, Started(search.Fence));
        await store.CompleteAsync(search, new(search.Fence, File(search.UnitId, search.Fence, 2, end: true), new(true, Cell, 2, 2, false), null), []);
        await store.FinishRetrainAsync($"{run}-t0", accuracy);
    }
}
