using NasFarm.Catalog.Dirichlet;

namespace NasFarm.Catalog.Tests.Dirichlet;

/// <summary>Golden values: Python's decimal with 260 digits, γ(a, z) = z^a e^(−z) Σ z^n / (a … (a+n)), Γ(a) = γ(a, 300), derivatives by central
/// differences of step 1e-40 (1e-30 for ψ′, 1e-15 for the divergence). Nothing of it is shared with the code.</summary>
public sealed class GammaSlopeTests
{
    [Theory]
    [InlineData(0.01, 1e-30, 6.851666733195269e+03)]
    [InlineData(0.01, 0.5, 9.335855881030136e+01)]
    [InlineData(0.05, 3, 5.782081012670867e+00)]
    [InlineData(0.3, 0.001, 2.248114091459129e+01)]
    [InlineData(0.3, 1.2, 2.455734837332423e+00)]
    [InlineData(1, 0.001, 7.334456244883786e+00)]
    [InlineData(1, 0.7, 1.390312487131982e+00)]
    [InlineData(1, 1.9, 8.393926793383223e-01)]  // by the series
    [InlineData(1, 2.1, 7.938804586198231e-01)]  // by the fraction, whose values end at a whole shape
    [InlineData(1, 8, 3.461171057293585e-01)]
    [InlineData(1, 40, 1.072624808523774e-01)]
    [InlineData(1.5, 0.2, 1.695992647072157e+00)]
    [InlineData(1.5, 2.4, 5.830883896904760e-01)]
    [InlineData(1.5, 2.6, 5.583122898664818e-01)]
    [InlineData(3, 0.1, 1.218653332450018e+00)]
    [InlineData(3, 3, 3.523423218960948e-01)]
    [InlineData(3, 12, 1.624510681501727e-01)]
    [InlineData(10, 4, 1.552013617524962e-01)]
    [InlineData(10, 10.9, 9.736420216060866e-02)]
    [InlineData(10, 11.1, 9.646909638421779e-02)]
    [InlineData(10, 30, 5.582313720864628e-02)]
    [InlineData(60, 45, 1.923200703063095e-02)]
    [InlineData(60, 60.9, 1.658893136477977e-02)]
    [InlineData(60, 61.1, 1.656168381957046e-02)]
    [InlineData(60, 95, 1.316578374474005e-02)]
    public void It_is_the_derivative_at_a_fixed_quantile(double shape, double z, double expected) =>
        Assert.Equal(1, GammaSlope.OfLog(shape, Math.Log(z)) / expected, 1e-11);

    /// <summary>P ≈ z^c / Γ(c+1) near 0, so that d ln z/dc → (ψ(c+1) − ln z) / c, also where z itself is 0 in double precision.</summary>
    [Fact]
    public void Numbers_too_small_to_be_written_have_slopes() =>
        Assert.Equal((PolyGamma.Digamma(1.001) + 5000) / 0.001, GammaSlope.OfLog(0.001, -5000), 1e-4);

    [Theory, InlineData(0, 0), InlineData(-1, 0), InlineData(1, double.NaN), InlineData(double.PositiveInfinity, 0)]
    public void What_is_no_gamma_number_has_none(double shape, double log) =>
        Assert.Contains("has no slope", Assert.Throws<ArgumentException>(() => GammaSlope.OfLog(shape, log)).Message);

    [Theory]
    [InlineData(0.001, -1.000575571931810e+03, 1.000001642533196e+06)]
    [InlineData(0.5, -1.963510026021424e+00, 4.934802200544679e+00)]
    [InlineData(1, -5.772156649015329e-01, 1.644934066848226e+00)]
    [InlineData(1.5, 3.648997397857652e-02, 9.348022005446793e-01)]
    [InlineData(3.7, 1.167153539361511e+00, 3.100378576700383e-01)]
    [InlineData(12, 2.442661679975812e+00, 8.690187287176838e-02)]
    public void Derivatives_of_the_logarithm_of_gamma(double x, double digamma, double trigamma)
    {
        Assert.Equal(digamma, PolyGamma.Digamma(x), 1e-12 * Math.Max(1, Math.Abs(digamma)));
        Assert.Equal(1, PolyGamma.Trigamma(x) / trigamma, 1e-12);
    }
}
