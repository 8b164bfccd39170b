using NasFarm.Search.Phases;

namespace NasFarm.Search.Tests.Methods;

public sealed class MileNasTests
{
    [Fact]
    public void The_alphas_follow_both_losses_each_with_its_weight()
    {
        using var one = new OneStep("milenas", settings: [("trainLossWeight", 0.5), ("validLossWeight", 2.0)]);
        var step = one.Step();
        var valid = OneStep.Flat(Architect.FirstOrder(one.State, step.Valid));
        var train = OneStep.Flat(Architect.FirstOrder(one.State, step.Train));
        OneStep.Close([.. valid.Zip(train, (v, t) => 2 * v + 0.5f * t)], OneStep.Flat(one.Method.AlphaGradient(step)!));
        Assert.Equal(2, step.Spent.Alphas);
    }

    /// <summary>The released loop clips the logits where the weights were meant.</summary>
    [Fact]
    public void A_tiny_clip_holds_the_weights_and_not_the_alphas()
    {
        using var one = new OneStep("milenas", settings: [("gradientClip", 1e-9), ("weightDecay", 0.0)]);
        var (alphas, weights) = (one.Alphas(), one.Weights());
        one.Step().Take();
        Assert.True(OneStep.Difference(weights, one.Weights()) < 1e-6);
        Assert.True(OneStep.Difference(alphas, one.Alphas()) > 1e-3);
    }
}
