using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Paths;

public sealed class SinglePathsTests
{
    [Theory]
    [InlineData("darts", NoneRule.Excluded, 8)]
    [InlineData("sgas-es", NoneRule.Paper, 5)]
    [InlineData("nas-bench-201", NoneRule.Paper, 5)]
    [InlineData("nas-bench-201", NoneRule.Excluded, 4)]
    public void A_step_draws_every_permitted_operation_and_every_set_of_sources_equally_often(string name, NoneRule rule, int operations)
    {
        const int Draws = 4000;
        var space = SearchSpaces.Get(name);
        var random = new Random(5);
        var drawn = Enumerable.Range(0, Draws).SelectMany(_ => SinglePaths.Draw(space, rule, random.Next)).ToList();

        var chosen = drawn.SelectMany(cell => cell.Edges).Where(e => e.Status == EdgeStatus.Decided).GroupBy(e => e.Operation!).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(operations, chosen.Count);
        Assert.Equal(operations == space.Operations.Count, chosen.ContainsKey(Operations.None));
        Assert.All(chosen.Values, n => Assert.InRange(n * operations / (double)(drawn.Count * space.EdgesKept), 0.93, 1.07));

        foreach (var target in space.Targets)
        {
            var sets = drawn.GroupBy(cell => string.Join(',', space.EdgesInto(target).Where(e => cell.Edges[e.Index].Status == EdgeStatus.Decided).Select(e => e.Source)))
                .Select(g => g.Count()).ToList();
            var sources = space.EdgesInto(target).Count;
            Assert.Equal(space.InDegree is null ? 1 : sources * (sources - 1) / 2, sets.Count);
            Assert.All(sets, n => Assert.InRange(n * sets.Count / (double)drawn.Count, 0.85, 1.15));
        }
        Assert.All(drawn, cell => Assert.True(cell.Complete));
    }

    [Theory, InlineData("darts"), InlineData("nas-bench-201")]
    public void A_derived_cell_as_states_has_its_operations_on_its_edges_and_nothing_else(string name)
    {
        var space = SearchSpaces.Get(name);
        var genotype = RandomGenotypes.Draw(space, NoneRule.Paper, new Random(1).Next);
        var cells = SinglePaths.Of(genotype);
        Assert.Equal(genotype.Cells, cells.Select(c => new Cell(c.Type, [.. space.Edges.Where(e => c.Edges[e.Index].Status == EdgeStatus.Decided)
            .Select(e => new EdgeChoice(c.Edges[e.Index].Operation!, e.Source, e.Target))])));
        Assert.All(cells, c => Assert.True(c.Complete));
    }

    [Fact]
    public void A_cell_that_keeps_an_edge_twice_is_no_path() =>
        Assert.Contains("through two operations", Assert.Throws<ArgumentException>(() => SinglePaths.Of(GenotypeText.Parse(
            "darts", "normal s3-0 sk-0 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2 ; reduce mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1"))).Message);

    [Theory]
    [InlineData("darts", NoneRule.Excluded, "none")]
    [InlineData("nas-bench-201", NoneRule.Paper, "none")]
    [InlineData("nas-bench-201", NoneRule.Excluded, "nor_conv_3x3")]
    public void The_strongest_operation_of_every_edge_may_be_none_where_a_path_may_hold_it(string name, NoneRule rule, string expected)
    {
        var space = SearchSpaces.Get(name);
        var second = name == "darts" ? 1 : 3;
        var alphas = space.CellTypes.Select(_ => space.Edges.Select(e => space.Operations.Select((_, o) => e.Index == 0 && o == 0 ? 3.0 : o == second ? 1.0 : 0.0).ToArray()).ToArray()).ToArray();
        var cells = SinglePaths.Strongest(space, rule, alphas);
        Assert.All(cells, c => Assert.Equal(EdgeState.Decided(expected), c.Edges[0]));
        Assert.All(cells.SelectMany(c => c.Edges.Skip(1)), e => Assert.Equal(EdgeState.Decided(space.Operations[second]), e));
    }

    [Fact]
    public void Sampled_edges_are_neither_candidates_nor_decided()
    {
        var space = SearchSpaces.Get("robust-s1");
        var cells = SinglePaths.Sampled(space, [.. space.CellTypes.Select(_ => Enumerable.Repeat(1, 14).ToArray())]);
        Assert.Equal([EdgeState.Sampled("dil_conv_3x3"), EdgeState.Sampled("avg_pool_3x3")], cells.Select(c => c.Edges[0]));
        Assert.All(cells, c => Assert.Empty(c.Candidates));
    }

    [Fact]
    public void The_best_come_first_and_of_equals_the_first_and_what_is_no_number_last() =>
        Assert.Equal([2, 0, 4, 1, 3], Ranking.Best([5, double.NegativeInfinity, 7, double.NaN, 5], 9));

    [Fact]
    public void No_more_than_asked_for_are_best() => Assert.Equal([1, 2], Ranking.Best([1, 3, 2], 2));
}
