using NasFarm.Search.Optimizers;
using NasFarm.Search.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Phases;

/// <summary>The architecture gradients against what they claim to be.</summary>
public sealed class ArchitectTests
{
    private static readonly SgdOptions Sgd = new(0.05, 0.9, 3e-4, Nesterov: false, Clip: 0);

    [Fact]
    public void The_unrolled_toy_gives_its_golden_gradient()
    {
        // spec/algorithms.md §21.2: L_tr = ½(w − a)², L_val = ½(w − 1)², w .5, a .2, ξ .1, momentum .9, buffer .2, decay .1.
        using var scope = NewDisposeScope();
        var w = tensor(new[] { 0.5f }, [1]).requires_grad_(true);
        var a = tensor(new[] { 0.2f }, [1]).requires_grad_(true);
        Tensor Train() => w.sub(a).pow(2).mul(0.5).sum();
        Tensor Valid() => w.sub(1).pow(2).mul(0.5).add(a.mul(0)).sum();
        var unrolled = double.NaN;
        var v = double.NaN;
        var gradient = UnrolledGradient.Of([w], [tensor(new[] { 0.2f }, [1])], new(0.1, 0.9, 0.1, Nesterov: false, Clip: 0),
            trainWeights: () => Architect.LossGradients(Train(), [w]),
            trainAlphas: () => Architect.LossGradients(Train(), [a]),
            validBoth: () =>
            {
                unrolled = w.detach().item<float>();
                var both = Architect.LossGradients(Valid(), [w, a]);
                v = both[0].item<float>();
                return ([both[0]], [both[1]]);
            });
        Assert.Equal(0.447, unrolled, 6);
        Assert.Equal(-0.553, v, 6);
        Assert.Equal(-0.0553, gradient[0].item<float>(), 5);
        Assert.Equal(0.5f, w.detach().item<float>());
    }

    [Fact]
    public void With_a_step_of_nothing_the_second_order_is_the_first()
    {
        using var scope = NewDisposeScope();
        using var run = Open();
        var (train, valid) = Batches(run);
        var first = Flat(Architect.FirstOrder(run.State, valid));
        var second = Flat(Architect.SecondOrder(run.State, train, valid, Sgd with { LearningRate = 0 }));
        Assert.All(first.Zip(second), pair => Assert.Equal(pair.First, pair.Second, 6));
    }

    [Fact]
    public void Weights_return_from_the_unrolled_step_to_the_bit()
    {
        using var scope = NewDisposeScope();
        using var run = Open();
        var (train, valid) = Batches(run);
        float[][] Weights() => [.. run.State.Net.Weights.Parameters.Select(p => p.Value.detach().data<float>().ToArray())];
        var before = Weights();
        _ = Architect.SecondOrder(run.State, train, valid, Sgd);
        Assert.All(before.Zip(Weights()), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));
    }

    [Fact]
    public void Decided_edges_get_no_gradient_and_their_logits_do_not_move()
    {
        using var scope = NewDisposeScope();
        using var run = Open();
        run.DecideEdges();
        var trainable = run.State.TrainableAlphas();
        Assert.Equal(5, trainable.Count);
        Assert.Equal(5, Architect.FirstOrder(run.State, Batches(run).Valid).Count);
    }

    private static SearchRun Open() => TinySearch.Open(
        TinySearch.Unit("sgas", settings: [("lambdaMax", false), ("alphaInitialScale", 0.5)]), new MemorySink(Path.Combine(Path.GetTempPath(), "nasfarm-never-written")));

    private static (Batch Train, Batch Valid) Batches(SearchRun run)
    {
        var data = new SearchData(TinySearch.Images(), run.Unit.SeedRun.Data, 3, CPU);
        return (data.WeightBatch(0, 0, 32), data.AlphaBatch(0, 0, 32));
    }

    private static double[] Flat(IEnumerable<Tensor> tensors) => [.. tensors.SelectMany(t => t.data<float>().ToArray()).Select(x => (double)x)];
}
