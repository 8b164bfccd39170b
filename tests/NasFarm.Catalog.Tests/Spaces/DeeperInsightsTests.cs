using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Collapse;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Spaces;

/// <summary>The 64 cells of "Deeper Insights into Weight Sharing" (spec/algorithms.md §18) and their ground truth.</summary>
public sealed class DeeperInsightsTests
{
    private const string Best = "|dil_conv_5x5~0|+|sep_conv_5x5~0|dil_conv_5x5~1|";
    private const string Worst = "|max_pool_3x3~0|+|max_pool_3x3~0|max_pool_3x3~1|";

    private static readonly SearchSpace Space = SearchSpaces.DeeperInsights;

    private static IEnumerable<Genotype> All => Enumerable.Range(0, 64).Select(index =>
    {
        string At(int place) => Space.Operations[index / place % 4];
        return GenotypeText.Parse(Space, $"|{At(16)}~0|+|{At(4)}~0|{At(1)}~1|");
    });

    [Fact]
    public void Three_edges_lead_through_two_nodes() => Assert.Equal([(0, 1), (0, 2), (1, 2)], Space.Edges.Select(e => (e.Source, e.Target)));

    [Fact]
    public void The_64_children_are_numbered_by_their_operations() =>
        Assert.Equal(Enumerable.Range(0, 64), All.Select(DeeperInsightsTable.IndexOf));

    [Fact]
    public void A_random_draw_reaches_all_of_them()
    {
        var random = new Random(2);
        Assert.Equal(64, Enumerable.Range(0, 1000).Select(_ => RandomGenotypes.Draw(Space, NoneRule.Excluded, random.Next)).Distinct().Count());
    }

    [Fact]
    public void The_ground_truth_has_its_published_statistics()
    {
        var truth = DeeperInsightsTable.Distribution;

        Assert.Equal((64, 64), (DeeperInsightsTable.Count, truth.Count));
        Assert.Equal(82.97, truth.Mean, 0.005);
        Assert.Equal(85.16, truth.Maximum, 0.005);
        Assert.Equal(70.14, truth.Minimum, 0.005);
        Assert.Equal(0.42, All.Average(cell => DeeperInsightsTable.Values(cell)["c10_test_deeper_sd"]), 0.005);
    }

    [Theory]
    [InlineData(Best, 59, 85.161)]
    [InlineData(Worst, 0, 70.139)]
    [InlineData("|s3~0|+|mp~0|s5~1|", 18, 83.2)]
    public void A_child_has_its_accuracy(string text, int index, double accuracy)
    {
        var cell = GenotypeText.Parse(Space, text);

        Assert.Equal(index, DeeperInsightsTable.IndexOf(cell));
        Assert.Equal(accuracy, new BenchmarkTables().Values("deeper-insights", cell.ToString())["c10_test_deeper"]);
    }

    [Theory]
    [InlineData(Best, 35_354)]
    [InlineData(Worst, 24_858)]
    public void Children_are_small(string text, long parameters) =>
        Assert.Equal(parameters, ParameterCounts.Derived(GenotypeText.Parse(Space, text), 16, 4, 3, 10));

    [Fact]
    public void The_supernet_holds_four_operations_on_three_edges() => Assert.Equal(58_074, ParameterCounts.Supernet(Space, 16, 4, 3, 10));

    [Fact]
    public void Collapse_is_the_cell_of_three_pools()
    {
        var definition = CollapseDefinition.For("deeper-insights");

        Assert.Equal("max_pool_3x3 on at least 3 of 3 edges; c10_test_deeper below 79.0 %", definition.Describe());
        Assert.Equal([Worst], All.Where(definition.IsStructural).Select(cell => cell.ToString()));
        Assert.Equal(1 / 64.0, definition.StructuralBaseRate(NoneRule.Excluded), 1e-12);
        Assert.Equal(3 / 64.0, DeeperInsightsTable.Distribution.ShareBelow(79));
    }

    [Fact]
    public void A_cell_of_another_space_has_no_ground_truth() =>
        Assert.Contains("'darts'", Assert.Throws<ArgumentException>(() => DeeperInsightsTable.IndexOf(PublishedGenotypes.Get("DARTS_V1"))).Message);
}
