using NasFarm.Catalog.Dirichlet;
using NasFarm.Search.Methods;
using NasFarm.Search.Networks;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Tests.Methods;

public sealed class DrNasTests
{
    private static OneStep One(string space = "nas-bench-201", params (string, object)[] settings) =>
        new("drnas", space: space, settings: [.. settings, .. settings.Any(s => s.Item1 == "alphaFromEpoch") ? [] : new (string, object)[] { ("alphaFromEpoch", 0) }]);

    [Fact]
    public void The_weights_train_under_rows_drawn_from_Dirichlet_distributions_as_they_are()
    {
        using var one = One();
        var (step, random) = (one.Step(), one.Step().Random(StreamNames.Dirichlet, "weights"));
        float[] rows = [.. one.State.Alphas.Values()[0].SelectMany(logits => DirichletRow.Draw(
            [.. logits.Select(a => a > 0 ? a + 1 : Math.Exp(a))], random.NextNormal, () => 1 - random.NextDouble()).Weights).Select(x => (float)x)];
        Assert.Equal(
            OneStep.Flat(step.WeightGradient([tensor(rows, [rows.Length])]).Gradients),
            OneStep.Flat(one.Method.WeightGradient(one.Step()).Gradients));
    }

    [Theory, InlineData("nas-bench-201"), InlineData("sgas-es")]
    public void The_alphas_follow_the_loss_through_the_draw(string space)
    {
        using var one = One(space);
        var step = one.Step();
        var draws = DrNas.Draws(step, "alpha");
        var leaves = draws.Select(type =>
        {
            float[] rows = [.. type.SelectMany(row => row.Weights).Select(x => (float)x)];
            return tensor(rows, [rows.Length]).requires_grad_(true);
        }).ToList();
        var loss = F.cross_entropy(one.State.Net.Forward(step.Valid.Images, leaves, Mode.Train), step.Valid.Labels);
        var byWeights = Architect.LossGradients(loss, leaves).Select(t => t.data<float>().ToArray()).ToList();

        var expected = new List<float>();
        foreach (var (t, type) in draws.Index())
            foreach (var (edge, row) in type.Index())
                for (var j = 0; j < row.Weights.Count; j++)
                {
                    var byConcentration = row.Weights.Select((x, i) => byWeights[t][edge * row.Weights.Count + i]
                        * x * ((i == j ? 1 : 0) - row.Weights[j]) * row.Slopes[j]).Sum();
                    expected.Add((float)(byConcentration * Concentration.Slope(one.State.Alphas.Values()[t][edge][j])));
                }

        var taken = one.Step();
        OneStep.Close([.. expected], OneStep.Flat(one.Method.AlphaGradient(taken)!), 1e-4);
        Assert.Equal((0, 1), (taken.Spent.Weights, taken.Spent.Alphas));
    }

    [Fact]
    public void Every_step_and_either_update_draws_rows_of_its_own_and_the_same_ones_again()
    {
        using var one = One();
        string Drawn(int index, string purpose) => string.Join(' ', DrNas.Draws(one.Step(index), purpose).SelectMany(type => type).SelectMany(row => row.Weights));
        string[] drawn = [Drawn(0, "alpha"), Drawn(0, "weights"), Drawn(1, "alpha"), Drawn(1, "weights")];
        Assert.Equal(4, drawn.Distinct().Count());
        Assert.Equal(drawn[2], Drawn(1, "alpha"));
    }

    [Fact]
    public void The_logits_rest_until_their_epoch_comes()
    {
        using var one = One(settings: ("alphaFromEpoch", 2));
        one.At(1);
        Assert.Null(one.Method.AlphaGradient(one.Step()));
        one.At(2);
        Assert.NotNull(one.Method.AlphaGradient(one.Step()));
    }

    [Fact]
    public void The_divergence_from_the_anchor_pulls_the_logits_and_nothing_else()
    {
        using var with = One(settings: [("anchorDivergence", 0.5), ("alphaWeightDecay", 0.0)]);
        using var without = One(settings: ("alphaWeightDecay", 0.0));
        var pull = OneStep.Flat(with.Method.AlphaGradient(with.Step())!).Zip(OneStep.Flat(without.Method.AlphaGradient(without.Step())!), (a, b) => a - b);
        float[] expected = [.. with.State.Alphas.Values()[0].SelectMany(logits =>
            Anchor.DivergenceGradient(Concentration.Of(logits)).Zip(logits, (g, a) => (float)(0.5 * g * Concentration.Slope(a))))];
        OneStep.Close(expected, [.. pull], 1e-4);
        Assert.Equal(OneStep.Flat(without.Method.WeightGradient(without.Step()).Gradients), OneStep.Flat(with.Method.WeightGradient(with.Step()).Gradients));
    }

    [Fact]
    public void Validation_and_curvature_see_the_mean_of_the_distributions()
    {
        using var one = One();
        float[] means = [.. one.State.Alphas.Values()[0].SelectMany(logits =>
        {
            var c = Concentration.Of(logits);
            return c.Select(x => (float)(x / c.Sum()));
        })];
        OneStep.Close(means, OneStep.Flat(one.State.Alphas.Mixtures()), 1e-6);
        Assert.Equal(one.Run.Measurements.Validate(default), one.Run.Measurements.Validate(default));
    }

    /// <summary>The logits of a zero row and of either sign: the tensors' derivative of the mean is that of c/Σc, whose c has slope 1 at 0 too.</summary>
    [Fact]
    public void The_mean_has_the_slopes_of_the_concentrations()
    {
        using var one = One();
        var vector = one.State.Alphas.Vectors[0][0];
        using (no_grad())
            vector.copy_(tensor(new[] { 0f, 0.8f, -0.6f, 0f, 1.5f }, [5]));
        double[] logits = [0, 0.8, -0.6, 0, 1.5];
        var c = Concentration.Of(logits);
        var gradient = Architect.LossGradients(one.State.Alphas.Mixtures()[0].narrow(0, 1, 1).sum(), [vector])[0].data<float>().ToArray();
        Assert.All(gradient.Select((g, j) => (g, j)), p =>
            Assert.Equal(((p.j == 1 ? 1 : 0) / c.Sum() - c[1] / (c.Sum() * c.Sum())) * Concentration.Slope(logits[p.j]), p.g, 1e-6));
    }
}
