using MathNet.Numerics;

namespace NasFarm.Analysis.Statistics;

/// <summary>Counts out of n: Wilson's interval, McNemar's exact test of pairs, Fisher's exact test of independent groups.</summary>
public static class Proportions
{
    /// <summary>Wilson score interval of k successes in n ≥ 1. k may be fractional (ties counted half): for values in [0, 1] the
    /// binomial variance is an upper bound, so the interval is then conservative.</summary>
    public static Interval Wilson(double k, int n, double level = Interval.DefaultLevel)
    {
        if (n < 1 || k < 0 || k > n) throw new ArgumentException($"{k} of {n} is not a proportion.");
        double z = Tail.NormalQuantile(0.5 + level / 2), zz = z * z, p = k / n;
        double centre = (k + zz / 2) / (n + zz), half = z / (n + zz) * Math.Sqrt(n * p * (1 - p) + zz / 4);
        return new(k == 0 ? 0 : centre - half, k == n ? 1 : centre + half, level, "Wilson");
    }

    /// <summary>Exact McNemar: <paramref name="onlyA"/> and <paramref name="onlyB"/> are the discordant pairs. P is 1 without any.</summary>
    public static TestResult McNemar(int onlyA, int onlyB)
    {
        int discordant = onlyA + onlyB, fewer = Math.Min(onlyA, onlyB);
        var tail = Enumerable.Range(0, fewer + 1).Sum(i => Math.Exp(SpecialFunctions.BinomialLn(discordant, i) - discordant * Constants.Ln2));
        return new(fewer, Math.Min(1, 2 * tail));
    }

    /// <summary>Fisher's exact test of k₁ of n₁ against k₂ of n₂, two-sided: the sum of all tables no likelier than this one.</summary>
    public static double FisherExact(int k1, int n1, int k2, int n2)
    {
        if (k1 < 0 || k2 < 0 || k1 > n1 || k2 > n2) throw new ArgumentException($"{k1} of {n1} and {k2} of {n2} are not two proportions.");
        var successes = k1 + k2;
        double Probability(int k) => Math.Exp(
            SpecialFunctions.BinomialLn(n1, k) + SpecialFunctions.BinomialLn(n2, successes - k) - SpecialFunctions.BinomialLn(n1 + n2, successes));
        var limit = Probability(k1) * (1 + 1e-9);   // equal tables differ by rounding
        int least = Math.Max(0, successes - n2), most = Math.Min(successes, n1);
        return Math.Min(1, Enumerable.Range(least, most - least + 1).Select(Probability).Where(p => p <= limit).Sum());
    }
}
