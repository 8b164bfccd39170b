using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Paths;

namespace NasFarm.Catalog.Tests.Paths;

/// <summary>spec/algorithms.md §6 and §21.6.</summary>
public sealed class GumbelSoftmaxTests
{
    [Fact]
    public void Each_operation_is_drawn_with_its_softmax_weight()
    {
        const int Draws = 20_000;
        double[] logits = [1.0, 0.0, -0.5, 0.5];
        var random = new Random(3);
        var counts = new int[4];
        for (var i = 0; i < Draws; i++)
            counts[GumbelSoftmax.Draw(logits, [.. logits.Select(_ => -Math.Log(-Math.Log(random.NextDouble())))])]++;
        // Standard deviations are below 0.0036.
        Assert.All(counts.Zip(Softmax.Of(logits)), pair => Assert.Equal(pair.Second, pair.First / (double)Draws, 0.012));
    }

    [Fact]
    public void The_sum_of_logit_and_noise_decides_and_of_equals_the_first() =>
        Assert.Equal((1, 0), (GumbelSoftmax.Draw([0.5, -1.0, 0.0], [0.1, 2.0, 0.9]), GumbelSoftmax.Draw([1.0, 2.0], [2.0, 1.0])));

    [Theory, InlineData(0, 10.0), InlineData(1, 9.96024), InlineData(125, 5.03012), InlineData(249, 0.1)]
    public void The_temperature_falls_linearly_to_the_last_epoch(int epoch, double expected) =>
        Assert.Equal(expected, GdasMethod.Temperature(MethodCatalog.Resolve("gdas", "nas-bench-201")).At(epoch), 1e-5);
}
