using NasFarm.Farm.Plans;

namespace NasFarm.Farm.Tests.Plans;

public class DetectableRatioTests
{
    /// <summary>Expected values computed with SciPy's F distribution and Brent's root finder from the formula in the docstring.</summary>
    [Theory]
    [InlineData(2, 6115.0158)]
    [InlineData(3, 155.83974)]
    [InlineData(5, 23.838966)]
    [InlineData(10, 7.1956628)]
    [InlineData(20, 3.7408566)]
    [InlineData(40, 2.4809351)]
    public void Equals_an_independent_calculation(int n, double expected) =>
        Assert.Equal(1, DetectableRatio.OfVariances(n)!.Value / expected, 6);

    [Fact]
    public void One_seed_has_no_variance() => Assert.Null(DetectableRatio.OfVariances(1));

    [Theory]
    [InlineData(1, "1 seed per arm cannot test stability")]
    [InlineData(3, "3 seeds per arm cannot test stability")]
    [InlineData(5, "Intervals will assume normal values")]
    [InlineData(10, "variance ratio of 7.2 (standard deviations 2.7 to 1)")]
    public void The_sentence_says_what_n_allows(int n, string expected) => Assert.Contains(expected, DetectableRatio.Sentence(n));
}
