namespace NasFarm.Farm.Plans;

/// <summary>The F distribution, by the regularised incomplete beta function: enough to say before a sweep what its number of seeds can
/// show.</summary>
public static class FDistribution
{
    /// <summary>P(F ≤ x) with <paramref name="d1"/> and <paramref name="d2"/> degrees of freedom: I at d1·x/(d1·x + d2) with (d1/2,
    /// d2/2).</summary>
    public static double Cdf(double x, double d1, double d2) => x <= 0 ? 0 : RegularisedBeta(d1 * x / (d1 * x + d2), d1 / 2, d2 / 2);

    /// <summary>The x with P(F ≤ x) = <paramref name="p"/>, 0 &lt; p &lt; 1, to twelve digits, by bisection on log x.</summary>
    public static double Quantile(double p, double d1, double d2) => Solve(x => Cdf(x, d1, d2) - p);

    /// <summary>The zero of a function that grows in x, searched over 1e-12 … 1e12 on a logarithmic scale.</summary>
    internal static double Solve(Func<double, double> grows)
    {
        var (low, high) = (Math.Log(1e-12), Math.Log(1e12));
        for (var i = 0; i < 100; i++)
        {
            var middle = (low + high) / 2;
            if (grows(Math.Exp(middle)) < 0) low = middle;
            else high = middle;
        }
        return Math.Exp((low + high) / 2);
    }

    /// <summary>I_x(a, b) for 0 ≤ x ≤ 1 and a, b &gt; 0, about fourteen digits. The continued fraction converges quickly left of the mean,
    /// so the
    /// other side goes through I_x(a, b) = 1 − I_{1−x}(b, a) (DLMF 8.17.4, 8.17.22).</summary>
    public static double RegularisedBeta(double x, double a, double b)
    {
        if (x is < 0 or > 1 || a <= 0 || b <= 0) throw new ArgumentOutOfRangeException(nameof(x), $"I_{x}({a}, {b}) is not defined.");
        if (x is 0 or 1) return x;
        if (x > (a + 1) / (a + b + 2)) return 1 - RegularisedBeta(1 - x, b, a);
        var front = Math.Exp(a * Math.Log(x) + b * Math.Log(1 - x) - LogBeta(a, b)) / a;
        return front * Fraction(x, a, b);
    }

    /// <summary>1/(1 + c₁/(1 + c₂/(1 + …))) by the modified Lentz recurrence.</summary>
    private static double Fraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        double c = 1, d = 1 / Away(1 - (a + b) * x / (a + 1)), f = d;
        for (var m = 1; m <= 500; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / Away(1 + even * d);
            c = Away(1 + even / c);
            f *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / Away(1 + odd * d);
            c = Away(1 + odd / c);
            f *= d * c;
            if (Math.Abs(d * c - 1) < 1e-15) break;
        }
        return f;

        static double Away(double v) => Math.Abs(v) < tiny ? tiny : v;
    }

    private static double LogBeta(double a, double b) => LogGamma(a) + LogGamma(b) - LogGamma(a + b);

    /// <summary>ln Γ(x) for x &gt; 0: Stirling's series (DLMF 5.11.1) at x ≥ 10, reached by Γ(x + 1) = x·Γ(x).</summary>
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 10; x++) shift -= Math.Log(x);
        var r = 1 / (x * x);
        var tail = 1.0 / 1680 - r * (1.0 / 1188 - r * (691.0 / 360360 - r / 156));
        var series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * tail))) / x;
        return shift + (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series;
    }
}
