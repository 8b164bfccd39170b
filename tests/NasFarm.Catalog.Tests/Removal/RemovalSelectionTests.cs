using NasFarm.Catalog.Removal;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Removal;

/// <summary>DARTS-PT's decisions (spec/algorithms.md §20).</summary>
public sealed class RemovalSelectionTests
{
    private static readonly SearchSpace Nb201 = SearchSpaces.NasBench201, Darts = SearchSpaces.Darts;

    [Fact]
    public void The_operation_stays_whose_removal_harms_most_and_the_first_of_equals()
    {
        var start = CellDecisions.Start(Nb201);
        Place[] places = [new(0, 2, IsNode: false)];

        var decided = RemovalSelection.Of(start, places, NoneRule.Excluded, [-50, -30, -30, -60]);

        Assert.Null(decided.Next);
        Assert.Equal(EdgeState.Decided("nor_conv_1x1"), decided.Decisions[0].Edges[2]); // none is not tried: the columns are 1 to 4
        Assert.Equal([0, 1, 3, 4, 5], decided.Decisions[0].Candidates);
        Assert.Equal("skip_connect", RemovalSelection.Of(start, places, NoneRule.Paper, [-50, -30, -30, -30, -60]).Decisions[0].Edges[2].Operation);
    }

    [Theory]
    [InlineData("nas-bench-201", NoneRule.Excluded, 4)]
    [InlineData("nas-bench-201", NoneRule.Paper, 5)]
    [InlineData("darts", NoneRule.Paper, 7)] // a cell of the DARTS family never keeps none
    [InlineData("robust-s1", NoneRule.Excluded, 2)]
    public void None_is_tried_only_where_a_cell_may_keep_it(string space, NoneRule rule, int operations) =>
        Assert.Equal(operations, RemovalSelection.Count(CellDecisions.Start(SearchSpaces.Get(space)), [new(0, 0, IsNode: false)], rule));

    [Fact]
    public void The_second_cell_type_is_asked_about_after_the_answer_of_the_first()
    {
        var start = CellDecisions.Start(Darts);
        Place[] places = [new(0, 3, IsNode: false), new(1, 5, IsNode: false)];

        var midway = RemovalSelection.Of(start, places, NoneRule.Excluded, [1, 2, 3, 9, 4, 5, 6, 0]);

        Assert.Equal("sep_conv_3x3", midway.Decisions[0].Edges[3].Operation);
        Assert.Equal(new Removed(1, 5, 2), midway.Next);
        Assert.Equal(14, RemovalSelection.Count(start, places, NoneRule.Excluded));
    }

    [Fact]
    public void A_node_loses_the_edge_that_is_missed_least_until_two_are_left_and_the_last_of_equals()
    {
        var start = Decided(Darts);
        Place[] places = [new(0, 5, IsNode: true)]; // edges 9 to 13
        Assert.Equal(5 + 4 + 3, RemovalSelection.Count(start, places, NoneRule.Excluded));

        var decided = RemovalSelection.Of(start, places, NoneRule.Excluded, [3, 1, 2, 1, 5, /* without 12 */ 3, 2, 2, 5, /* without 11 */ 0, 7, 5]);

        Assert.Null(decided.Next);
        Assert.Equal([12, 11, 9], decided.Rounds.Select(r => r.Tried[r.Chosen].Edge));
        Assert.Equal([10, 13], Enumerable.Range(9, 5).Where(e => decided.Decisions[0].Edges[e].Status == EdgeStatus.Decided));
        Assert.Equal(new Removed(0, 10, null), RemovalSelection.Of(start, places, NoneRule.Excluded, [3, 1, 2, 1, 5, 3]).Next);
    }

    [Fact]
    public void Nodes_are_open_only_when_every_edge_has_its_operation()
    {
        Assert.All(RemovalSelection.Places(0, CellDecisions.Start(Darts)[0]), p => Assert.False(p.IsNode));
        Assert.Equal([3, 4, 5], RemovalSelection.Places(1, Decided(Darts)[1]).Select(p => p.Index)); // the first node has two edges from the start
        Assert.Empty(RemovalSelection.Places(0, Decided(Nb201)[0]));
        Assert.Equal((17, 6), (RemovalSelection.DecisionsOf(Darts), RemovalSelection.DecisionsOf(Nb201)));
    }

    [Theory, InlineData("darts"), InlineData("sgas-es"), InlineData("robust-s1"), InlineData("nas-bench-201"), InlineData("nas-bench-macro"), InlineData("deeper-insights")]
    public void Whatever_the_harms_a_search_of_so_many_decisions_ends_with_a_cell_and_takes_as_many_removals_as_counted(string name)
    {
        var space = SearchSpaces.Get(name);
        var random = new Random(5);
        var alphas = space.CellTypes.Select(type => space.Edges.Select(e => space.OperationsOn(type, e.Index).Select(_ => random.NextDouble()).ToArray()).ToArray()).ToArray();
        var cells = CellDecisions.Start(space);
        for (var decision = 0; decision < RemovalSelection.DecisionsOf(space); decision++)
        {
            var places = cells.Select((cell, type) => RemovalSelection.Places(type, cell)).Select(open => open[random.Next(open.Count)]).ToList();
            var harms = new List<double>();
            while (RemovalSelection.Of(cells, places, NoneRule.Excluded, harms).Next is not null)
                harms.Add(random.Next(4));
            Assert.Equal(RemovalSelection.Count(cells, places, NoneRule.Excluded), harms.Count);
            cells = RemovalSelection.Of(cells, places, NoneRule.Excluded, harms).Decisions;
            _ = RemovalSelection.ToGenotype(cells, alphas, NoneRule.Excluded); // legal at any time
        }
        Assert.All(cells.Select((cell, type) => RemovalSelection.Places(type, cell)), Assert.Empty);
        var genotype = RemovalSelection.ToGenotype(cells, alphas, NoneRule.Excluded);
        Assert.All(genotype.Cells.Zip(cells), pair => Assert.Equal(
            pair.Second.Edges.Where(e => e.Status == EdgeStatus.Decided).Select(e => e.Operation), pair.First.Edges.Select(e => e.Operation)));
    }

    [Fact]
    public void In_the_middle_a_decided_edge_counts_more_than_any_weight()
    {
        var alphas = Darts.CellTypes.Select(_ => Darts.Edges.Select(e => new double[] { 9, 0, 0, 0, 0, e.Index, 0, 0 }).ToArray()).ToArray();
        var cells = CellDecisions.Start(Darts).ToArray();
        Assert.Equal([(3, "sep_conv_5x5"), (4, "sep_conv_5x5")], Into(5)); // the largest weights other than none
        cells[0] = RemovalSelection.Of(cells, [new(0, 9, IsNode: false)], NoneRule.Excluded, [0, 0, 1, 0, 0, 0, 0]).Decisions[0];
        Assert.Equal([(0, "skip_connect"), (4, "sep_conv_5x5")], Into(5));

        IEnumerable<(int, string)> Into(int target) =>
            RemovalSelection.ToGenotype(cells, alphas, NoneRule.Excluded).Normal.Edges.Where(e => e.Target == target).Select(e => (e.Source, e.Operation));
    }

    private static CellDecisions[] Decided(SearchSpace space) =>
        [.. CellDecisions.Start(space).Select(c => c with { Edges = [.. c.Edges.Select(_ => EdgeState.Decided("skip_connect"))] })];
}
