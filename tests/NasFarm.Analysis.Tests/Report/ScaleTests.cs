using NasFarm.Analysis.Report.Svg;

namespace NasFarm.Analysis.Tests.Report;

public sealed class ScaleTests
{
    [Theory]
    [InlineData(54.3, 94.2, new[] { 50.0, 60, 70, 80, 90, 100 })]
    [InlineData(0.12, 0.51, new[] { 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 })]
    [InlineData(93.2, 93.2, new[] { 92.6, 92.8, 93.0, 93.2, 93.4, 93.6, 93.8 })]
    public void Ticks_are_round_and_cover_the_values(double low, double high, double[] ticks)
    {
        var scale = Scale.Covering([low, high], 0, 100);
        Assert.Equal(ticks, scale.Ticks);
        Assert.InRange(scale.At(low), 0, 100);
        Assert.InRange(scale.At(high), 0, 100);
    }

    [Theory]
    [InlineData(0, 1, "0.2")]
    [InlineData(0, 40_000, "10 k")]
    [InlineData(0, 4_000_000, "1 M")]
    public void Labels_are_short(double low, double high, string second) =>
        Assert.Equal(second, Scale.Covering([low, high], 0, 1) is var s ? s.Label(s.Ticks[1]) : null);

    [Fact]
    public void Nothing_to_cover_is_zero_to_one() => Assert.Equal((0.0, 1.0), (Scale.Covering([], 0, 1).Min, Scale.Covering([double.NaN], 0, 1).Max));
}
