namespace NasFarm.Analysis.Statistics;

/// <summary>Studentised bootstrap (bootstrap-t) of a spread or of the ratio of two: each resample's distance from the estimate is measured in its own
/// standard error (Efron and Tibshirani 1993, §12.5; Davison and Hinkley 1997, §5.2.1). On the logarithm, whose standard error hardly depends on the
/// spread itself; the error is the infinitesimal jackknife's, √Σ influence², which for pairs holds their correlation.</summary>
internal static class StudentisedInterval
{
    /// <summary>Interval of SD(a)/SD(b), or of SD(a) without <paramref name="b"/>; null when a resample has no spread or no error.</summary>
    public static Interval? OfLogRatio(
        ResampledArm a, ResampledArm? b, SeedDraws draws, double[] spreadsA, double[]? spreadsB, double level)
    {
        var once = Enumerable.Repeat(1.0, draws.Strata.Sum(s => s.Length)).ToArray();
        var estimate = Math.Log(a.Spread(once) / (b?.Spread(once) ?? 1));
        var error = Error(a, b, once);
        if (!double.IsFinite(estimate) || error is not > 0) return null;

        var pivots = new double[draws.Resamples];
        draws.Each((r, times) => pivots[r] = (Math.Log(spreadsA[r] / (spreadsB?[r] ?? 1)) - estimate) / Error(a, b, times));
        if (!pivots.All(double.IsFinite)) return null;
        Array.Sort(pivots);
        double End(double probability) => Math.Exp(estimate - Sample.QuantileOfSorted(pivots, probability) * error);
        double lower = End(0.5 + level / 2), upper = End(0.5 - level / 2);
        return double.IsFinite(upper) ? new(lower, upper, level, $"studentised bootstrap, {draws.Name}") : null;
    }

    private static double Error(ResampledArm a, ResampledArm? b, double[] times)
    {
        var influence = new double[times.Length];
        a.AddInfluence(times, 1, influence);
        b?.AddInfluence(times, -1, influence);
        var squares = 0.0;
        for (var i = 0; i < times.Length; i++) squares += times[i] * influence[i] * influence[i];
        return Math.Sqrt(squares);
    }
}
