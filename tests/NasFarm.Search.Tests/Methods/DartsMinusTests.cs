using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

public sealed class DartsMinusTests
{
    private const string Nb201 = "nas-bench-201";

    /// <summary>On NAS-Bench-201 every auxiliary skip is the identity: β of it is β more on the weight of the skip connection of its edge, and a
    /// row then adds up to 1 + β.</summary>
    [Theory, InlineData(0, 1.0), InlineData(20, 0.6), InlineData(49, 0.02)]
    public void Both_steps_see_beta_times_a_skip_outside_the_softmax(int epoch, double beta)
    {
        using var one = new OneStep("darts-minus", epoch);
        using var darts = new OneStep("darts", epoch);
        var (step, plain) = (one.Step(), darts.Step());
        OneStep.Close(
            OneStep.Flat(plain.AlphaGradient(plain.Valid, rows => [.. rows.Select(r => WithSkips(r, beta))])),
            OneStep.Flat(one.Method.AlphaGradient(step)!), 1e-4);
        OneStep.Close(
            OneStep.Flat(plain.WeightGradient([.. plain.Mixtures().Select(r => WithSkips(r, beta))]).Gradients),
            OneStep.Flat(one.Method.WeightGradient(step).Gradients), 1e-4);
    }

    [Fact]
    public void Beta_follows_the_epoch_also_backwards_and_validation_sees_it()
    {
        using var one = new OneStep("darts-minus");
        double Validated(int epoch)
        {
            one.At(epoch);
            return one.Run.Measurements.Validate(default).MeanLoss;
        }
        var (first, later) = (Validated(0), Validated(40));
        Assert.NotEqual(first, later, 1e-3);
        Assert.Equal(first, Validated(0));
    }

    [Fact]
    public void Edges_that_halve_the_image_skip_by_a_reduction_whose_weights_train_and_are_kept()
    {
        using var one = new OneStep("darts-minus", space: "robust-s2");
        var skips = one.State.Net.ActiveParameters.Where(p => p.Name.Contains(".auxiliary.", StringComparison.Ordinal)).ToList();
        // Cells 1 and 2 of three reduce; each has eight edges from its two inputs, and a reduction is two convolutions.
        Assert.Equal(2 * 8 * 2, skips.Count);
        Assert.All(skips, p => Assert.Matches(@"^cells\.[12]\.auxiliary\.(0|1|2|3|5|6|9|10)\.conv_[12]\.weight$", p.Name));

        var before = OneStep.Flat(skips.Select(p => p.Value));
        one.Step().Take();
        Assert.All(before.Zip(OneStep.Flat(skips.Select(p => p.Value))), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Subset(one.State.Tensors().Select(t => t.Name).ToHashSet(), skips.Select(p => p.Name).ToHashSet());
    }

    [Fact]
    public void The_other_weights_begin_like_those_of_DARTS()
    {
        using var one = new OneStep("darts-minus", space: "robust-s2");
        using var darts = new OneStep("darts", space: "robust-s2");
        Assert.Equal(darts.Weights(), OneStep.Flat(one.State.Net.Weights.Parameters.Where(p => !p.Name.Contains("auxiliary", StringComparison.Ordinal)).Select(p => p.Value)));
    }

    [Fact]
    public void The_supernet_of_the_paper_has_a_square_of_the_channels_more_on_every_such_edge()
    {
        using var net = new DartsSupernet(SearchSpaces.Darts, 16, 8, 3, 10, 0, CPU, auxiliarySkips: true);
        Assert.Equal(1_930_618 + 8 * (32 * 32 + 64 * 64), net.Weights.ParameterCount);
    }

    [Fact]
    public void A_supernet_without_skips_to_relieve_has_no_auxiliary_ones() =>
        Assert.Contains("has no auxiliary skip connections", Assert.Throws<ArgumentException>(
            () => Supernet.Make(SearchSpaces.DeeperInsights, 2, 1, 1, 10, 0, CPU, auxiliarySkips: true)).Message);

    /// <summary>A reduction among the skips: node 2 of a reduction cell, by hand, from its two inputs.</summary>
    [Fact]
    public void A_reduction_reads_the_rectified_input_and_beta_scales_what_it_gives()
    {
        using var scope = NewDisposeScope();
        using var weights = new NetworkWeights(3, CPU);
        FactorizedReduce[] reductions = [new(weights, "a", 2, 2, BatchNormStyle.Search), new(weights, "b", 2, 2, BatchNormStyle.Search)];
        var skips = new AuxiliarySkips(SearchSpaces.Darts, edge => edge.Index < 2 ? reductions[edge.Index] : null);
        var random = new RandomStream(1, "test");
        Tensor[] inputs = [Normal(2, 2, 4, 4), Normal(2, 2, 4, 4)];
        var mixed = Normal(2, 2, 2, 2);

        var sum = skips.Beside(mixed, target: 2, beta: 0.25, [.. inputs.Select(x => new CellState(x, weights.Relu))], Mode.Evaluate);

        var expected = mixed.add(reductions[0].Forward(inputs[0].relu(), Mode.Evaluate).add(reductions[1].Forward(inputs[1].relu(), Mode.Evaluate)), alpha: 0.25);
        OneStep.Close(OneStep.Flat([expected]), OneStep.Flat([sum]), 1e-6);

        Tensor Normal(params long[] shape)
        {
            var values = new float[shape.Aggregate((a, b) => a * b)];
            random.FillNormal(values);
            return tensor(values, shape);
        }
    }

    private static Tensor WithSkips(Tensor rows, double beta)
    {
        var space = SearchSpaces.Get(Nb201);
        var add = new float[rows.numel()];
        foreach (var edge in space.Edges)
            add[edge.Index * space.Columns + space.OperationIndex(CellType.Normal, edge.Index, Operations.SkipConnect)] = (float)beta;
        return rows.add(tensor(add, [add.Length]));
    }
}
