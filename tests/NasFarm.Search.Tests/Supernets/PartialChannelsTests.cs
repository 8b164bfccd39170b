using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Networks;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Supernets;

/// <summary>spec/algorithms.md §5.</summary>
public sealed class PartialChannelsTests
{
    private static readonly SearchSpace Space = SearchSpaces.NasBench201;

    [Fact]
    public void What_went_through_operations_comes_first_and_the_channels_are_shuffled_in_four_groups()
    {
        using var scope = NewDisposeScope();
        var joined = new PartialChannels(Space, 4).Joined(Counting(0, 2), Counting(2, 6));
        Assert.Equal([0f, 2, 4, 6, 1, 3, 5, 7], joined.data<float>().ToArray());

        static Tensor Counting(int from, int count) => tensor([.. Enumerable.Range(from, count).Select(i => (float)i)], [1, count, 1, 1]);
    }

    [Fact]
    public void A_strided_edge_is_passed_by_a_max_pooling_of_two_by_two()
    {
        using var scope = NewDisposeScope();
        var whole = Random([2, 8, 4, 4], "whole");
        var state = new CellState(whole, new(), 4);
        Assert.Equal(Values(whole.narrow(1, 0, 2)), Values(state.Value));
        Assert.Equal(Values(whole.narrow(1, 2, 6)), Values(state.Past(1)));
        var (all, pooled) = (Values(whole), Values(state.Past(2)));
        Assert.Equal(2 * 6 * 2 * 2, pooled.Length);
        for (var i = 0; i < pooled.Length; i++)
        {
            var (image, channel, row, column) = (i / 24, 2 + i / 4 % 6, i / 2 % 2, i % 2);
            float At(int r, int c) => all[((image * 8 + channel) * 4 + 2 * row + r) * 4 + 2 * column + c];
            Assert.Equal(new[] { At(0, 0), At(0, 1), At(1, 0), At(1, 1) }.Max(), pooled[i]);
        }
    }

    /// <summary>As the paper has it, edge by edge: concatenate, shuffle, weigh by the edge's share, add up.</summary>
    [Fact]
    public void A_node_is_the_sum_of_its_edges_each_with_its_share()
    {
        using var scope = NewDisposeScope();
        const int Node = 2; // three edges, 3 to 5
        var partial = new PartialChannels(Space, 4);
        using var plan = new CellPlan(Space, CellDecisions.Start(Space)[0], CPU);
        using var alphas = new Alphas(Space, 1, 5, CPU, normaliseEdges: true);
        List<CellState> states = [.. Enumerable.Range(0, 3).Select(i => partial.State(Random([2, 8, 4, 4], $"state{i}"), new()))];
        Tensor Output(Term t, CellState source) => source.Value * (1f + t.Edge + 10 * t.Operation);

        var node = partial.Node(plan, Node, alphas.Mixtures()[0], states, Mode.Train, Output, _ => 1, dropPath: null);

        var (rows, shares) = (alphas.Values()[0], EdgeNormalisation.Shares(Space, alphas.Edges!.Values()[0]));
        var expected = Space.EdgesInto(Space.Targets[Node]).Select(edge =>
        {
            var (weights, source) = (Softmax.Of(rows[edge.Index]), states[edge.Source]);
            var mixed = Enumerable.Range(1, 4).Select(o => Output(new(edge.Index, edge.Source, o), source) * (float)weights[o]).Aggregate((a, b) => a + b);
            return partial.Joined(mixed, source.Past(1)) * (float)shares[edge.Index];
        }).Aggregate((a, b) => a + b);
        Assert.All(Values(expected).Zip(Values(node)), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es"), InlineData("robust-s4")]
    public void Operations_have_a_quarter_of_the_channels_and_the_rest_of_the_network_all_of_them(string name)
    {
        var space = SearchSpaces.Get(name);
        var cells = space.Family == SpaceFamily.Darts ? 3 : 1;
        using var partial = Supernet.Make(space, 16, cells, 1, 10, 0, CPU, partialChannels: 4);
        using var narrow = Supernet.Make(space, 4, cells, 1, 10, 0, CPU);
        using var wide = Supernet.Make(space, 16, cells, 1, 10, 0, CPU);
        Assert.Equal(Shapes(narrow, edges: true), Shapes(partial, edges: true));
        Assert.Equal(Shapes(wide, edges: false), Shapes(partial, edges: false));

        static List<string> Shapes(ISupernet net, bool edges) => [.. net.Weights.Parameters.Where(p => p.Name.Contains(".edges.", StringComparison.Ordinal) == edges)
            .Select(p => $"{p.Name} {string.Join('x', p.Value.shape)}")];
    }

    [Fact]
    public void Channels_that_K_does_not_divide_are_refused() =>
        Assert.Contains("6 channels cannot send one in 4", Assert.Throws<ArgumentException>(() => new NasBench201Supernet(6, 1, 1, 10, 0, CPU, partialChannels: 4)).Message);

    [Theory, InlineData("nas-bench-macro"), InlineData("deeper-insights")]
    public void A_network_that_has_none_says_so(string space) =>
        Assert.Contains("all channels", Assert.Throws<ArgumentException>(() => Supernet.Make(SearchSpaces.Get(space), 8, 8, 1, 10, 0, CPU, partialChannels: 4)).Message);

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void It_runs_no_single_path(string name)
    {
        var space = SearchSpaces.Get(name);
        using var net = Supernet.Make(space, 8, 3, 1, 10, 0, CPU, partialChannels: 4);
        var path = SinglePaths.Draw(space, NoneRule.Excluded, new RandomStream(1, StreamNames.RandomArchitecture).NextInt);
        Assert.Contains("no single path", Assert.Throws<InvalidOperationException>(() => net.SetDecisions(path)).Message);
    }

    private static Tensor Random(long[] shape, string part)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        new RandomStream(1, StreamNames.InitialWeights, part: part).FillNormal(values);
        return tensor(values, shape);
    }

    private static float[] Values(Tensor x) => x.contiguous().data<float>().ToArray();
}
