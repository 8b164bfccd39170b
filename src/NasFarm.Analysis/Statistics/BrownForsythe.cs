namespace NasFarm.Analysis.Statistics;

/// <summary>Brown–Forsythe: Levene's test about the median. Are the spreads of independent samples equal?</summary>
public static class BrownForsythe
{
    /// <summary>F statistic and p of k ≥ 2 samples with two values or more each; null when no sample spreads about its median
    /// (0/0: nothing to compare).</summary>
    public static TestResult? Test(params IReadOnlyList<double[]> samples)
    {
        foreach (var sample in samples) Sample.Require(sample, 2);

        // Distance of every value from its own median; then one-way analysis of variance of the distances.
        var distances = samples.Select(s => { var median = Sample.Median(s); return s.Select(v => Math.Abs(v - median)).ToArray(); }).ToArray();
        var n = distances.Sum(d => d.Length);
        var k = distances.Length;
        var grand = distances.SelectMany(d => d).Sum() / n;
        double between = 0, within = 0;
        foreach (var d in distances)
        {
            var mean = Sample.Mean(d);
            between += d.Length * (mean - grand) * (mean - grand);
            within += d.Sum(v => (v - mean) * (v - mean));
        }
        if (between == 0 && within == 0) return null;
        var f = between / (k - 1) / (within / (n - k));
        return new(f, Tail.FisherF(f, k - 1, n - k));
    }

    /// <summary>Power at a true SD ratio of 3 and level .05 by seeds per arm (spec/retraining-and-data.md §7).</summary>
    public static IReadOnlyDictionary<int, double> PowerAtRatioThree { get; } =
        new Dictionary<int, double> { [3] = 0, [5] = 0.08, [10] = 0.64, [20] = 0.97 };

    /// <summary>Power at the largest tabulated n that is not above <paramref name="n"/>; null below 3 seeds.</summary>
    public static (int AtN, double Power)? PowerFor(int n) => n switch
    {
        >= 20 => (20, PowerAtRatioThree[20]),
        >= 10 => (10, PowerAtRatioThree[10]),
        >= 5 => (5, PowerAtRatioThree[5]),
        >= 3 => (3, PowerAtRatioThree[3]),
        _ => null,
    };
}
