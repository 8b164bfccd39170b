namespace NasFarm.Analysis.Statistics;

/// <summary>Linear and rank correlation of pairs.</summary>
public static class Correlation
{
    /// <summary>Pearson's r with the t test's p, n ≥ 3; null when either side is constant.</summary>
    public static TestResult? Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Sample.RequirePairs(x, y, 3);
        if (Sample.IsConstant(x) || Sample.IsConstant(y)) return null;
        double meanX = Sample.Mean(x), meanY = Sample.Mean(y), xy = 0, xx = 0, yy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        var r = Math.Clamp(xy / Math.Sqrt(xx) / Math.Sqrt(yy), -1, 1);
        var df = x.Length - 2;
        return new(r, Tail.StudentTTwoSided(r * Math.Sqrt(df / ((1 - r) * (1 + r))), df));
    }

    /// <summary>Spearman's ρ (Pearson's r of the mean ranks), p from t, n ≥ 3; null when either side is constant.</summary>
    public static TestResult? Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Sample.Ranks(x), Sample.Ranks(y));
}

/// <summary>Pitman–Morgan: are the variances of paired samples equal? var(a) = var(b) exactly when a + b and a − b are uncorrelated.</summary>
public static class PitmanMorgan
{
    /// <summary>r of (a − b, a + b) with p, n ≥ 3; r &gt; 0: a varies more. Null when a sample is constant: then one variance is
    /// exactly 0 and r says nothing about the other. Assumes normal pairs.</summary>
    public static TestResult? Test(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Differences(a, b) is var (d, s) ? Correlation.Pearson(d, s) : null;

    /// <summary>The same with Spearman's ρ: the sensitivity check against outliers.</summary>
    public static TestResult? RankTest(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Differences(a, b) is var (d, s) ? Correlation.Pearson(Sample.RanksOfComputed(d), Sample.RanksOfComputed(s)) : null;

    private static (double[] Difference, double[] Sum)? Differences(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        Sample.RequirePairs(a, b, 3);
        if (Sample.IsConstant(a) || Sample.IsConstant(b)) return null;
        double[] difference = new double[a.Length], sum = new double[a.Length];
        for (var i = 0; i < a.Length; i++) (difference[i], sum[i]) = (a[i] - b[i], a[i] + b[i]);
        return (difference, sum);
    }
}
