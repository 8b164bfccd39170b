namespace NasFarm.Analysis.Statistics;

/// <summary>Nemenyi's comparison of all pairs of treatments after Friedman's test: mean ranks that lie further apart than the critical difference differ,
/// at one level for all pairs together (Demšar, Journal of Machine Learning Research 2006).</summary>
public static class Nemenyi
{
    /// <summary>q(α; k, ∞)/√2 · √(k(k + 1)/(6N)), in ranks.</summary>
    /// <param name="k">Treatments, 2 or more.</param>
    /// <param name="n">Blocks.</param>
    /// <param name="alpha">Level of all pairs together.</param>
    public static double CriticalDifference(int k, int n, double alpha = 0.05) =>
        StudentizedRange.Quantile(1 - alpha, k) / Math.Sqrt(2) * Math.Sqrt(k * (k + 1) / (6.0 * n));

    /// <summary>The largest groups of neighbours in rank that the critical difference does not tell apart, as places in the order of rank; groups of one
    /// are left out.</summary>
    public static IReadOnlyList<(int First, int Last)> Groups(IReadOnlyList<double> sortedRanks, double criticalDifference)
    {
        var groups = new List<(int First, int Last)>();
        for (var first = 0; first < sortedRanks.Count; first++)
        {
            var last = first;
            while (last + 1 < sortedRanks.Count && sortedRanks[last + 1] - sortedRanks[first] <= criticalDifference) last++;
            if (last > first && (groups.Count == 0 || groups[^1].Last < last)) groups.Add((first, last));
        }
        return groups;
    }
}
