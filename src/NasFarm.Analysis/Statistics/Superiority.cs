namespace NasFarm.Analysis.Statistics;

/// <summary>An estimated probability with its interval.</summary>
public sealed record Probability(double Estimate, Interval Interval);

/// <summary>Probability that a value of A exceeds a value of B, ties counted half.</summary>
public static class Superiority
{
    /// <summary>Over all pairs of independent samples (Mann–Whitney's U/mn). Interval: Newcombe's method 5 (Statistics in Medicine
    /// 2006), a score interval that stays honest at 0 and 1, where a Wald interval has no width.</summary>
    public static Probability Unpaired(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double level = Interval.DefaultLevel)
    {
        Sample.Require(a, 2);
        Sample.Require(b, 2);
        var sorted = b.ToArray();
        Array.Sort(sorted);
        var wins = 0.0;
        foreach (var x in a) wins += (Boundary(sorted, x, orEqual: false) + Boundary(sorted, x, orEqual: true)) / 2.0;
        double m = a.Length, n = b.Length, theta = wins / (m * n), z = Tail.NormalQuantile(0.5 + level / 2);
        var half = (m + n) / 2 - 1;
        double Excess(double t) =>
            Math.Abs(theta - t) - z * Math.Sqrt(t * (1 - t) / (m * n) * (1 + half * (1 - t) / (2 - t) + half * t / (1 + t)));
        return new(theta, new(
            theta == 0 ? 0 : Bisect(Excess, 0, theta),
            theta == 1 ? 1 : Bisect(Excess, 1, theta), level, "Newcombe"));
    }

    /// <summary>Over pairs that share a seed; Wilson's interval, ties half a win.</summary>
    public static Probability Paired(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double level = Interval.DefaultLevel)
    {
        Sample.RequirePairs(a, b, 1);
        var wins = 0.0;
        for (var i = 0; i < a.Length; i++) wins += a[i] > b[i] ? 1 : a[i] == b[i] ? 0.5 : 0;
        return new(wins / a.Length, Proportions.Wilson(wins, a.Length, level));
    }

    /// <summary>Against a completely known distribution, given as all its values in ascending order: the mean of each value's
    /// place in it. Wilson's interval, conservative for such fractions.</summary>
    public static Probability AgainstKnown(ReadOnlySpan<double> a, ReadOnlySpan<double> sorted, double level = Interval.DefaultLevel)
    {
        Sample.Require(a, 1);
        Sample.Require(sorted, 1);
        var sum = 0.0;
        foreach (var x in a) sum += (Boundary(sorted, x, orEqual: false) + Boundary(sorted, x, orEqual: true)) / 2.0 / sorted.Length;
        return new(sum / a.Length, Proportions.Wilson(sum, a.Length, level));
    }

    // Count of values below x (or not above it).
    private static int Boundary(ReadOnlySpan<double> sorted, double x, bool orEqual)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < x || (orEqual && sorted[middle] == x)) low = middle + 1; else high = middle;
        }
        return low;
    }

    // Excess is ≥ 0 at the outer end and < 0 at the estimate.
    private static double Bisect(Func<double, double> excess, double outside, double inside)
    {
        for (var i = 0; i < 200; i++)
        {
            var middle = (outside + inside) / 2;
            if (excess(middle) >= 0) outside = middle; else inside = middle;
        }
        return (outside + inside) / 2;
    }
}
