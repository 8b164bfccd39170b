using NasFarm.Search.Phases;

namespace NasFarm.Search.Tests.Methods;

public sealed class FairDartsTests
{
    private static readonly Func<float, float> Sigmoid = a => 1 / (1 + MathF.Exp(-a));

    [Fact]
    public void Every_operation_has_a_logistic_weight_of_its_own()
    {
        using var one = new OneStep("fair-darts", space: "sgas-es");
        OneStep.Close([.. one.Alphas().Select(Sigmoid)], OneStep.Flat(one.State.Alphas.Mixtures()), 1e-6);
    }

    /// <summary>d/dα of −mean (σ − ½)² is −2 (σ − ½) σ (1 − σ) / N, of −mean |σ − ½| it is −sign(σ − ½) σ (1 − σ) / N.</summary>
    [Theory, InlineData("squared"), InlineData("absolute")]
    public void The_zero_one_loss_drives_every_weight_but_that_of_none_away_from_one_half(string loss)
    {
        using var one = new OneStep("fair-darts", space: "sgas-es", settings: ("zeroOneLoss", loss));
        var step = one.Step();
        var plain = OneStep.Flat(Architect.FirstOrder(one.State, step.Valid));
        var extra = OneStep.Flat(one.Method.AlphaGradient(step)!).Zip(plain, (with, without) => with - without).ToArray();

        const float Count = 28 * 4, Weight = 10;
        float[] expected = [.. one.Alphas().Select((a, i) =>
        {
            var s = Sigmoid(a);
            var outer = loss == "squared" ? 2 * (s - 0.5f) : MathF.Sign(s - 0.5f);
            return i % 5 == 0 ? 0 : -Weight * outer * s * (1 - s) / Count;
        })];
        OneStep.Close(expected, extra, 1e-3);
    }

    [Fact]
    public void The_weights_train_as_in_DARTS_under_those_mixtures()
    {
        using var one = new OneStep("fair-darts", space: "sgas-es");
        var step = one.Step();
        Assert.Equal(
            OneStep.Flat(step.WeightGradient([.. one.State.Alphas.Mixtures().Select(m => m.detach())]).Gradients),
            OneStep.Flat(one.Method.WeightGradient(one.Step()).Gradients));
    }

    [Fact]
    public void A_search_that_has_found_nothing_yet_stands_for_an_empty_cell()
    {
        using var one = new OneStep("fair-darts", space: "sgas-es", settings: ("alphaInitialScale", 1e-3));
        Assert.Empty(one.Run.Genotype().Normal.Edges);
        Assert.True(one.Run.Genotype().Sparse);
    }
}
