namespace NasFarm.Analysis.Statistics;

/// <summary>Figures of one sample. Every method throws <see cref="ArgumentException"/> when the sample is too small for it.</summary>
public static class Sample
{
    /// <summary>Arithmetic mean, n ≥ 1.</summary>
    public static double Mean(ReadOnlySpan<double> x)
    {
        Require(x, 1);
        var sum = 0.0;
        foreach (var v in x) sum += v;
        return sum / x.Length;
    }

    /// <summary>Variance with divisor n − 1, n ≥ 2; exactly 0 when all values are equal.</summary>
    public static double Variance(ReadOnlySpan<double> x)
    {
        Require(x, 2);
        if (IsConstant(x)) return 0;
        var mean = Mean(x);
        double squares = 0, rest = 0;
        foreach (var v in x)
        {
            squares += (v - mean) * (v - mean);
            rest += v - mean;
        }
        return (squares - rest * rest / x.Length) / (x.Length - 1);
    }

    /// <summary>Standard deviation with divisor n − 1, n ≥ 2.</summary>
    public static double StandardDeviation(ReadOnlySpan<double> x) => Math.Sqrt(Variance(x));

    /// <summary>Median, n ≥ 1; the mean of the two middle values when n is even.</summary>
    public static double Median(ReadOnlySpan<double> x) => Quantile(x, 0.5);

    /// <summary>Quantile by linear interpolation of order statistics (Hyndman and Fan's type 7), n ≥ 1.</summary>
    public static double Quantile(ReadOnlySpan<double> x, double probability)
    {
        Require(x, 1);
        var sorted = x.ToArray();
        Array.Sort(sorted);
        return QuantileOfSorted(sorted, probability);
    }

    /// <summary><see cref="Quantile"/> of values already in ascending order.</summary>
    public static double QuantileOfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        var place = Math.Clamp(probability, 0, 1) * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return below == above || sorted[below] == sorted[above]
            ? sorted[below]
            : sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /// <summary>Interquartile mean: the mean after ⌊n/4⌋ values are cut from each end, n ≥ 1.</summary>
    public static double InterquartileMean(ReadOnlySpan<double> x)
    {
        var sorted = x.ToArray();
        Array.Sort(sorted);
        var cut = sorted.Length / 4;
        return Mean(sorted.AsSpan(cut, sorted.Length - 2 * cut));
    }

    /// <summary>Ranks from 1; ties share the mean of their ranks.</summary>
    public static double[] Ranks(ReadOnlySpan<double> x)
    {
        var values = x.ToArray();
        var order = Enumerable.Range(0, values.Length).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Length];
        for (int start = 0, end; start < order.Length; start = end)
        {
            for (end = start + 1; end < order.Length && values[order[end]] == values[order[start]];) end++;
            for (var i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2.0;
        }
        return ranks;
    }

    /// <summary>Ranks of differences and sums: what is equal but for rounding is tied, or the last bit of a score would decide.</summary>
    internal static double[] RanksOfComputed(ReadOnlySpan<double> x)
    {
        var grain = 0.0;
        foreach (var v in x) grain = Math.Max(grain, Math.Abs(v));
        // Scores have two to four decimals and are below 100: far above a grain of 1e-9 of the largest.
        grain = Math.Max(grain, 1) * 1e-9;
        var rounded = x.ToArray();
        for (var i = 0; i < rounded.Length; i++) rounded[i] = Math.Round(rounded[i] / grain);
        return Ranks(rounded);
    }

    /// <summary>All values are the same.</summary>
    public static bool IsConstant(ReadOnlySpan<double> x) => x.IndexOfAnyExcept(x.Length > 0 ? x[0] : 0) < 0;

    internal static void Require(ReadOnlySpan<double> x, int least)
    {
        if (x.Length < least) throw new ArgumentException($"The sample has {x.Length} values; at least {least} are needed.");
    }

    internal static void RequirePairs(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int least)
    {
        if (a.Length != b.Length) throw new ArgumentException($"Pairs are needed, but the samples have {a.Length} and {b.Length} values.");
        Require(a, least);
    }
}
