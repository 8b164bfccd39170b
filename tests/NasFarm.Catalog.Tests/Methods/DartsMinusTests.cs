using NasFarm.Catalog.Methods;

namespace NasFarm.Catalog.Tests.Methods;

public sealed class DartsMinusTests
{
    [Theory]
    [InlineData("linear", 0, 1)]
    [InlineData("linear", 25, .5)]
    [InlineData("linear", 49, .02)]
    [InlineData("cosine", 0, 1)]
    [InlineData("cosine", 10, .904508)]      // (1 + cos 36°) / 2
    [InlineData("cosine", 49, .000986636)]
    [InlineData("slow-cosine", 25, .707107)] // cos 45°
    [InlineData("slow-cosine", 49, .0314108)]
    [InlineData("none", 49, 1)]
    public void The_auxiliary_skip_fades_towards_the_end_of_the_search(string decay, int epoch, double expected) =>
        Assert.Equal(expected, DartsMinusMethod.Beta(MethodCatalog.Resolve("darts-minus", "darts", new Dictionary<string, object> { ["auxiliaryDecay"] = decay }), epoch), 1e-6);

    [Fact]
    public void It_fades_over_the_epochs_there_are_from_the_weight_given() =>
        Assert.Equal(1.2, DartsMinusMethod.Beta(
            MethodCatalog.Resolve("darts-minus", "darts", new Dictionary<string, object> { ["auxiliaryWeight"] = 1.5, ["epochs"] = 10L }), 2), 1e-12);
}
