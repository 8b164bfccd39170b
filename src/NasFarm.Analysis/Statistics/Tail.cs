using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace NasFarm.Analysis.Statistics;

/// <summary>Tail probabilities and quantiles. The tails come straight from the incomplete beta function, so that small p
/// values keep their digits.</summary>
internal static class Tail
{
    /// <summary>P(F &gt; f) with <paramref name="d1"/> and <paramref name="d2"/> degrees of freedom.</summary>
    public static double FisherF(double f, double d1, double d2) => f switch
    {
        <= 0 => 1,
        double.PositiveInfinity => 0,
        _ => SpecialFunctions.BetaRegularized(d2 / 2, d1 / 2, d2 / (d2 + d1 * f)),
    };

    /// <summary>P(χ² &gt; x) with <paramref name="df"/> degrees of freedom.</summary>
    public static double ChiSquaredAbove(double x, double df) => x <= 0 ? 1 : double.IsPositiveInfinity(x) ? 0 : SpecialFunctions.GammaUpperRegularized(df / 2, x / 2);

    /// <summary>P(|T| &gt; |t|) with <paramref name="df"/> degrees of freedom.</summary>
    public static double StudentTTwoSided(double t, double df) =>
        double.IsInfinity(t) ? 0 : SpecialFunctions.BetaRegularized(df / 2, 0.5, df / (df + t * t));

    /// <summary>P(|Z| &gt; |z|).</summary>
    public static double NormalTwoSided(double z) => SpecialFunctions.Erfc(Math.Abs(z) / Math.Sqrt(2));

    /// <summary>Quantile of the standard normal distribution.</summary>
    public static double NormalQuantile(double p) => Normal.InvCDF(0, 1, p);

    /// <summary>Standard normal distribution function.</summary>
    public static double NormalBelow(double z) => Normal.CDF(0, 1, z);

    /// <summary>Quantile of Student's t.</summary>
    public static double StudentTQuantile(double p, double df) => StudentT.InvCDF(0, 1, df, p);

    /// <summary>Quantile of χ².</summary>
    public static double ChiSquaredQuantile(double p, double df) => ChiSquared.InvCDF(df, p);

    /// <summary>Quantile of F.</summary>
    public static double FisherFQuantile(double p, double d1, double d2)
    {
        // F = d2·B / (d1·(1 − B)) with B ~ Beta(d1/2, d2/2): a root in (0, 1) is found to full precision, one in (0, ∞) is not.
        var beta = MathNet.Numerics.RootFinding.Brent.FindRoot(
            b => SpecialFunctions.BetaRegularized(d1 / 2, d2 / 2, b) - p, 0, 1, accuracy: 1e-14, maxIterations: 500);
        return d2 * beta / (d1 * (1 - beta));
    }
}
