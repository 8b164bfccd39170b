using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Paths;

public sealed class NeighboursTests
{
    [Theory]
    [InlineData("darts", NoneRule.Excluded, 96)]
    [InlineData("sgas-es", NoneRule.Paper, 48)]
    [InlineData("nas-bench-201", NoneRule.Excluded, 18)]
    [InlineData("nas-bench-201", NoneRule.Paper, 24)]
    public void They_are_all_the_cells_at_distance_1_on_the_same_edges(string name, NoneRule rule, int count)
    {
        var space = SearchSpaces.Get(name);
        var middle = RandomGenotypes.Draw(space, rule, new Random(2).Next);
        var around = Neighbours.OneOperationAway(middle, rule);
        Assert.Equal(count, around.Distinct().Count());
        Assert.Equal(count, around.Count);
        Assert.True(Neighbours.Count(space) <= count);
        Assert.All(around, g => Assert.Equal(1, g.DistanceTo(middle)));
        Assert.All(around, g => Assert.Equal(Edges(middle), Edges(g)));
        Assert.Equal(rule == NoneRule.Paper && space.InDegree is null, around.Any(g => g.Cells.Any(c => c.Count(Operations.None) > middle.Cells[0].Count(Operations.None))));
    }

    [Theory]
    [InlineData("mean", 4)]
    [InlineData("median", 3)]
    [InlineData("min", 1)]
    public void An_odd_neighbourhood_has_a_middle(string aggregate, double expected) => Assert.Equal(expected, Aggregate.Of(aggregate, [9, 1, 3, 5, 2]));

    [Fact]
    public void An_even_one_takes_the_mean_of_two() => Assert.Equal(2.5, Aggregate.Of("median", [4, 1, 2, 3]));

    [Fact]
    public void Other_aggregates_are_refused() => Assert.Contains("mean, median, min", Assert.Throws<ArgumentException>(() => Aggregate.Of("max", [1])).Message);

    private static IEnumerable<(int, int)> Edges(Genotype g) => g.Cells.SelectMany(c => c.Edges.Select(e => (e.Source, e.Target)));
}
