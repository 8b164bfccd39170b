using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.Spaces;

public sealed class SearchSpacesTests
{
    [Theory]
    [InlineData("darts", 8, 14, 2, 8)]
    [InlineData("sgas-es", 5, 14, 2, 8)]
    [InlineData("nas-bench-201", 5, 6, 1, 6)]
    public void Every_space_has_its_published_size(string name, int operations, int edges, int cellTypes, int kept)
    {
        var space = SearchSpaces.Get(name);

        Assert.Equal((operations, edges, cellTypes, kept),
            (space.Operations.Count, space.Edges.Count, space.CellTypes.Count, space.EdgesKept));
        Assert.Equal(0, space.NoneIndex);
        Assert.Equal(Enumerable.Range(0, edges), space.Edges.Select(e => e.Index));
    }

    [Fact]
    public void Operations_stand_in_alpha_column_order()
    {
        Assert.Equal(
            ["none", "max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3", "dil_conv_5x5"],
            SearchSpaces.Darts.Operations);
        Assert.Equal(["none", "max_pool_3x3", "skip_connect", "sep_conv_3x3", "dil_conv_3x3"], SearchSpaces.SgasEs.Operations);
        Assert.Equal(["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"], SearchSpaces.NasBench201.Operations);
    }

    [Theory]
    [InlineData(2, 0, 1)]
    [InlineData(3, 2, 4)]
    [InlineData(4, 5, 8)]
    [InlineData(5, 9, 13)]
    public void Darts_edges_are_numbered_node_by_node(int node, int first, int last)
    {
        var into = SearchSpaces.Darts.EdgesInto(node);

        Assert.Equal(Enumerable.Range(first, last - first + 1), into.Select(e => e.Index));
        Assert.Equal(Enumerable.Range(0, node), into.Select(e => e.Source));
    }

    [Fact]
    public void NasBench201_edges_stand_in_the_order_of_the_architecture_string() =>
        Assert.Equal([(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)], SearchSpaces.NasBench201.Edges.Select(e => (e.Source, e.Target)));

    [Fact]
    public void An_edge_is_found_by_its_ends_and_absent_ones_are_null()
    {
        Assert.Equal(6, SearchSpaces.Darts.FindEdge(1, 4)?.Index);
        Assert.Null(SearchSpaces.Darts.FindEdge(4, 4));
        Assert.Null(SearchSpaces.Darts.FindEdge(0, 1));
        Assert.Null(SearchSpaces.Darts.FindEdge(-1, 3));
        Assert.Null(SearchSpaces.Darts.FindEdge(0, 6));
    }

    [Theory]
    [InlineData(8, 2, 5)]
    [InlineData(20, 6, 13)]
    [InlineData(14, 4, 9)]
    public void Reductions_stand_at_one_and_two_thirds(int cells, int first, int second) =>
        Assert.Equal([first, second], Enumerable.Range(0, cells).Where(i => SearchSpace.IsReduction(i, cells)));

    [Theory]
    [InlineData("darts", 7, 8, "channels is 7")]
    [InlineData("darts", 16, 2, "cells is 2")]
    [InlineData("nas-bench-201", 0, 5, "channels is 0")]
    [InlineData("nas-bench-201", 16, 0, "cells is 0")]
    public void A_size_that_cannot_be_built_is_refused_with_its_value(string space, int channels, int cells, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => SearchSpaces.Get(space).RequireSize(channels, cells)).Message);

    [Fact]
    public void Default_sizes_can_be_built() =>
        Assert.All(SearchSpaces.All, s => Assert.Empty(s.CheckSize(s.DefaultChannels, s.DefaultCells)));

    [Fact]
    public void An_unknown_space_lists_the_names()
    {
        var error = Assert.Throws<ArgumentException>(() => SearchSpaces.Get("nasbench"));
        Assert.All(SearchSpaces.All, s => Assert.Contains(s.Name, error.Message));
        Assert.Contains("'nasbench'", error.Message);
    }

    [Fact]
    public void An_unknown_operation_lists_the_operations() =>
        Assert.Contains("dil_conv_3x3", Assert.Throws<ArgumentException>(() => SearchSpaces.SgasEs.OperationIndex(CellType.Normal, 0, "sep_conv_5x5")).Message);

    [Fact]
    public void Abbreviations_and_names_lead_to_each_other()
    {
        foreach (var operation in SearchSpaces.All.SelectMany(s => s.Operations).Distinct())
        {
            Assert.Equal(operation, Operations.Expand(Operations.Abbreviate(operation)));
            Assert.Equal(operation, Operations.Expand(operation));
        }
        Assert.Null(Operations.Expand("conv"));
        Assert.Contains("'conv'", Assert.Throws<ArgumentException>(() => Operations.Abbreviate("conv")).Message);
    }
}
