using NasFarm.Catalog.Collapse;
using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Spaces;

/// <summary>spec/search-spaces.md §3.</summary>
public sealed class RobustSpacesTests
{
    private const string Reduce = " ; reduce mp-0 mp-1 | ap-0 sk-2 | mp-0 d5-3 | ap-1 sk-4";

    [Theory]
    [InlineData(0, "2←0", "sk d3", "mp ap")]
    [InlineData(1, "2←1", "sk d5", "mp d3")]
    [InlineData(2, "3←0", "sk d5", "mp ap")]
    [InlineData(3, "3←1", "sk s3", "mp ap")]
    [InlineData(4, "3←2", "sk d3", "sk d5")]
    [InlineData(5, "4←0", "mp sk", "mp ap")]
    [InlineData(6, "4←1", "sk s3", "mp s3")]
    [InlineData(7, "4←2", "sk s3", "sk d3")]
    [InlineData(8, "4←3", "sk d3", "sk d5")]
    [InlineData(9, "5←0", "sk s3", "mp ap")]
    [InlineData(10, "5←1", "mp sk", "mp ap")]
    [InlineData(11, "5←2", "sk d3", "sk d5")]
    [InlineData(12, "5←3", "d3 d5", "sk d5")]
    [InlineData(13, "5←4", "d3 d5", "sk d5")]
    public void S1_has_its_two_operations_on_every_edge(int edge, string ends, string normal, string reduce)
    {
        var space = SearchSpaces.Get("robust-s1");
        string On(CellType type) => string.Join(' ', space.OperationsOn(type, edge).Select(Operations.Abbreviate));

        Assert.Equal(ends, $"{space.Edges[edge].Target}←{space.Edges[edge].Source}");
        Assert.Equal((normal, reduce), (On(CellType.Normal), On(CellType.Reduce)));
    }

    [Theory]
    [InlineData("robust-s1", 56, "sk d3 d5 s3 mp ap")]
    [InlineData("robust-s2", 56, "sk s3")]
    [InlineData("robust-s3", 84, "no sk s3")]
    [InlineData("robust-s4", 56, "nz s3")]
    [InlineData("robust-s5", 224, "no mp ap sk s3 s5 d3 d5")]
    public void Every_space_has_its_published_number_of_alphas(string name, int alphas, string operations)
    {
        var space = SearchSpaces.Get(name);

        Assert.Equal(alphas, space.CellTypes.Sum(type => space.Edges.Sum(e => space.OperationsOn(type, e.Index).Count)));
        Assert.Equal(operations, string.Join(' ', space.Operations.Select(Operations.Abbreviate)));
        Assert.Equal(name is "robust-s3" or "robust-s5" ? 0 : null, space.NoneIndex);
    }

    [Fact]
    public void In_S1_a_node_keeps_the_best_of_what_its_edges_have()
    {
        var space = SearchSpaces.Get("robust-s1");
        double[][] Rows(params (int Edge, double[] Row)[] given) =>
            [.. space.Edges.Select(e => given.FirstOrDefault(g => g.Edge == e.Index).Row ?? [0, 0])];

        var cell = Discretisation.Derive(space, NoneRule.Excluded, [Rows((12, [0, 2]), (10, [1, 0])), Rows((13, [0, 5]))]);

        Assert.Equal([("dil_conv_5x5", 3), ("max_pool_3x3", 1)], cell.Normal.Edges.Where(e => e.Target == 5).Select(e => (e.Operation, e.Source)));
        Assert.Equal(("dil_conv_5x5", 4), cell.Reduce!.Edges.Where(e => e.Target == 5).Select(e => (e.Operation, e.Source)).First());
    }

    [Fact]
    public void In_S4_noise_is_an_operation_like_the_other()
    {
        var space = SearchSpaces.Get("robust-s4");
        double[][] flat = [.. space.Edges.Select(_ => new double[] { 1, 0 })];

        var cell = Discretisation.Derive(space, NoneRule.Excluded, [flat, flat]);

        Assert.Equal(8, cell.Normal.Count(Operations.Noise));
        Assert.StartsWith("normal nz-0 nz-1 | ", GenotypeText.PrintShort(cell));
        Assert.Equal(cell, GenotypeText.Parse(space, GenotypeText.PrintShort(cell)));
    }

    [Fact]
    public void An_operation_that_the_edge_does_not_have_is_refused_by_edge()
    {
        var error = Assert.Throws<GenotypeFormatException>(
            () => GenotypeText.Parse("robust-s1", "normal sk-0 sk-1 | sk-0 sk-1 | mp-0 sk-1 | s3-0 sk-3" + Reduce));

        Assert.Contains("normal cell has 'skip_connect' from 3 into node 5; on that edge 'robust-s1' has dil_conv_3x3, dil_conv_5x5", error.Message);
    }

    [Theory]
    [InlineData("robust-s1", "skip_connect on at least 7 of 8 edges", 0.0152)]
    [InlineData("robust-s2", "skip_connect on at least 7 of 8 edges", 0.0352)]
    [InlineData("robust-s3", "skip_connect on at least 7 of 8 edges", 0.0352)]
    [InlineData("robust-s4", "noise on at least 7 of 8 edges", 0.0352)]
    public void Collapse_is_rare_among_random_cells(string name, string words, double rate)
    {
        var space = SearchSpaces.Get(name);
        var definition = CollapseDefinition.For(name);
        var random = new Random(5);
        const int draws = 4000;
        var collapsed = Enumerable.Range(0, draws).Count(_ => definition.IsStructural(RandomGenotypes.Draw(space, NoneRule.Excluded, random.Next)));

        Assert.Equal(words, definition.Describe());
        Assert.Equal(rate, definition.StructuralBaseRate(NoneRule.Excluded), 0.0001);
        Assert.InRange(collapsed, draws * rate - 50, draws * rate + 50); // standard deviation at most 12
    }
}
