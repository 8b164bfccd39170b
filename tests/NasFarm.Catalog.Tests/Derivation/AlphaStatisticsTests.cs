using NasFarm.Catalog.Derivation;

namespace NasFarm.Catalog.Tests.Derivation;

public sealed class AlphaStatisticsTests
{
    [Fact]
    public void Equal_alphas_are_undecided()
    {
        var statistics = AlphaStatistics.Of([[0, 0, 0, 0], [1, 1, 1, 1]]);

        Assert.Equal(1, statistics.NormalizedEntropy, 1e-12);
        Assert.Equal(0, statistics.TopTwoMargin, 1e-12);
        Assert.True(statistics.Undecided);
    }

    [Fact]
    public void Strong_alphas_are_decided()
    {
        var statistics = AlphaStatistics.Of([[Math.Log(6), 0, 0], [0, Math.Log(6), 0]]);

        // softmax (6, 1, 1)/8: margin 5/8, entropy 0.7356 nats of ln 3 = 1.0986
        Assert.Equal(0.625, statistics.TopTwoMargin, 1e-12);
        Assert.Equal((0.75 * Math.Log(8 / 6.0) + 0.25 * Math.Log(8)) / Math.Log(3), statistics.NormalizedEntropy, 1e-12);
        Assert.False(statistics.Undecided);
    }

    [Theory]
    [InlineData(0.995, 0.5, true)]
    [InlineData(0.5, 0.005, true)]
    [InlineData(0.99, 0.01, false)]
    public void Either_limit_marks_a_run_undecided(double entropy, double margin, bool undecided) =>
        Assert.Equal(undecided, new AlphaStatistics(entropy, margin).Undecided);

    [Fact]
    public void Alpha_travel_of_the_published_search_is_about_5_point_9()
    {
        Assert.Equal(0.1173, AlphaTravel.PublishedPerEpoch, 1e-9);
        Assert.Equal(5.865, AlphaTravel.Published, 1e-9);
        Assert.Equal(5.865, AlphaTravel.Of(AlphaTravel.LearningRateFor(800), 800), 1e-9);
    }

    [Fact]
    public void Rows_are_cut_from_a_row_major_matrix()
    {
        Assert.Equal([[1, 2, 3], [4, 5, 6]], Softmax.Rows([1f, 2, 3, 4, 5, 6], operations: 3));
        Assert.Throws<ArgumentException>(() => Softmax.Rows([1f, 2, 3], operations: 2));
    }

    [Fact]
    public void Softmax_survives_large_logits() => Assert.Equal([0.5, 0.5, 0], Softmax.Of([1000, 1000, -1000]));
}
