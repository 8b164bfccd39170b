namespace NasFarm.Analysis.Statistics;

/// <summary>Range of k independent standard normal values: Tukey's studentised range with infinite degrees of freedom, which Nemenyi's test asks for.</summary>
public static class StudentizedRange
{
    private const int Intervals = 1000;

    /// <summary>P(range ≤ q) = k ∫ φ(z) (Φ(z) − Φ(z − q))ᵏ⁻¹ dz, the largest value being z (Hartley, Biometrika 1942), by Simpson's rule; errors below
    /// 1e-10.</summary>
    /// <param name="q">The range.</param>
    /// <param name="k">Values, 2 or more.</param>
    public static double Below(double q, int k)
    {
        if (k < 2) throw new ArgumentException($"A range of {k} values is not defined; two or more are needed.", nameof(k));
        if (q <= 0) return 0;
        const double reach = 9;   // φ is below 1e-18 beyond
        double width = 2 * reach / Intervals, sum = 0;
        for (var i = 0; i <= Intervals; i++)
        {
            var z = -reach + i * width;
            var simpson = i is 0 or Intervals ? 1 : i % 2 == 1 ? 4 : 2;
            sum += simpson * Math.Exp(-z * z / 2) * Math.Pow(Tail.NormalBelow(z) - Tail.NormalBelow(z - q), k - 1);
        }
        return Math.Min(1, k * sum * width / 3 / Math.Sqrt(2 * Math.PI));
    }

    /// <summary>The q with P(range ≤ q) = <paramref name="p"/>, by bisection.</summary>
    public static double Quantile(double p, int k)
    {
        if (p is not (> 0 and < 1)) throw new ArgumentException($"A probability of {p} is not between 0 and 1.", nameof(p));
        double low = 0, high = 40;
        while (high - low > 1e-12)
        {
            var middle = (low + high) / 2;
            if (Below(middle, k) < p) low = middle; else high = middle;
        }
        return (low + high) / 2;
    }
}
