using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.DerivedNetworks;
using NasFarm.Search.Networks;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Supernets;

/// <summary>The supernet of NAS-Bench-1Shot1, and the networks of NAS-Bench-101.</summary>
public sealed class NasBench1Shot1Tests
{
    [Theory]
    [InlineData("nas-bench-1shot1-1", "v3(0)|v1(0,1)|vm(1,2)|v3(2,3)|out(0,4)")]
    [InlineData("nas-bench-1shot1-1", "v3(0)|v1(0,1)|vm(1,2)|v3(2,3)|out(1,2)")]    // loose ends, and no way past the nodes
    [InlineData("nas-bench-1shot1-2", "vm(0)|vm(1)|v1(0,1)|v3(1,2)|out(0,1,4)")]
    [InlineData("nas-bench-1shot1-3", "v3(0)|v1(1)|vm(0)|v3(1,2)|v1(2,4)|out(3,5)")]
    public void One_cell_is_the_mixture_whose_weights_are_zeros_and_ones(string name, string text)
    {
        using var scope = NewDisposeScope();
        var genotype = GenotypeText.Parse(name, text);
        var space = genotype.Space;
        using var net = new NasBench1Shot1Supernet(space, 3, 3, 1, 10, 5, CPU);
        var x = tensor(Enumerable.Range(0, 2 * 12 * 12).Select(i => MathF.Sin(i)).ToArray(), [2, 1, 12, 12]);
        _ = net.Forward(x, [Uniform(space)], Mode.Train); // running statistics that say something

        var mixed = net.Forward(x, [OneHot(genotype)], Mode.Evaluate).data<float>().ToArray();
        net.SetDecisions(SinglePaths.Of(genotype));
        var single = net.Forward(x, [Uniform(space)], Mode.Evaluate).data<float>().ToArray();

        Assert.Equal(20, single.Length);
        Assert.All(mixed.Zip(single), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void One_cell_gives_gradients_to_exactly_the_weights_that_it_names()
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        foreach (var space in NasBench1Shot1.All)
            for (var draw = 0; draw < 8; draw++)
            {
                using var net = new NasBench1Shot1Supernet(space, 3, 3, 1, 10, 5, CPU);
                net.SetDecisions(SinglePaths.Draw(space, NoneRule.Excluded, random.Next));
                net.Forward(ones([2, 1, 8, 8]), [Uniform(space)], Mode.Train).sum().backward();
                Assert.Equal(net.Weights.Parameters.Where(p => p.Value.grad is not null).Select(p => p.Name), net.ActiveParameters.Select(p => p.Name));
            }
    }

    [Fact]
    public void The_whole_supernet_comes_back_when_nothing_is_decided()
    {
        var space = NasBench1Shot1.All[0];
        using var net = new NasBench1Shot1Supernet(space, 3, 3, 1, 10, 5, CPU);
        net.SetDecisions(SinglePaths.Draw(space, NoneRule.Excluded, new Random(1).Next));
        Assert.True(net.ActiveParameters.Count < net.Weights.Parameters.Count);
        net.SetDecisions(CellDecisions.Start(space));
        Assert.Equal(net.Weights.Parameters.Count, net.ActiveParameters.Count);

        var some = CellDecisions.Start(space)[0];
        Assert.Contains("14 of 15 edges are undecided", Assert.Throws<ArgumentException>(
            () => net.SetDecisions([some.Decide(0, "maxpool3x3")])).Message);
    }

    /// <summary>Every row has an effect of its own, and a softmax of its own: the rows begin where the catalog says.</summary>
    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Every_weight_of_every_row_changes_the_output(int number)
    {
        using var scope = NewDisposeScope();
        var space = NasBench1Shot1.All[number];
        using var net = new NasBench1Shot1Supernet(space, 3, 3, 1, 10, 5, CPU);
        var mixture = Uniform(space).requires_grad_(true);
        var x = tensor(Enumerable.Range(0, 3 * 8 * 8).Select(i => MathF.Sin(i)).ToArray(), [3, 1, 8, 8]);
        (net.Forward(x, [mixture], Mode.Train) * tensor(Enumerable.Range(0, 30).Select(i => MathF.Cos(i)).ToArray(), [3, 10])).sum().backward();

        Assert.All(mixture.grad!.data<float>().ToArray(), g => Assert.NotEqual(0f, g));
        Assert.Equal(space.RowLengths.Sum(), mixture.numel());
    }

    [Fact]
    public void Mixtures_are_a_softmax_per_row()
    {
        using var scope = NewDisposeScope();
        var space = NasBench1Shot1.All[1];
        using var alphas = new Alphas(space, 1, seed: 4, CPU);
        var weights = alphas.Mixtures()[0].data<float>().ToArray();

        Assert.Equal(space.RowLengths.Select(length => (long)length), alphas.Vectors[0].Select(v => v.numel()));
        foreach (var (row, length) in space.RowLengths.Index())
            Assert.Equal(1, weights.Skip(space.FirstOf(row)).Take(length).Sum(), 1e-5f);
        Assert.Equal(Enumerable.Range(0, space.RowLengths.Count), alphas.Trainable(CellDecisions.Start(space)));
    }

    [Fact]
    public void Running_statistics_of_the_supernet_are_those_of_the_last_batch_and_those_of_a_derived_network_of_many()
    {
        using var scope = NewDisposeScope();
        var genotype = GenotypeText.Parse("nas-bench-1shot1-1", "v3(0)|v1(0,1)|vm(1,2)|v3(2,3)|out(0,4)");
        using var super = new NasBench1Shot1Supernet(genotype.Space, 3, 3, 1, 10, 5, CPU);
        using var derived = new NasBench101Network(genotype, 4, 3, 1, 10, 5, CPU);
        float Ratio(NetworkWeights weights, Action forward)
        {
            float Mean() => weights.Buffers.First(b => b.Name == "stem.op.1.running_mean").Value.data<float>()[0];
            forward();
            var first = Mean();
            forward();
            return Mean() / first;
        }

        Assert.Equal(1.003f, Ratio(super.Weights, () => super.Forward(ones([2, 1, 8, 8]), [Uniform(genotype.Space)], Mode.Train)), 1e-4f);
        Assert.Equal(1.997f, Ratio(derived.Weights, () => derived.Forward(ones([2, 1, 8, 8]), Mode.Train, null)), 1e-4f);
    }

    [Fact]
    public void Pooling_between_stacks_pads_in_the_supernet_and_not_in_a_derived_network()
    {
        using var scope = NewDisposeScope();
        var genotype = GenotypeText.Parse("nas-bench-1shot1-2", "v3(0)|vm(1)|v1(0,1)|v3(1,2)|out(0,1,4)");
        using var super = new NasBench1Shot1Supernet(genotype.Space, 3, 9, 3, 7, 0, CPU);
        using var derived = new NasBench101Network(genotype, 5, 9, 3, 7, 0, CPU);

        Assert.Equal([2, 7], super.Forward(ones([2, 3, 14, 14]), [Uniform(genotype.Space)], Mode.Train).shape);
        // Two poolings leave nothing of one pixel, unless they pad.
        Assert.Equal([2, 7], super.Forward(ones([2, 3, 1, 1]), [Uniform(genotype.Space)], Mode.Train).shape);
        Assert.Equal([2, 7], derived.Forward(ones([2, 3, 12, 12]), Mode.Train, null).Logits.shape);
        Assert.Contains("divisible by 4", Assert.Throws<ArgumentException>(() => derived.Forward(ones([2, 3, 14, 14]), Mode.Train, null)).Message);
    }

    private static Tensor Uniform(SearchSpace space) =>
        tensor(space.RowLengths.SelectMany(length => Enumerable.Repeat(1f / length, length)).ToArray(), [space.RowLengths.Sum()]);

    private static Tensor OneHot(Genotype genotype)
    {
        var (space, rows) = (genotype.Space, genotype.Space.NodeRows!);
        return tensor(rows.All.SelectMany(row => Enumerable.Range(0, row.Candidates).Select(candidate =>
            (row.OfOperations
                ? genotype.Normal.Edges.First(e => e.Target == row.Target).Operation == space.Operations[candidate]
                : genotype.Normal.Edges.Any(e => e.Target == row.Target && e.Source == candidate)) ? 1f : 0f)).ToArray(), [space.RowLengths.Sum()]);
    }
}
