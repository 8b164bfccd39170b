using System.Text.Json;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.Sgas;

public sealed class SgasDecisionTests
{
    [Fact]
    public void A_search_decides_exactly_the_edges_that_the_space_keeps() => Arbitrary.ForEvery(SearchSpaces.WithNone, (space, random) =>
    {
        var criterion = 1 + random.Next(2);
        var history = SelectionHistory.Empty(4);
        var state = CellDecisions.Start(space, CellType.Normal);
        var decisions = 0;
        while (!state.Complete)
        {
            var alphas = Arbitrary.Alphas(space, random);
            var decision = SgasDecision.Make(state, alphas, criterion, history);
            history = history.Append(alphas, space.RequireNone());

            Assert.Equal(EdgeStatus.Undecided, state.Edges[decision.EdgeIndex].Status);
            Assert.NotEqual("none", decision.Edge.Operation);
            Assert.Equal(state.Candidates.Count() - 1 - decision.Pruned.Count, decision.Next.Candidates.Count());
            state = decision.Next;
            decisions++;
        }
        Assert.Equal(space.EdgesKept, decisions);
        foreach (var target in space.Targets)
            Assert.Equal(space.InDegree ?? space.EdgesInto(target).Count,
                space.EdgesInto(target).Count(e => state.Edges[e.Index].Status == EdgeStatus.Decided));
        Assert.Equal(space.EdgesKept, state.ToCell(Arbitrary.Alphas(space, random)).Edges.Count);
    });

    [Fact]
    public void A_node_with_two_decided_edges_prunes_the_rest()
    {
        var state = CellDecisions.Start(SearchSpaces.Darts, CellType.Normal).Decide(9, "sep_conv_3x3");
        Assert.DoesNotContain(state.Edges, e => e.Status == EdgeStatus.Pruned);

        state = state.Decide(12, "skip_connect");

        Assert.Equal([10, 11, 13], Enumerable.Range(0, 14).Where(i => state.Edges[i].Status == EdgeStatus.Pruned));
        Assert.Throws<InvalidOperationException>(() => state.Decide(10, "sep_conv_3x3"));
        Assert.Throws<InvalidOperationException>(() => state.Decide(9, "sep_conv_3x3"));
    }

    [Theory, InlineData("robust-s1"), InlineData("robust-s2"), InlineData("robust-s4")]
    public void A_space_without_none_has_no_edge_importance(string name)
    {
        var space = SearchSpaces.Get(name);
        var alphas = Arbitrary.Alphas(space, new Random(1));

        var error = Assert.Throws<InvalidOperationException>(
            () => SgasDecision.Make(CellDecisions.Start(space, CellType.Normal), alphas, 1, SelectionHistory.Empty(4)));
        Assert.Contains($"'{name}' has no operation 'none'", error.Message);
    }

    [Fact]
    public void Without_none_a_cell_in_mid_search_is_filled_up_by_the_largest_weight()
    {
        var space = SearchSpaces.Get("robust-s1");
        var alphas = space.Edges.Select(_ => new double[2]).ToArray();
        alphas[11] = [0, 2];
        alphas[13] = [3, 0];
        var state = CellDecisions.Start(space, CellType.Normal).Decide(12, "dil_conv_5x5");

        Assert.Equal([("dil_conv_5x5", 3), ("dil_conv_3x3", 4)],
            state.ToCell(alphas).Edges.Where(e => e.Target == 5).Select(e => (e.Operation, e.Source)));
        Assert.Contains("edge 12 of the normal cell; it has dil_conv_3x3, dil_conv_5x5", Assert.Throws<ArgumentException>(
            () => CellDecisions.Start(space, CellType.Normal).Decide(12, "skip_connect")).Message);
    }

    [Fact]
    public void NasBench201_never_prunes()
    {
        var state = CellDecisions.Start(SearchSpaces.NasBench201, CellType.Normal);
        for (var edge = 0; edge < 6; edge++)
            state = state.Decide(edge, "nor_conv_3x3");

        Assert.True(state.Complete);
        Assert.All(state.Edges, e => Assert.Equal(EdgeStatus.Decided, e.Status));
    }

