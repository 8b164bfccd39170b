using NasFarm.Catalog.Alignment;
using NasFarm.Search.Methods;
using NasFarm.Search.Supernets;
using NasFarm.Search.Tests.Data;
using NasFarm.Search.Tests.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

public sealed class LambdaDartsTests
{
    [Fact]
    public void In_the_first_epoch_it_is_DARTS()
    {
        using var one = new OneStep("lambda-darts");
        using var darts = new OneStep("darts", settings: [("alphaLearningRate", 0.1)]);
        one.Step().Take();
        darts.Step().Take();
        Assert.Equal(darts.Weights(), one.Weights());
    }

    [Fact]
    public void The_regulariser_moves_the_weights_and_not_the_alphas()
    {
        using var one = new OneStep("lambda-darts", epoch: 49, settings: [("epochs", 50)]);
        using var darts = new OneStep("darts", epoch: 49);
        var step = one.Step();
        step.Take();
        darts.Step().Take();
        Assert.Equal(darts.Alphas(), one.Alphas());
        Assert.NotEqual(darts.Weights(), one.Weights());
        Assert.Equal((3, 1), (step.Spent.Weights, step.Spent.Alphas));
    }

    /// <summary>L = Σ_l A_lᵀ B_l w has g_l = B_l w, and the finite difference is exact: r = −∇w Λ. On a network of ReLUs it is not, because of the
    /// kinks that lie within its step; that is the method as published.</summary>
    [Fact]
    public void The_regulariser_is_minus_the_gradient_of_the_alignment_with_respect_to_the_weights()
    {
        using var scope = NewDisposeScope();
        double[][,] b = [new double[,] { { 1, 0.5 }, { -0.3, 2 } }, new double[,] { { 0.2, 1 }, { 1.5, -0.4 } }, new double[,] { { 2, 1 }, { 0.1, 0.7 } }];
        double[] w = [0.8, -0.6];
        double[][] Gradients(double[] at) => [.. b.Select(m => new[] { m[0, 0] * at[0] + m[0, 1] * at[1], m[1, 0] * at[0] + m[1, 1] * at[1] })];
        var mixtures = b.Select((_, l) => tensor(new[] { 0.1f * l, 0.3f }, [2])).ToList();

        var r = LambdaDarts.Regulariser(mixtures, LayerAlignment.CosineDirections(Gradients(w)), step: 0.1, weights: layers =>
        {
            var a = layers.Select(t => t.data<float>().ToArray()).ToList();
            float Slope(int i) => (float)b.Select((m, l) => m[0, i] * a[l][0] + m[1, i] * a[l][1]).Sum();
            return [tensor(new[] { Slope(0), Slope(1) }, [2])];
        })!;

        for (var i = 0; i < 2; i++)
        {
            double[] Moved(double distance) => [.. w.Select((x, k) => k == i ? x + distance : x)];
            var slope = (LayerAlignment.Cosine(Gradients(Moved(1e-5))) - LayerAlignment.Cosine(Gradients(Moved(-1e-5)))) / 2e-5;
            Assert.Equal(-slope, r[0].data<float>().ToArray()[i], 1e-4);
        }
    }

    [Theory, InlineData("cosine"), InlineData("sign")]
    public void Following_the_regulariser_raises_the_alignment_of_the_layers(string alignment)
    {
        using var one = new OneStep("lambda-darts", epoch: 49, settings: [("epochs", 50), ("alignment", alignment), ("alignmentStep", 1e-2)]);
        var r = Regulariser(one);
        var size = Math.Sqrt(r.Sum(t => (double)t.mul(t).sum().item<float>()));
        double Aligned(double distance)
        {
            one.SetWeights(r, distance / size);
            var measured = Alignment(one, alignment);
            one.SetWeights(r, -distance / size);
            return measured;
        }
        var (up, here, down) = (Aligned(-0.02), Aligned(0), Aligned(+0.02));
        Assert.True(up > here && here > down, $"{up} {here} {down}");
    }

