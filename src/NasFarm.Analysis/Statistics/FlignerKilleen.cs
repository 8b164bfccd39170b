namespace NasFarm.Analysis.Statistics;

/// <summary>Fligner–Killeen: are the spreads of independent samples equal, by ranks? The sensitivity check beside Brown–Forsythe: a single wild value
/// has a rank and nothing more.</summary>
public static class FlignerKilleen
{
    /// <summary>χ² statistic and p of k ≥ 2 samples with two values or more each (Conover, Johnson and Johnson, Technometrics 1981, the version about the
    /// median); null when every value is equally far from its median: nothing to rank.</summary>
    public static TestResult? Test(params IReadOnlyList<double[]> samples)
    {
        foreach (var sample in samples) Sample.Require(sample, 2);

        // Distances from each sample's own median, ranked together; a rank becomes the half-normal score it would have.
        var ranks = Sample.RanksOfComputed([.. samples.SelectMany(s => { var median = Sample.Median(s); return s.Select(v => Math.Abs(v - median)); })]);
        var n = ranks.Length;
        double[] scores = [.. ranks.Select(rank => Tail.NormalQuantile(0.5 + rank / (2 * (n + 1.0))))];
        if (Sample.IsConstant(scores)) return null;

        double grand = Sample.Mean(scores), between = 0;
        var at = 0;
        foreach (var sample in samples)
        {
            var mean = Sample.Mean(scores.AsSpan(at, sample.Length));
            between += sample.Length * (mean - grand) * (mean - grand);
            at += sample.Length;
        }
        var statistic = between / Sample.Variance(scores);
        return new(statistic, Tail.ChiSquaredAbove(statistic, samples.Count - 1));
    }
}
