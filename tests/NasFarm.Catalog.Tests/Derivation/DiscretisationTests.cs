using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Derivation;

public sealed class DiscretisationTests
{
    private static readonly SearchSpace Darts = SearchSpaces.Darts;

    [Fact]
    public void Each_node_keeps_its_two_strongest_edges_listed_by_score()
    {
        var alphas = Flat(Darts);
        Set(alphas, Darts, source: 1, target: 2, "sep_conv_3x3", 2);
        Set(alphas, Darts, source: 0, target: 2, "skip_connect", 1);
        Set(alphas, Darts, source: 2, target: 3, "dil_conv_5x5", 1);
        Set(alphas, Darts, source: 0, target: 3, "max_pool_3x3", 3);
        Set(alphas, Darts, source: 3, target: 4, "avg_pool_3x3", 1);
        Set(alphas, Darts, source: 1, target: 4, "sep_conv_5x5", 2);
        Set(alphas, Darts, source: 4, target: 5, "sep_conv_3x3", 2);
        Set(alphas, Darts, source: 3, target: 5, "sep_conv_3x3", 1);

        var cell = Discretisation.BestEdges(Darts, CellType.Normal, alphas);

        Assert.Equal(
            ["sep_conv_3x3-1", "skip_connect-0", "max_pool_3x3-0", "dil_conv_5x5-2", "sep_conv_5x5-1", "avg_pool_3x3-3", "sep_conv_3x3-4", "sep_conv_3x3-3"],
            cell.Edges.Select(e => $"{e.Operation}-{e.Source}"));
    }

    [Fact]
    public void None_competes_in_the_softmax_and_never_in_the_cell()
    {
        var alphas = Flat(Darts);

        // Edge 2 has the largest logit of node 3 but also the largest none, which takes its weight away.
        Set(alphas, Darts, 0, 3, "sep_conv_3x3", 3);
        Set(alphas, Darts, 0, 3, "none", 8);
        Set(alphas, Darts, 1, 3, "sep_conv_5x5", 1);
        Set(alphas, Darts, 2, 3, "sep_conv_5x5", 1);

        var sources = Discretisation.BestEdges(Darts, CellType.Normal, alphas).Edges.Where(e => e.Target == 3).Select(e => e.Source);

        Assert.Equal([1, 2], sources);
    }

    [Fact]
    public void The_two_best_pairs_of_a_node_may_lie_on_one_edge()
    {
        var alphas = Flat(Darts);
        Set(alphas, Darts, 1, 3, "sep_conv_3x3", 3);
        Set(alphas, Darts, 1, 3, "skip_connect", 2.5);
        Set(alphas, Darts, 0, 3, "dil_conv_3x3", 0.2); // the best pair of another edge
        Set(alphas, Darts, 2, 3, "none", 9);
        Set(alphas, Darts, 3, 4, "sep_conv_5x5", 1);
        Set(alphas, Darts, 0, 4, "max_pool_3x3", 2);

        var genotype = Discretisation.BestPairs(Darts, [alphas, Flat(Darts)]);

        string[] Into(int node) => [.. genotype.Normal.Edges.Where(e => e.Target == node).Select(e => $"{e.Operation}-{e.Source}")];
        Assert.Equal(["sep_conv_3x3-1", "skip_connect-1"], Into(3));
        Assert.Equal(["max_pool_3x3-0", "sep_conv_5x5-3"], Into(4));
        Assert.Equal(["max_pool_3x3-0", "avg_pool_3x3-0"], Into(2));   // ties: the lower source, then the lower column
        Assert.Equal(["dil_conv_3x3-0", "sep_conv_3x3-1"],
            Discretisation.BestEdges(Darts, CellType.Normal, alphas).Edges.Where(e => e.Target == 3).OrderBy(e => e.Source).Select(e => $"{e.Operation}-{e.Source}"));
        Assert.Throws<ArgumentException>(() => Discretisation.BestPairs(SearchSpaces.NasBench201, [Flat(SearchSpaces.NasBench201)]));
    }

    [Fact]
    public void Ties_go_to_the_lower_source_and_the_lower_operation()
    {
        var cell = Discretisation.BestEdges(Darts, CellType.Normal, Flat(Darts));

        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], cell.Edges.Select(e => e.Source));
        Assert.All(cell.Edges, e => Assert.Equal("max_pool_3x3", e.Operation));
    }

    [Theory]
    [InlineData(NoneRule.Paper, "none")]
    [InlineData(NoneRule.Excluded, "nor_conv_3x3")]
    public void The_none_rule_decides_on_NasBench201(NoneRule rule, string expected)
    {
        var space = SearchSpaces.NasBench201;
        var alphas = Flat(space);
        Set(alphas, space, 0, 1, "none", 2);
        Set(alphas, space, 0, 1, "nor_conv_3x3", 1);

        Assert.Equal(expected, Discretisation.Derive(space, rule, [alphas]).Normal.OperationOn(0, 1));
    }

    [Fact]
    public void Any_alphas_give_a_legal_genotype() => Arbitrary.ForEverySpace((space, random) =>
    {
        var genotype = Discretisation.Derive(space, NoneRule.Excluded, Arbitrary.AllAlphas(space, random));

        Assert.All(genotype.Cells, c => Assert.Equal(space.EdgesKept, c.Edges.Count));
        Assert.All(genotype.Cells.SelectMany(c => c.Edges), e => Assert.NotEqual("none", e.Operation));
    });

    [Fact]
    public void Alphas_of_another_shape_are_refused_with_both_numbers()
    {
        Assert.Contains("1 cell types; 'darts' has 2",
            Assert.Throws<ArgumentException>(() => Discretisation.Derive(Darts, NoneRule.Excluded, [Flat(Darts)])).Message);
        Assert.Contains("14 rows of alphas; a cell of 'nas-bench-201' has 6",
            Assert.Throws<ArgumentException>(() => Discretisation.Derive(SearchSpaces.NasBench201, NoneRule.Excluded, [Flat(Darts)])).Message);
        Assert.Contains("row of 5 alphas; 'darts' has 8",
            Assert.Throws<ArgumentException>(() => Discretisation.Derive(Darts, NoneRule.Excluded, [Flat(SearchSpaces.SgasEs), Flat(Darts)])).Message);
    }

    private static double[][] Flat(SearchSpace space) => [.. space.Edges.Select(_ => new double[space.Operations.Count])];

    private static void Set(double[][] alphas, SearchSpace space, int source, int target, string operation, double logit) =>
        alphas[space.FindEdge(source, target)!.Value.Index][space.OperationIndex(CellType.Normal, 0, operation)] = logit;
}
