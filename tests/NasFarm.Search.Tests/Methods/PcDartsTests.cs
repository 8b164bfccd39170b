using NasFarm.Search.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

/// <summary>spec/algorithms.md §5; the channels are in PartialChannelsTests.</summary>
public sealed class PcDartsTests
{
    [Fact]
    public void Logits_of_operations_and_edges_rest_before_epoch_15_and_move_together_from_there()
    {
        using var one = new OneStep("pc-darts", epoch: 14, space: "sgas-es");
        var (weights, before) = (one.Weights(), one.Alphas());
        Assert.Equal(2 * 14 * 5 + 2 * 14, before.Length);
        one.Step().Take();
        Assert.Equal(before, one.Alphas());
        Assert.NotEqual(weights, one.Weights());
        Assert.All(one.State.Moments.Steps, steps => Assert.Equal(0, steps));

        one.At(15);
        one.Step().Take();
        Assert.All(one.State.Moments.Steps, steps => Assert.Equal(1, steps));
        // Adam's first step is the learning rate, whatever the gradient: every logit of an edge has moved.
        Assert.All(before.Zip(one.Alphas()).TakeLast(28), pair => Assert.NotEqual(pair.First, pair.Second));
    }

    /// <summary>A softmax does not change with a constant on all its logits: over the edges into one node the gradients add up to 0.</summary>
    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void Edges_compete_within_their_node_and_each_cell_type_for_itself(string name)
    {
        using var one = new OneStep("pc-darts", epoch: 20, space: name);
        var space = one.State.Space;
        var gradients = one.Method.AlphaGradient(one.Step())!.TakeLast(space.CellTypes.Count).Select(g => OneStep.Flat([g])).ToList();
        foreach (var g in gradients)
        {
            var size = g.Max(Math.Abs);
            Assert.True(size > 1e-5, $"the largest gradient of an edge is {size}");
            Assert.All(space.Targets, target => Assert.Equal(0, space.EdgesInto(target).Sum(e => g[e.Index]) / size, 1e-3f));
            Assert.Contains(space.Targets, target => space.EdgesInto(target).Take(1).Any(e => Math.Abs(g[e.Index]) > 0.01 * size));
        }
    }

    [Fact]
    public void The_row_of_an_edge_adds_up_to_its_share_and_the_two_cell_types_have_logits_of_their_own()
    {
        using var one = new OneStep("pc-darts", space: "sgas-es");
        float[] Row(int type, int edge) => OneStep.Flat([one.State.Alphas.Mixtures()[type]]).AsSpan(edge * 5, 5).ToArray();
        var (normal, reduce) = (Row(0, 1), Row(1, 1));
        using (no_grad())
            one.State.Alphas.Edges!.Vectors[1].copy_(tensor([.. Enumerable.Range(0, 14).Select(e => e == 1 ? MathF.Log(3) : 0f)], [14]));
        Assert.Equal(normal, Row(0, 1));
        Assert.NotEqual(reduce, Row(1, 1));
        Assert.Equal(0.75f, Row(1, 1).Sum(), 1e-5f);
        Assert.Equal(0.25f, Row(1, 0).Sum(), 1e-5f);
        Assert.Equal(1f / 3, Row(1, 2).Sum(), 1e-5f);
    }

    [Fact]
    public void The_genotype_follows_the_shares_of_the_edges()
    {
        using var one = new OneStep("pc-darts", space: "sgas-es", settings: ("alphaInitialScale", 0.0));
        using (no_grad())
            one.State.Alphas.Edges!.Vectors[0].copy_(tensor([.. Enumerable.Range(0, 14).Select(e => 0.1f * e)], [14]));
        Assert.Equal([1, 0, 2, 1, 3, 2, 4, 3], one.Run.Genotype().Normal.Edges.Select(e => e.Source));
        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], one.Run.Genotype().Reduce!.Edges.Select(e => e.Source));
    }

    [Fact]
    public void Lambda_max_is_measured_over_the_logits_of_operations_alone()
    {
        using var one = new OneStep("pc-darts");
        Assert.Equal(30, AlphaCurvature.FullHessian(one.State, [one.Step().Valid], 0).GetLength(0));
        Assert.Equal(36, one.State.TrainableAlphas().Sum(a => a.numel()));
    }

    [Fact]
    public void A_checkpoint_holds_the_logits_of_the_edges_and_their_moments()
    {
        using var one = new OneStep("pc-darts", space: "sgas-es");
        var names = one.State.Tensors().Select(t => t.Name).ToHashSet();
        Assert.Superset(new HashSet<string> { "beta.normal", "beta.reduce", "adam.first.beta.normal", "adam.second.beta.reduce" }, names);
        using var darts = new OneStep("darts", space: "sgas-es");
        Assert.DoesNotContain(darts.State.Tensors(), t => t.Name.Contains("beta.", StringComparison.Ordinal));
    }
}
