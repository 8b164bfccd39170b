namespace NasFarm.Analysis.Statistics;

/// <summary>Intervals that come from normal theory. The mean's is robust to mild departures; the two for spread are not, and say so.</summary>
public static class NormalTheory
{
    /// <summary>Mean ± t·s/√n, n ≥ 2.</summary>
    public static Interval Mean(ReadOnlySpan<double> x, double level = Interval.DefaultLevel)
    {
        var half = Tail.StudentTQuantile(0.5 + level / 2, x.Length - 1) * Sample.StandardDeviation(x) / Math.Sqrt(x.Length);
        var mean = Sample.Mean(x);
        return new(mean - half, mean + half, level, "t");
    }

    /// <summary>Interval of the standard deviation from χ², n ≥ 2.</summary>
    public static Interval StandardDeviation(ReadOnlySpan<double> x, double level = Interval.DefaultLevel)
    {
        double df = x.Length - 1, sumOfSquares = df * Sample.Variance(x);
        return new(
            Math.Sqrt(sumOfSquares / Tail.ChiSquaredQuantile(0.5 + level / 2, df)),
            Math.Sqrt(sumOfSquares / Tail.ChiSquaredQuantile(0.5 - level / 2, df)),
            level, "χ²", "normal");
    }

    /// <summary>Interval of var(a)/var(b) from F, n ≥ 2 each, b not constant. Takes the samples as independent.</summary>
    public static Interval VarianceRatio(ReadOnlySpan<double> a, ReadOnlySpan<double> b, double level = Interval.DefaultLevel)
    {
        var ratio = Sample.Variance(a) / Sample.Variance(b);
        double df1 = a.Length - 1, df2 = b.Length - 1;
        return new(
            ratio / Tail.FisherFQuantile(0.5 + level / 2, df1, df2),
            ratio / Tail.FisherFQuantile(0.5 - level / 2, df1, df2),
            level, "F", "normal");
    }
}
