using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Genotypes;

public sealed class RandomGenotypesTests
{
    [Fact]
    public void None_is_drawn_only_on_NasBench201_and_only_under_the_papers_rule()
    {
        Assert.Contains("none", RandomGenotypes.ReachableOperations(SearchSpaces.NasBench201, CellType.Normal, 0, NoneRule.Paper));
        Assert.DoesNotContain("none", RandomGenotypes.ReachableOperations(SearchSpaces.NasBench201, CellType.Normal, 0, NoneRule.Excluded));
        Assert.DoesNotContain("none", RandomGenotypes.ReachableOperations(SearchSpaces.Darts, CellType.Normal, 0, NoneRule.Paper));
    }

    [Fact]
    public void Every_pair_of_sources_is_equally_likely()
    {
        var random = new Random(7);
        const int draws = 4000;
        var pairs = Enumerable.Range(0, draws)
            .Select(_ => RandomGenotypes.Draw(SearchSpaces.Darts, NoneRule.Excluded, random.Next).Normal)
            .CountBy(cell => string.Join(',', cell.Edges.Where(e => e.Target == 4).Select(e => e.Source)))
            .ToDictionary();

        // Node 4 has four sources: six pairs, 667 draws each expected, standard deviation 24.
        Assert.Equal(["0,1", "0,2", "0,3", "1,2", "1,3", "2,3"], pairs.Keys.Order());
        Assert.All(pairs.Values, n => Assert.InRange(n, 550, 790));
    }

    [Fact]
    public void All_4096_none_free_cells_of_NasBench201_are_reached()
    {
        // A counter in base 4 instead of a generator walks through every choice.
        var reached = Enumerable.Range(0, 4096).Select(n =>
        {
            var rest = n;
            return RandomGenotypes.Draw(SearchSpaces.NasBench201, NoneRule.Excluded, below =>
            {
                var digit = rest % below;
                rest /= below;
                return digit;
            }).ToString();
        });
        Assert.Equal(4096, reached.Distinct().Count());
    }
}
