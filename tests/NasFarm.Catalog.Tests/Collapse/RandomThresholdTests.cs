using NasFarm.Catalog.Collapse;

namespace NasFarm.Catalog.Tests.Collapse;

public sealed class RandomThresholdTests
{
    [Fact]
    public void Twenty_random_cells_give_their_fifth_percentile()
    {
        var threshold = RandomThreshold.From([.. Enumerable.Range(1, 21).Select(i => 70.0 + i).Reverse()])!;

        Assert.Equal((72.0, ThresholdBasis.FifthPercentile, 21), (threshold.Below, threshold.Basis, threshold.RandomCells));
        Assert.True(threshold.IsCollapse(71.9));
        Assert.False(threshold.IsCollapse(72.0));
        Assert.Equal("below the 5th percentile of 21 random cells (72.00 %)", threshold.Describe());
    }

    [Fact]
    public void Fewer_give_only_their_median()
    {
        var threshold = RandomThreshold.From([90, 92, 91, 80])!;

        Assert.Equal((90.5, ThresholdBasis.RandomMedian), (threshold.Below, threshold.Basis));
        Assert.Equal("below the random median of 4 cells (90.50 %)", threshold.Describe());
    }

    [Fact]
    public void Without_random_cells_there_is_no_threshold() => Assert.Null(RandomThreshold.From([]));
}
