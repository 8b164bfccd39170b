using NasFarm.Catalog.Collapse;
using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Spaces;

/// <summary>The three spaces of NAS-Bench-1Shot1 (spec/search-spaces.md §4).</summary>
public sealed class NasBench1Shot1Tests
{
    public static TheoryData<int> Numbers => [1, 2, 3];

    [Theory]
    [InlineData(1, "1,2,2,2,2", 15)]
    [InlineData(2, "1,1,2,2,3", 15)]
    [InlineData(3, "1,1,1,2,2,2", 21)]
    public void Nodes_have_as_many_parents_as_published_and_a_cell_nine_edges(int number, string parents, int edges)
    {
        var space = Space(number);

        Assert.Equal(parents, string.Join(',', space.Targets.Select(space.Keeps)));
        Assert.Equal((edges, 9), (space.Edges.Count, space.EdgesKept));
        Assert.Equal(["maxpool3x3", "conv3x3-bn-relu", "conv1x1-bn-relu"], space.Operations);
    }

    /// <summary>The released supernets have alphas of 4 × 3, 1 × 5, 3, 4; of 4 × 3, 1 × 5, 2, 3, 4; of 5 × 3, 1 × 6, 2, 3, 4, 5.</summary>
    [Theory]
    [InlineData(1, "3,3,3,3,3,4,5")]
    [InlineData(2, "3,3,3,3,2,3,4,5")]
    [InlineData(3, "3,3,3,3,3,2,3,4,5,6")]
    public void A_row_of_alphas_chooses_an_operation_or_parents_where_there_is_a_choice(int number, string lengths)
    {
        var (space, rows) = (Space(number), Space(number).NodeRows!);

        Assert.Equal(lengths, string.Join(',', space.RowLengths));
        Assert.Null(rows.SourcesOf(1));
        Assert.Equal(number == 1, rows.SourcesOf(2) is null);
        foreach (var target in space.Targets.Where(t => rows.SourcesOf(t) is not null))
            Assert.Equal(new NodeRow(target, OfOperations: false, target), rows.All[rows.SourcesOf(target)!.Value]);
        for (var node = 1; node <= rows.Nodes; node++)
            Assert.Equal(new NodeRow(node, OfOperations: true, 3), rows.All[rows.OperationsOf(node)]);
        Assert.Equal(12, Space(1).FirstOf(4));
    }

