using System.Text.Json;
using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.EarlyStopping;

public sealed class RankStabilityTests
{
    private static readonly SearchSpace Space = SearchSpaces.NasBench201; // none, skip, 1×1, 3×3, pool

    [Fact]
    public void Only_a_change_among_the_convolutions_of_some_edge_starts_the_count_again()
    {
        var rows = Enumerable.Range(0, 6).Select(_ => new double[] { 0, 0, 0.1, 0.2, 0 }).ToArray();
        var state = Next(null, rows);
        Assert.Equal(0, state.Unchanged);
        Assert.Equal(1, (state = Next(state, rows)).Unchanged);

        rows[4][1] = 3; // a skip connection overtakes everything
        rows[2][4] = 2; // and so does a pooling
        rows[0][2] = 0.15; // a convolution comes nearer
        Assert.Equal(2, (state = Next(state, rows)).Unchanged);

        rows[5][2] = 0.3; // the convolutions of one edge change places
        Assert.Equal(0, (state = Next(state, rows)).Unchanged);
        Assert.Equal(1, Next(state, rows).Unchanged);
    }

    [Fact]
    public void It_goes_through_a_checkpoint()
    {
        var rows = Enumerable.Range(0, 6).Select(i => new[] { 0, 0, 0.1 * i, 0.2, 0 }).ToArray();
        var state = Next(Next(null, rows), rows);
        var restored = JsonSerializer.Deserialize<RankStability>(JsonSerializer.Serialize(state, CatalogJson.Compact), CatalogJson.Compact);
        Assert.Equal(2, Next(restored, rows).Unchanged);
    }

    private static RankStability Next(RankStability? before, double[][] rows) => RankStability.After(before, Space, [rows]);
}
