using NasFarm.Catalog.Units;
using NasFarm.Search.Data;

namespace NasFarm.Search.Tests.Data;

public class SplitsTests
{
    private static readonly DataSpec Spec = new() { Name = "mnist", ContentHash = "" };

    [Theory]
    [InlineData(10, 5, 5)]
    [InlineData(11, 5, 6)]
    public void Halves_are_taken_in_file_order(int images, int weights, int alphas)
    {
        var split = Splits.Search(Spec, images, dataOrderSeed: 1);
        Assert.Equal(Enumerable.Range(0, weights), split.Weights);
        Assert.Equal(Enumerable.Range(weights, alphas), split.Alphas);
    }

    [Fact]
    public void Explicit_sizes_take_the_front_of_each_half()
    {
        var split = Splits.Search(Spec with { TrainImages = 3, AlphaImages = 2 }, 20, 1);
        Assert.Equal([0, 1, 2], split.Weights);
        Assert.Equal([10, 11], split.Alphas);
    }

    [Fact]
    public void Permuted_halves_cover_every_image_once_and_belong_to_the_seed()
    {
        var permuted = Spec with { Split = SplitRule.Permuted };
        var split = Splits.Search(permuted, 101, 1);
        Assert.Equal(Enumerable.Range(0, 101), split.Weights.Concat(split.Alphas).Order());
        Assert.Equal(split.Weights, Splits.Search(permuted, 101, 1).Weights);
        Assert.NotEqual(split.Weights, Splits.Search(permuted, 101, 2).Weights);

        var smaller = Splits.Search(permuted with { TrainImages = 7, AlphaImages = 5 }, 101, 1);
        Assert.Equal(split.Weights[..7], smaller.Weights);
        Assert.Equal(split.Alphas[..5], smaller.Alphas);
    }

    [Theory]
    [InlineData(11, 1, "trainImages is 11; of the 20 images of mnist that are present, the w half has 10: it must be 1 to 10.")]
    [InlineData(0, 1, "trainImages is 0;")]
    [InlineData(1, 11, "alphaImages is 11; of the 20 images of mnist that are present, the alpha half has 10: it must be 1 to 10.")]
    public void Sizes_beyond_a_half_are_refused(int train, int alpha, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => Splits.Search(Spec with { TrainImages = train, AlphaImages = alpha }, 20, 1)).Message);

    [Fact]
    public void Retraining_uses_everything_or_the_front()
    {
        Assert.Equal(Enumerable.Range(0, 9), Splits.Training(Spec, 9));
        Assert.Equal([0, 1], Splits.Training(Spec with { TrainImages = 2 }, 9));
        Assert.Equal([0, 1, 2], Splits.Test(Spec with { TestImages = 3 }, 4));
        Assert.Contains("of the 4 images of mnist that are present, the test part has 4", Assert.Throws<ArgumentException>(() => Splits.Test(Spec with { TestImages = 5 }, 4)).Message);
    }
}
