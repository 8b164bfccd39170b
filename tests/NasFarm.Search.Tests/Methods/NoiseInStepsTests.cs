using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Methods;

/// <summary>Steps on S4, half of whose operations are noise (spec/search-spaces.md §3.2).</summary>
public sealed class NoiseInStepsTests
{
    private const string S4 = "robust-s4";

    /// <summary>Passes that see noise of their own: the two ends of a difference are one. Second order: for w′, at w′, the ends. A2M: g, g̃, the
    /// ends. Λ-DARTS: the layers' gradients, the ends.</summary>
    [Theory]
    [InlineData("r-darts-l2", true, 0, 3)]
    [InlineData("a2m", true, 0, 3)]
    [InlineData("lambda-darts", false, 49, 2)]
    public void Both_ends_of_a_finite_difference_see_the_same_noise(string method, bool ofAlphas, int epoch, int passes)
    {
        // Five cells, so that Λ-DARTS has layers to align.
        using var one = new OneStep(method, epoch, S4, cells: 5, settings: ("alphaInitialScale", 0.5));
        using var fresh = new OneStep(method, epoch, S4, cells: 5, settings: ("alphaInitialScale", 0.5));
        if (ofAlphas)
            _ = one.Method.AlphaGradient(one.Step());
        else
            _ = one.Method.WeightGradient(one.Step());
        for (var pass = 0; pass < passes; pass++)
            _ = Logits(fresh);
        Assert.Equal(Logits(fresh), Logits(one));
    }

    [Fact]
    public void The_second_end_comes_after_the_noise_is_told_to_repeat()
    {
        using var scope = NewDisposeScope();
        var (w, events) = (tensor(new[] { 0.5f }, [1]).requires_grad_(true), new List<string>());
        IReadOnlyList<Tensor> One(string name)
        {
            events.Add(name);
            return [ones([1])];
        }
        _ = UnrolledGradient.Of([w], [zeros([1])], new(0.1, 0, 0, Nesterov: false, Clip: 0),
            () => One("w"), () => One("end"), () => (One("valid"), One("valid")), () => events.Add("repeat"));
        Assert.Equal(["w", "valid", "valid", "end", "repeat", "end"], events);
    }

    [Fact]
    public void Noise_that_repeats_is_the_noise_of_the_last_pass_and_the_next_is_new()
    {
        using var scope = NewDisposeScope();
        var noise = new NoiseSource(seed: 4);
        float[] Pass()
        {
            noise.NextForward(Mode.Train);
            return noise.Like(zeros([1, 2, 2, 2]), stride: 1, "here").data<float>().ToArray();
        }
        _ = Pass();
        var second = Pass();
        noise.Repeat();
        Assert.Equal(second, Pass());
        Assert.NotEqual(second, Pass());
    }

    [Fact]
    public void Weights_behind_edges_that_are_all_noise_have_a_gradient_of_zero_and_the_classifier_learns()
    {
        using var one = new OneStep("darts", space: S4);
        one.State.Net.SetDecisions(SinglePaths.Draw(SearchSpaces.Get(S4), NoneRule.Excluded, _ => 0));
        var active = one.State.Net.ActiveParameters;
        var step = one.Step();
        var gradients = step.WeightGradient(step.Mixtures()).Gradients;
        Assert.Equal(active.Select(p => p.Value.shape), gradients.Select(g => g.shape));
        var moved = active.Zip(gradients).Where(p => OneStep.Flat([p.Second]).Any(x => x != 0)).Select(p => p.First.Name).ToList();
        Assert.Equal(["classifier.bias", "classifier.weight"], moved.Order());
    }

    private static float[] Logits(OneStep one) =>
        OneStep.Flat([one.State.Net.Forward(one.Step().Train.Images, one.State.Alphas.Mixtures(), Mode.Train)]);
}
