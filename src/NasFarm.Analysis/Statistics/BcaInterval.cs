namespace NasFarm.Analysis.Statistics;

/// <summary>Efron's bias-corrected and accelerated bootstrap interval (Efron and Tibshirani 1993, §14.3; several strata: Davison and Hinkley 1997,
/// §5.3).</summary>
internal static class BcaInterval
{
    /// <summary>Null when it is not defined: a replicate that is no number, a statistic without each seed that is not finite, no replicate on one
    /// side of the estimate, or an end that is not finite.</summary>
    /// <param name="estimate">Of all seeds.</param>
    /// <param name="replicates">Of the resamples.</param>
    /// <param name="jackknife">Without each seed in turn.</param>
    /// <param name="strata">Places of seeds that were drawn among themselves.</param>
    /// <param name="level">Of the interval.</param>
    /// <param name="drawn">How seeds were drawn, in words.</param>
    public static Interval? Of(double estimate, double[] replicates, double[] jackknife, IReadOnlyList<int[]> strata, double level, string drawn)
    {
        if (!double.IsFinite(estimate) || estimate == 0 || replicates.Any(double.IsNaN) || !jackknife.All(double.IsFinite)) return null;
        var below = replicates.Sum(r => r < estimate ? 1 : r == estimate ? 0.5 : 0) / replicates.Length;
        if (below is <= 0 or >= 1) return null;
        var bias = Tail.NormalQuantile(below);
        double squares = 0, cubes = 0;
        foreach (var stratum in strata)
        {
            double n = stratum.Length, mean = stratum.Sum(i => jackknife[i]) / n;
            foreach (var i in stratum)
            {
                var influence = (n - 1) / n * (mean - jackknife[i]);
                (squares, cubes) = (squares + influence * influence, cubes + influence * influence * influence);
            }
        }
        var acceleration = squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));

        var sorted = replicates.Order().ToArray();
        double End(double probability)
        {
            var z = bias + Tail.NormalQuantile(probability);
            return Sample.QuantileOfSorted(sorted, Tail.NormalBelow(bias + z / (1 - acceleration * z)));
        }
        double lower = End(0.5 - level / 2), upper = End(0.5 + level / 2);
        return double.IsFinite(lower) && double.IsFinite(upper) ? new(lower, upper, level, $"BCa bootstrap, {drawn}") : null;
    }
}
