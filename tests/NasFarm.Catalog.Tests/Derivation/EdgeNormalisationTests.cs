using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Derivation;

/// <summary>spec/algorithms.md §5.</summary>
public sealed class EdgeNormalisationTests
{
    [Fact]
    public void Shares_are_a_softmax_over_the_edges_into_one_node()
    {
        // Nodes of one, two and three edges.
        var shares = EdgeNormalisation.Shares(SearchSpaces.NasBench201, [5, 0, Math.Log(3), 0, Math.Log(2), Math.Log(5)]);
        double[] expected = [1, 0.25, 0.75, 0.125, 0.25, 0.625];
        Assert.All(expected.Zip(shares), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void The_shares_into_a_node_add_up_to_one_and_hear_of_no_other_node() => Arbitrary.ForEverySpace((space, random) =>
    {
        var betas = space.Edges.Select(_ => 3 * random.NextDouble()).ToArray();
        var shares = EdgeNormalisation.Shares(space, betas);
        Assert.All(space.Targets, target => Assert.Equal(1, space.EdgesInto(target).Sum(e => shares[e.Index]), 1e-12));
        var last = space.Edges[^1];
        betas[last.Index] += 1;
        Assert.All(space.Edges.Where(e => e.Target != last.Target), e => Assert.Equal(shares[e.Index], EdgeNormalisation.Shares(space, betas)[e.Index]));
    });

    [Fact]
    public void Other_numbers_of_logits_are_refused() =>
        Assert.Contains("5 betas; a cell of 'nas-bench-201' has 6 edges",
            Assert.Throws<ArgumentException>(() => EdgeNormalisation.Shares(SearchSpaces.NasBench201, new double[5])).Message);

    [Fact]
    public void A_cell_is_derived_by_operation_weight_times_share_of_the_edge()
    {
        var space = SearchSpaces.SgasEs;
        double[][] Alphas() => [.. space.Edges.Select(_ => new double[5])];
        double[][] Betas() => [.. space.CellTypes.Select(_ => new double[14])];
        var (alphas, betas) = (new[] { Alphas(), Alphas() }, Betas());
        int Edge(int source, int target) => space.FindEdge(source, target)!.Value.Index;
        // Into node 3: the sharpest operation stands on an edge of little share.
        alphas[0][Edge(0, 3)][3] = 2;
        betas[0][Edge(0, 3)] = -3;
        // Into node 4 of the reduction cell: shares alone decide.
        betas[1][Edge(2, 4)] = 1;
        betas[1][Edge(3, 4)] = 2;

        var genotype = Discretisation.Normalised(space, NoneRule.Excluded, alphas, betas);

        Assert.Equal([1, 2], genotype.Normal.Edges.Where(e => e.Target == 3).Select(e => e.Source));
        Assert.Equal([0, 1], genotype.Normal.Edges.Where(e => e.Target == 4).Select(e => e.Source));
        Assert.Equal([3, 2], genotype.Reduce!.Edges.Where(e => e.Target == 4).Select(e => e.Source));
        Assert.Equal(Discretisation.Derive(space, NoneRule.Excluded, alphas), Discretisation.Normalised(space, NoneRule.Excluded, alphas, Betas()));
    }

    [Fact]
    public void Where_every_edge_keeps_an_operation_shares_change_nothing() => Arbitrary.ForEvery([SearchSpaces.NasBench201], (space, random) =>
    {
        var alphas = Arbitrary.AllAlphas(space, random);
        double[][] betas = [[.. space.Edges.Select(_ => 3 * random.NextDouble())]];
        Assert.Equal(Discretisation.Derive(space, NoneRule.Paper, alphas), Discretisation.Normalised(space, NoneRule.Paper, alphas, betas));
    });
}
