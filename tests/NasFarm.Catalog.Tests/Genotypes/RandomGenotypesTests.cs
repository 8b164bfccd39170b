using NasFarm.Catalog.Derivation;
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

    [Theory, InlineData(NoneRule.Paper), InlineData(NoneRule.Excluded)]
    public void By_alphas_every_edge_of_NasBench201_has_an_operation_with_its_weight_among_those_permitted(NoneRule rule)
    {
        var (space, random) = (SearchSpaces.NasBench201, new Random(11));
        double[][] alphas = [.. space.Edges.Select(e => new double[] { 1, 0, e.Index == 3 ? 2 : 0, -1, 0.5 })];
        var drawn = Enumerable.Range(0, 8000).Select(_ => RandomGenotypes.DrawByAlphas(space, rule, [alphas], random.NextDouble)).ToList();
        foreach (var edge in space.Edges)
        {
            var weights = Softmax.Of(alphas[edge.Index]);
            var permitted = rule == NoneRule.Paper ? 1 : 1 - weights[0];
            var counts = drawn.CountBy(g => g.Normal.OperationOn(edge.Source, edge.Target)!).ToDictionary();
            Assert.Equal(rule == NoneRule.Paper ? 5 : 4, counts.Count);
            // Standard deviations are below 0.0056.
            Assert.All(counts, c => Assert.Equal(weights[space.OperationIndex(CellType.Normal, 0, c.Key)] / permitted, c.Value / 8000.0, 0.02));
        }
    }

    [Fact]
    public void By_alphas_an_edge_of_a_DARTS_cell_is_drawn_with_all_its_weight_but_that_of_none()
    {
        var (space, random) = (SearchSpaces.SgasEs, new Random(12));
        double[][] alphas = [.. space.Edges.Select(_ => new double[5])];
        alphas[space.FindEdge(0, 3)!.Value.Index] = [3, 0, 0, 0, 2];
        var drawn = Enumerable.Range(0, 8000).Select(_ => RandomGenotypes.DrawByAlphas(space, NoneRule.Excluded, [alphas, alphas], random.NextDouble).Normal).ToList();

        // Three edges into node 3 weigh 1 - P(none); two are kept, drawn one after the other.
        var weak = 1 - Softmax.Of(alphas[2])[0];
        double[] weights = [weak, 0.8, 0.8];
        var sum = weights.Sum();
        var kept = weights.Select((w, i) => w / sum + weights.Where((_, j) => j != i).Sum(first => first / sum * w / (sum - first))).ToList();
        Assert.All(kept.Index(), k => Assert.Equal(k.Item, drawn.Count(c => c.OperationOn(k.Index, 3) is not null) / 8000.0, 0.02));
        // Of its operations each with its weight among those.
        var there = drawn.Select(c => c.OperationOn(0, 3)).Where(o => o is not null).ToList();
        Assert.Equal(Math.Exp(2) / (Math.Exp(2) + 3), there.Count(o => o == "dil_conv_3x3") / (double)there.Count, 0.025);
        Assert.All(drawn, c => Assert.False(c.KeepsAnEdgeTwice));
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
