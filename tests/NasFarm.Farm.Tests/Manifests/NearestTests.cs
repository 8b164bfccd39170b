using NasFarm.Farm.Manifests;

namespace NasFarm.Farm.Tests.Manifests;

public class NearestTests
{
    private static readonly string[] Known = ["batchSize", "alphaLearningRate", "window", "interval", "warmup", "sgas-es", "sgas", "darts"];

    [Theory]
    [InlineData("windw", "window")]
    [InlineData("wramup", "warmup")]
    [InlineData("BatchSize", "batchSize")]
    [InlineData("batch_size", "batchSize")]
    [InlineData("alphaLerningRat", "alphaLearningRate")]
    [InlineData("sgas_es", "sgas-es")]
    [InlineData("sgs", "sgas")]
    [InlineData("dart", "darts")]
    public void A_slip_finds_the_name_meant(string typed, string meant) => Assert.Equal(meant, Nearest.To(typed, Known));

    [Theory]
    [InlineData("momentum")]
    [InlineData("zzz")]
    [InlineData("")]
    public void Something_else_finds_nothing(string typed) => Assert.Null(Nearest.To(typed, Known));

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("same", "same", 0)]
    public void Distance_counts_edits_and_swaps(string a, string b, int edits) => Assert.Equal(edits, Nearest.Distance(a, b));

    [Fact]
    public void A_very_long_word_costs_nothing() => Assert.Equal(10_000, Nearest.Distance(new('a', 10_000), "sgas"));
}