    [Fact]
    public void The_best_candidate_wins_even_when_a_decided_edge_scores_higher()
    {
        var space = SearchSpaces.NasBench201;
        var alphas = space.Edges.Select(_ => new double[5]).ToArray();
        alphas[4] = [-3, 0, 0, 3, 0];
        alphas[2] = [-2, 0, 2, 0, 0];
        var start = CellDecisions.Start(space, CellType.Normal);

        var first = SgasDecision.Make(start, alphas, 1, SelectionHistory.Empty(4));
        var second = SgasDecision.Make(first.Next, alphas, 1, SelectionHistory.Empty(4));

        Assert.Equal((4, "nor_conv_3x3"), (first.EdgeIndex, first.Edge.Operation));
        Assert.Equal((2, "nor_conv_1x1"), (second.EdgeIndex, second.Edge.Operation));
    }

    [Fact]
    public void Ties_go_to_the_first_candidate()
    {
        var alphas = SearchSpaces.Darts.Edges.Select(_ => new double[8]).ToArray();
        var decision = SgasDecision.Make(CellDecisions.Start(SearchSpaces.Darts, CellType.Reduce), alphas, 1, SelectionHistory.Empty(4));

        Assert.Equal((0, "max_pool_3x3"), (decision.EdgeIndex, decision.Edge.Operation));
    }

    [Fact]
    public void In_mid_search_the_cell_is_filled_up_by_edge_importance_in_ascending_source_order()
    {
        var space = SearchSpaces.Darts;
        var alphas = space.Edges.Select(_ => new double[8]).ToArray();
        alphas[space.FindEdge(2, 5)!.Value.Index] = [-5, 0, 0, 0, 0, 1, 0, 0]; // little none: important
        var state = CellDecisions.Start(space, CellType.Normal).Decide(space.FindEdge(4, 5)!.Value.Index, "skip_connect");

        var node5 = state.ToCell(alphas).Edges.Where(e => e.Target == 5);

        Assert.Equal([(2, "sep_conv_5x5"), (4, "skip_connect")], node5.Select(e => (e.Source, e.Operation)));
        Assert.Equal(8, CellDecisions.ToGenotype([state, CellDecisions.Start(space, CellType.Reduce)], [alphas, alphas]).Reduce!.Edges.Count);
    }

    [Fact]
    public void States_and_history_survive_JSON()
    {
        var state = CellDecisions.Start(SearchSpaces.Darts, CellType.Normal).Decide(0, "sep_conv_3x3").Decide(2, "skip_connect").Decide(3, "max_pool_3x3");
        var json = JsonSerializer.Serialize(state, CatalogJson.Compact);
        Assert.Equal(state, JsonSerializer.Deserialize<CellDecisions>(json, CatalogJson.Compact));
        Assert.StartsWith(
            """{"spaceName":"darts","type":"normal","edges":[{"status":"decided","operation":"sep_conv_3x3"},{"status":"undecided"},""", json);

        var alphas = Arbitrary.Alphas(SearchSpaces.Darts, new Random(3));
        var history = SelectionHistory.Empty(4).Append(alphas, 0);
        var read = JsonSerializer.Deserialize<SelectionHistory>(JsonSerializer.Serialize(history, CatalogJson.Compact), CatalogJson.Compact)!;
        Assert.Equal(history.Stability(alphas, 0), read.Stability(alphas, 0));
    }

    [Fact]
    public void Nothing_is_decided_when_nothing_is_left()
    {
        var state = CellDecisions.Start(SearchSpaces.NasBench201, CellType.Normal);
        for (var edge = 0; edge < 6; edge++)
            state = state.Decide(edge, "skip_connect");
        var alphas = SearchSpaces.NasBench201.Edges.Select(_ => new double[5]).ToArray();

        Assert.Throws<InvalidOperationException>(() => SgasDecision.Make(state, alphas, 1, SelectionHistory.Empty(4)));
        Assert.Throws<ArgumentException>(() => SgasDecision.Make(
            CellDecisions.Start(SearchSpaces.Darts, CellType.Normal), alphas, 1, SelectionHistory.Empty(4)));
    }
}