    [Fact]
    public void Its_weight_grows_linearly_over_the_epochs()
    {
        float[] Extra(int epoch)
        {
            using var one = new OneStep("lambda-darts", epoch, settings: ("epochs", 50));
            return OneStep.Flat(Regulariser(one));
        }
        OneStep.Close([.. Extra(49).Select(x => x * 7 / 49)], Extra(7), 1e-3);
    }

    [Fact]
    public void Reduction_layers_are_no_party()
    {
        using var one = new OneStep("lambda-darts", epoch: 49, space: "sgas-es", cells: 4, settings: ("epochs", 50));
        Assert.Equal([0, 1, 1, 0], one.State.Net.LayerTypes);
        var step = one.Step();
        var shared = step.Mixtures();
        List<Tensor> normal = [shared[0].clone().requires_grad_(true), shared[0].clone().requires_grad_(true)];
        var plain = step.WeightGradient([normal[0], shared[1], shared[1], normal[1]], also: normal, out var g).Gradients;
        var directions = LayerAlignment.CosineDirections(MixtureRows.Of(g, one.State.Space.RowLengths).Types);
        var r = LambdaDarts.Regulariser([.. normal.Select(a => a.detach())], directions, step.Settings.Double("alignmentStep"),
            moved => step.WeightGradient([moved[0], shared[1], shared[1], moved[1]], also: [], out _).Gradients)!;

        var taken = OneStep.Flat(one.Method.WeightGradient(one.Step()).Gradients);

        OneStep.Close(OneStep.Flat(plain.Select((gradient, i) => gradient.add(r[i], alpha: 0.125))), taken, 1e-3);
        Assert.NotEqual(OneStep.Flat(plain), taken);
    }

    [Theory, InlineData("cosine"), InlineData("sign")]
    public void The_alignment_on_the_last_minibatch_is_recorded_and_leaves_no_trace(string alignment)
    {
        using var one = new OneStep("lambda-darts", settings: ("alignment", alignment));
        var expected = Alignment(one, alignment, index: 2);
        var (alphas, statistics) = (one.Alphas(), one.Statistics());
        var (name, value) = Assert.Single(one.Method.Measured(one.Run));
        Assert.Equal("layer_alignment", name);
        Assert.Equal(expected, value, 1e-4);
        Assert.Equal(statistics, one.Statistics().AsEnumerable());
        Assert.Equal(alphas, one.Alphas());
        Assert.NotEqual(Alignment(one, alignment, index: 0), value, 1e-4);
    }

    [Fact]
    public void Every_epoch_records_it_and_counts_its_gradient()
    {
        using var folder = new TemporaryFolder();
        var sink = new MemorySink(folder["run"]);
        using var run = TinySearch.Open(TinySearch.Unit("lambda-darts", settings: [("epochs", 2), ("lambdaMax", false)]), sink);
        run.RestOfPhase();
        Assert.Equal([0L, 1], sink.Metrics.Where(m => m.Name == "layer_alignment").Select(m => m.Step));
        Assert.Equal(2, run.State.Progress.Gradients.Hessian);
    }

    /// <summary>What the method adds to the gradient of the loss: λ r.</summary>
    private static List<Tensor> Regulariser(OneStep one)
    {
        var step = one.Step();
        var plain = step.WeightGradient(step.Mixtures()).Gradients;
        var lambda = 0.125;
        return [.. one.Method.WeightGradient(one.Step()).Gradients.Zip(plain, (with, without) => with.sub(without).div(lambda))];
    }

    private static double Alignment(OneStep one, string alignment, int index = 0)
    {
        var step = one.Step(index);
        var layers = one.State.Net.LayerTypes.Select(type => step.Mixtures()[type].clone().requires_grad_(true)).ToList();
        _ = step.WeightGradient(layers, layers, out var gradients);
        var rows = MixtureRows.Of(gradients, one.State.Space.RowLengths).Types;
        return alignment == "cosine" ? LayerAlignment.Cosine(rows) : LayerAlignment.Sign(rows);
    }
}
