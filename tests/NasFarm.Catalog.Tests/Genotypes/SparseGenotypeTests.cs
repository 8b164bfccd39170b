using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Genotypes;

/// <summary>Cells whose nodes may keep fewer than two edges (spec/algorithms.md §10).</summary>
public sealed class SparseGenotypeTests
{
    private const string Text = "normal s3-0>2 sk-3>5 s3-1>5 ; reduce mp-0>2";

    [Fact]
    public void Both_forms_name_the_target_of_every_edge_and_are_read_back()
    {
        var genotype = GenotypeText.Parse("darts", Text);
        Assert.True(genotype.Sparse);
        Assert.Equal(
            "Genotype(normal=[('sep_conv_3x3', 0, 2), ('skip_connect', 3, 5), ('sep_conv_3x3', 1, 5)], normal_concat=[2, 3, 4, 5], "
            + "reduce=[('max_pool_3x3', 0, 2)], reduce_concat=[2, 3, 4, 5])", genotype.ToString());
        Assert.Equal(genotype, GenotypeText.Parse("darts", genotype.ToString()));
        Assert.Equal(genotype, GenotypeText.Parse("darts", GenotypeText.PrintShort(genotype)));
    }

    [Fact]
    public void A_cell_without_edges_is_a_genotype()
    {
        var genotype = new Genotype(SearchSpaces.Darts, [new(CellType.Normal, []), new(CellType.Reduce, [])], mayBeSparse: true);
        Assert.Equal(genotype, GenotypeText.Parse("darts", genotype.ToString()));
        Assert.Equal(genotype, GenotypeText.Parse("darts", GenotypeText.PrintShort(genotype)));
        Assert.Equal(genotype, genotype.Canonical());
    }

    [Fact]
    public void A_dense_cell_written_with_targets_is_the_same_cell_and_prints_without() =>
        Assert.Equal(
            GenotypeText.Parse("darts", "normal s3-0 s3-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2 ; reduce mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1").ToString(),
            GenotypeText.Parse("darts", "normal s3-0>2 s3-1>2 s3-0>3 s3-1>3 s3-1>4 sk-0>4 sk-0>5 d3-2>5 ; reduce mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1").ToString());

    [Theory]
    [InlineData("normal s3-0>2 s3-1>2 s3-1>2 ; reduce mp-0>2", "Node 2 of the normal cell has 3 edges")]
    [InlineData("normal s3-0>2 s3-0>2 ; reduce mp-0>2", "two edges from one source")]
    [InlineData("normal s3-0>2 s3-1 ; reduce mp-0>2", "either every edge names its target node or none does")]
    [InlineData("normal no-0>2 ; reduce mp-0>2", "never keeps it")]
    [InlineData("normal s3-2>2 ; reduce mp-0>2", "from 2 into node 2")]
    public void What_no_rule_allows_is_refused(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<GenotypeFormatException>(() => GenotypeText.Parse("darts", text)).Message);

    [Fact]
    public void A_method_that_forgets_an_edge_is_still_refused() =>
        Assert.Throws<ArgumentException>(() => new Genotype(SearchSpaces.Darts, GenotypeText.Parse("darts", Text).Cells));

    [Fact]
    public void NasBench201_is_never_sparse() =>
        Assert.Throws<ArgumentException>(() => new Genotype(SearchSpaces.NasBench201, [new(CellType.Normal, [])], mayBeSparse: true));

    [Fact]
    public void The_distance_is_symmetric_and_counts_what_the_larger_has_more()
    {
        var (few, more) = (GenotypeText.Parse("darts", "normal s3-0>2 ; reduce mp-0>2"), GenotypeText.Parse("darts", Text));
        Assert.Equal((2, 2, 0), (few.DistanceTo(more), more.DistanceTo(few), more.DistanceTo(more)));
    }

    [Fact]
    public void Edges_below_the_threshold_are_left_out_and_of_the_others_the_two_best_of_a_node_stay()
    {
        var space = SearchSpaces.SgasEs; // none, max, skip, sep3, dil3
        double Logit(double weight) => Math.Log(weight / (1 - weight));
        var low = Enumerable.Repeat(Logit(.84), 5).ToArray();
        double[][] Rows() => [.. space.Edges.Select(_ => low.ToArray())];
        var (normal, reduce) = (Rows(), Rows());
        normal[0][0] = 9;                                      // none, however large
        (normal[2][1], normal[3][4], normal[4][2]) = (Logit(.86), Logit(.99), Logit(.95)); // three edges into node 3
        normal[9][3] = Logit(.851);
        normal[9][4] = Logit(.852);                            // two operations of one edge

        var genotype = Discretisation.AboveThreshold(space, [normal, reduce], 0.85);

        Assert.Equal("normal d3-1>3 sk-2>3 | d3-0>5 ; reduce ", GenotypeText.PrintShort(genotype));
        Assert.Empty(Discretisation.AboveThreshold(space, [reduce, reduce], 0.85).Normal.Edges);
        Assert.False(Discretisation.AboveThreshold(space, [reduce, reduce], 0.5).Sparse);
    }

    [Fact]
    public void Logistic_weights_have_entropy_1_when_nothing_was_learned_and_little_when_all_is_decided()
    {
        Assert.Equal(new AlphaStatistics(1, 0), AlphaStatistics.Of([[0.0, 0.0, 0.0]], MixtureFunction.Sigmoid));
        var decided = AlphaStatistics.Of([[9.0, -9.0, -9.0]], MixtureFunction.Sigmoid);
        Assert.True(decided is { NormalizedEntropy: < 0.01, TopTwoMargin: > 0.99 });
    }
}
