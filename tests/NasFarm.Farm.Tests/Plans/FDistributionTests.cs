using NasFarm.Farm.Plans;

namespace NasFarm.Farm.Tests.Plans;

public class FDistributionTests
{
    /// <summary>Closed forms: I_x(1,b) = 1−(1−x)^b; I_x(a,1) = x^a; I_x(½,½) = (2/π)·asin √x; I_½(a,a) = ½.</summary>
    [Theory]
    [InlineData(0.3, 1, 4, 0.7599)]
    [InlineData(0.7, 3, 1, 0.343)]
    [InlineData(0.25, 0.5, 0.5, 1.0 / 3)]
    [InlineData(0.5, 7.5, 7.5, 0.5)]
    [InlineData(0.2, 2, 3, 0.1808)]
    [InlineData(0, 2, 3, 0)]
    [InlineData(1, 2, 3, 1)]
    public void Regularised_beta_equals_its_closed_forms(double x, double a, double b, double expected) =>
        Assert.Equal(expected, FDistribution.RegularisedBeta(x, a, b), 13);

    /// <summary>Upper 2.5 % points as every F table prints them.</summary>
    [Theory]
    [InlineData(1, 647.789)]
    [InlineData(2, 39.000)]
    [InlineData(4, 9.605)]
    [InlineData(9, 4.026)]
    [InlineData(19, 2.526)]
    [InlineData(120, 1.433)]
    public void Quantiles_equal_the_printed_table(int df, double expected) =>
        Assert.Equal(expected, FDistribution.Quantile(0.975, df, df), 3);

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.4)]
    [InlineData(0.975)]
    public void A_quantile_has_the_probability_asked_for(double p) =>
        Assert.Equal(p, FDistribution.Cdf(FDistribution.Quantile(p, 9, 4), 9, 4), 10);

    [Fact]
    public void Swapping_the_degrees_of_freedom_inverts_the_ratio() =>
        Assert.Equal(1, FDistribution.Quantile(0.9, 3, 17) * FDistribution.Quantile(0.1, 17, 3), 9);

    [Theory]
    [InlineData(-0.1, 1, 1)]
    [InlineData(1.1, 1, 1)]
    [InlineData(0.5, 0, 1)]
    public void Outside_its_domain_it_says_so(double x, double a, double b) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FDistribution.RegularisedBeta(x, a, b));
}