    /// <summary>What the published sizes count: 6,240 and 363,648 are all wirings, each with the operations of those nodes that some node reads;
    /// 29,160 are all genotypes.</summary>
    [Theory]
    [InlineData(1, 180, 14_580, 6_240)]
    [InlineData(2, 360, 29_160, 16_632)]
    [InlineData(3, 5_400, 1_312_200, 363_648)]
    public void The_published_sizes_are_counted_in_two_ways(int number, int wirings, int genotypes, int withReadNodes)
    {
        var space = Space(number);
        var all = Wirings(space).ToList();

        Assert.Equal(wirings, all.Count);
        Assert.Equal(genotypes, all.Sum(_ => Power(space.NodeRows!.Nodes)));
        Assert.Equal(withReadNodes, all.Sum(wiring => Power(wiring.SelectMany(sources => sources).Where(s => s > 0).Distinct().Count())));
        Assert.Contains(genotypes.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), space.Title);
    }

    /// <summary>Cells as the benchmark trained them: without loose ends, and isomorphic ones once.</summary>
    [Theory]
    [InlineData(1, 3_702, 2_685)]
    [InlineData(2, 12_474, 7_773)]
    public void Fewer_cells_are_different_networks(int number, int pruned, int different) => AreDifferent(number, pruned, different);

    [Theory, InlineData(3, 135_900, 55_854), Trait("Tier", "all")]
    public void Fewer_cells_are_different_networks_in_the_largest_space(int number, int pruned, int different) => AreDifferent(number, pruned, different);

    private static void AreDifferent(int number, int pruned, int different)
    {
        var space = Space(number);
        var (texts, hashes) = (new HashSet<string>(), new HashSet<string>());
        foreach (var wiring in Wirings(space))
            foreach (var operations in Assignments(space, Reaching(wiring)))
            {
                var cell = NasBench101Cell.Of(Make(space, wiring, operations)).Pruned();
                if (texts.Add($"{string.Join(',', Reaching(wiring).Order())} {cell}"))
                    hashes.Add(cell.Hash());
            }
        Assert.Equal((pruned, different), (texts.Count, hashes.Count));
    }

    [Theory, MemberData(nameof(Numbers))]
    public void The_strongest_operation_and_the_strongest_parents_are_derived(int number)
    {
        var (space, rows) = (Space(number), Space(number).NodeRows!);
        var alphas = space.RowLengths.Select(length => new double[length]).ToArray();
        alphas[rows.OperationsOf(2)][2] = 1;
        var output = alphas[rows.SourcesOf(space.Targets[^1])!.Value];
        (output[0], output[3], output[2]) = (0.5, 2, 0.4);

        var cell = Discretisation.Derive(space, NoneRule.Excluded, [alphas]).Normal;

        Assert.Equal("conv1x1-bn-relu", cell.Edges.First(e => e.Target == 2).Operation);
        Assert.Equal("maxpool3x3", cell.Edges.First(e => e.Target == 1).Operation);
        Assert.Equal(number == 2 ? [0, 2, 3] : [0, 3], cell.Edges.Where(e => e.Target == space.Targets[^1]).Select(e => e.Source));
        Assert.Equal(space.Keeps(3) == 2 ? [0, 1] : [0], cell.Edges.Where(e => e.Target == 3).Select(e => e.Source)); // ties: the lower source
    }

    [Theory]
    [InlineData("v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(0,4)")]
    [InlineData("conv3x3-bn-relu(0) | maxpool3x3(1,0) | conv1x1-bn-relu(2, 1) | conv3x3-bn-relu(3,0) | output(4,0)")]
    public void A_cell_is_written_node_by_node(string text)
    {
        var genotype = GenotypeText.Parse(Space(1), text);

        Assert.Equal("conv3x3-bn-relu(0)|maxpool3x3(0,1)|conv1x1-bn-relu(1,2)|conv3x3-bn-relu(0,3)|output(0,4)", genotype.ToString());
        Assert.Equal("v3(0) | vm(0,1) | v1(1,2) | v3(0,3) | out(0,4)", GenotypeText.PrintShort(genotype));
        Assert.Equal(genotype, GenotypeText.Parse(Space(1), GenotypeText.PrintShort(genotype)));
    }

    [Theory]
    [InlineData("v3(0)|vm(0,1)|v1(1,2)|v3(0,3)", "expected '|', found the end of the text")]
    [InlineData("v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(0,4)|v3(0)", "expected the end of the text")]
    [InlineData("s3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(0,4)", "Character 1 of the genotype: expected 'maxpool3x3'")]
    [InlineData("v3(0)|vm(0)|v1(1,2)|v3(0,3)|out(0,4)", "Node 2 of the cell has 1 edges; 'nas-bench-1shot1-1' keeps 2.")]
    [InlineData("v3(0)|vm(0,2)|v1(1,2)|v3(0,3)|out(0,4)", "an edge from 2 into node 2")]
    [InlineData("v3(0)|vm(0,1)|v1(1,1)|v3(0,3)|out(0,4)", "two edges from one source")]
    [InlineData("v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|v3(0,4)", "on that edge 'nas-bench-1shot1-1' has output")]
    [InlineData("out(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(0,4)", "on that edge 'nas-bench-1shot1-1' has maxpool3x3, conv3x3-bn-relu, conv1x1-bn-relu")]
    public void A_cell_that_is_none_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<GenotypeFormatException>(() => GenotypeText.Parse(Space(1), text)).Message);

    [Fact]
    public void A_node_has_one_operation()
    {
        var cell = GenotypeText.Parse(Space(1), "v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(0,4)").Normal;
        var mixed = cell with { Edges = [.. cell.Edges.Select(e => e is { Source: 1, Target: 2 } ? e with { Operation = "conv3x3-bn-relu" } : e)] };

        Assert.Contains("Node 2 of the cell has the operations maxpool3x3, conv3x3-bn-relu", Assert.Throws<ArgumentException>(() => new Genotype(Space(1), [mixed])).Message);
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Random_cells_reach_every_wiring_and_operation_equally_often(int number)
    {
        const int Draws = 6000;
        var (space, random) = (Space(number), new Random(4));
        var drawn = Enumerable.Range(0, Draws).Select(_ => RandomGenotypes.Draw(space, NoneRule.Excluded, random.Next).Normal).ToList();

        foreach (var target in space.Targets)
        {
            var sets = drawn.GroupBy(cell => string.Join(',', cell.Edges.Where(e => e.Target == target).Select(e => e.Source))).ToList();
            Assert.Equal(Combinations(target, space.Keeps(target)).Count(), sets.Count);
            Assert.All(sets, set => Assert.InRange(set.Count() * sets.Count / (double)Draws, 0.8, 1.2));
            var operations = drawn.GroupBy(cell => cell.Edges.First(e => e.Target == target).Operation).ToList();
            Assert.Equal(target == space.Targets[^1] ? 1 : 3, operations.Count);
            Assert.All(operations, o => Assert.InRange(o.Count() * operations.Count / (double)Draws, 0.9, 1.1));
        }
    }

    [Theory, MemberData(nameof(Numbers))]
    public void A_drawn_path_is_a_cell(int number)
    {
        var (space, random) = (Space(number), new Random(9));
        foreach (var _ in Enumerable.Range(0, 50))
        {
            var path = SinglePaths.Draw(space, NoneRule.Excluded, random.Next)[0];
            var cell = new Cell(CellType.Normal, [.. space.Edges.Where(e => path.Edges[e.Index].Status == EdgeStatus.Decided)
                .Select(e => new EdgeChoice(path.Edges[e.Index].Operation!, e.Source, e.Target))]);
            Assert.Equal(path, SinglePaths.Of(new Genotype(space, [cell]))[0]);
        }
    }

    [Theory, InlineData(1, 8), InlineData(2, 8), InlineData(3, 10)]
    public void Neighbours_have_another_operation_on_one_node(int number, int count)
    {
        var middle = RandomGenotypes.Draw(Space(number), NoneRule.Excluded, new Random(1).Next);
        var around = Neighbours.OneOperationAway(middle, NoneRule.Excluded);

        Assert.Equal((count, count, count), (around.Count, around.Distinct().Count(), Neighbours.Count(Space(number))));
        Assert.All(around, g => Assert.Single(g.Normal.Edges.Zip(middle.Normal.Edges).Where(p => p.First != p.Second).Select(p => p.First.Target).Distinct()));
    }

    [Fact]
    public void Collapse_is_a_cell_that_hardly_has_weights()
    {
        var definition = CollapseDefinition.For("nas-bench-1shot1-1");

        Assert.True(definition.IsStructural(GenotypeText.Parse(Space(1), "v3(0)|vm(0,1)|vm(1,2)|vm(0,3)|out(0,4)")));
        Assert.False(definition.IsStructural(GenotypeText.Parse(Space(1), "vm(0)|vm(0,1)|v1(1,2)|vm(0,3)|out(0,4)")));
        Assert.Equal("maxpool3x3 on at least 6 of 9 edges", definition.Describe());
    }

    [Fact]
    public void The_supernet_has_the_size_of_its_parts()
    {
        // C = 3, three cells: widths 3 → 12, 6 → 24, 12 → 48; nodes 4.
        long Cell(long inputs, long c) => 4 * (inputs * c + 2 * c + (9 * c * c + 2 * c) + (c * c + 2 * c)) + inputs * 4 * c + 8 * c;
        var expected = (27 * 3 + 6) + Cell(3, 3) + Cell(12, 6) + Cell(24, 12) + 48 * 12 + 13 * 10;

        Assert.Equal(expected, ParameterCounts.Supernet(Space(1), 3, 3, 3, 10));
        Assert.Equal([1_101_402, 1_101_402, 1_509_594], NasBench1Shot1.All.Select(space => ParameterCounts.Supernet(space, 16, 9, 3, 10)));
    }

    [Theory]
    [InlineData(0, 9, "channels is 0; space 'nas-bench-1shot1-1' needs at least 1.")]
    [InlineData(16, 2, "cells is 2; space 'nas-bench-1shot1-1' needs at least 3")]
    public void Sizes_that_cannot_be_built_are_refused(int channels, int cells, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Space(1).RequireSize(channels, cells)).Message);

    [Fact]
    public void The_smallest_errors_are_those_of_the_benchmark()
    {
        Assert.Equal(new SmallestErrors(4.9279, 5.4487), NasBench1Shot1.Best(Space(1)));
        Assert.Null(NasBench1Shot1.Best(SearchSpaces.Darts));
    }

    private static SearchSpace Space(int number) => SearchSpaces.Get($"nas-bench-1shot1-{number}");

    private static int Power(int nodes) => (int)Math.Pow(3, nodes);

    /// <summary>Parents by target, every choice of every node.</summary>
    private static IEnumerable<IReadOnlyList<int[]>> Wirings(SearchSpace space) => space.Targets.Aggregate(
        (IEnumerable<IReadOnlyList<int[]>>)[[]], (all, target) => all.SelectMany(wiring => Combinations(target, space.Keeps(target)).Select(c => (IReadOnlyList<int[]>)[.. wiring, c])));

    private static IEnumerable<int[]> Combinations(int of, int count) => count == 0 ? [[]]
        : Enumerable.Range(count - 1, of - count + 1).SelectMany(last => Combinations(last, count - 1).Select(rest => (int[])[.. rest, last]));

    private static HashSet<int> Reaching(IReadOnlyList<int[]> wiring)
    {
        var nodes = new HashSet<int> { wiring.Count };
        for (var target = wiring.Count; target > 0; target--)
            if (nodes.Contains(target))
                nodes.UnionWith(wiring[target - 1]);
        nodes.ExceptWith([0, wiring.Count]);
        return nodes;
    }

    /// <summary>Operations of all nodes, varied over those that reach the output.</summary>
    private static IEnumerable<string[]> Assignments(SearchSpace space, HashSet<int> reaching)
    {
        int[] nodes = [.. reaching.Order()];
        for (var n = 0; n < Power(nodes.Length); n++)
        {
            var operations = Enumerable.Repeat(space.Operations[0], space.NodeRows!.Nodes).ToArray();
            for (var (i, rest) = (0, n); i < nodes.Length; i++, rest /= 3)
                operations[nodes[i] - 1] = space.Operations[rest % 3];
            yield return operations;
        }
    }

    private static Genotype Make(SearchSpace space, IReadOnlyList<int[]> wiring, string[] operations) => new(space, [new Cell(CellType.Normal,
        [.. space.Targets.SelectMany(target => wiring[target - 1].Select(source => new EdgeChoice(target <= operations.Length ? operations[target - 1] : "output", source, target)))])]);
}
