namespace NasFarm.Analysis.Statistics;

/// <summary>Bootstrap of spreads over seeds. One resample draws seeds once and applies them to every arm: arms share seeds, and drawing
/// them apart would throw that pairing away (spec/retraining-and-data.md §7). Arms without a common seed are drawn apart (<see cref="SeedDraws"/>).</summary>
public sealed class SeedBootstrap
{
    /// <summary>Default seed of the resampling, recorded in every output.</summary>
    public const ulong DefaultSeed = 20200114;

    /// <summary>Default number of resamples.</summary>
    public const int DefaultResamples = 2000;

    private readonly ResampledArm[] arms;
    private readonly SeedDraws draws;
    private readonly Replicates spread, interquartile;

    /// <summary>Resamples. <paramref name="scores"/> is [arm][seed]; NaN where an arm has no value for a seed.
    /// Every arm needs three values.</summary>
    public SeedBootstrap(IReadOnlyList<double[]> scores, int resamples = DefaultResamples, ulong seed = DefaultSeed)
    {
        (Seed, Resamples) = (seed, resamples);
        arms = [.. scores.Select(arm => new ResampledArm(arm))];
        draws = new(scores, resamples, seed);
        var seeds = scores[0].Length;
        spread = new(arms.Length, resamples, seeds);
        interquartile = new(arms.Length, resamples, seeds);

        var times = Enumerable.Repeat(1.0, seeds).ToArray();
        Fill(times, spread.Estimates, interquartile.Estimates);
        draws.Each((r, drawn) =>
        {
            for (var arm = 0; arm < arms.Length; arm++)
                (spread.Resampled[arm][r], interquartile.Resampled[arm][r]) = (arms[arm].Spread(drawn), arms[arm].InterquartileRange(drawn));
        });
        // A seed without a value changes nothing.
        for (var left = 0; left < seeds; left++)
        {
            times[left] = 0;
            for (var arm = 0; arm < arms.Length; arm++)
                (spread.Jackknife[arm][left], interquartile.Jackknife[arm][left]) = (arms[arm].Spread(times), arms[arm].InterquartileRange(times));
            times[left] = 1;
        }
    }

    /// <summary>Seed that repeats these resamples.</summary>
    public ulong Seed { get; }

    /// <summary>Number of resamples.</summary>
    public int Resamples { get; }

    /// <summary>BCa interval of one arm's SD; null when the arm is constant.</summary>
    public Interval? StandardDeviation(int arm, double level = Interval.DefaultLevel) =>
        BcaInterval.Of(spread.Estimates[arm], spread.Resampled[arm], spread.Jackknife[arm], draws.Strata, level, draws.Name);

    /// <summary>BCa interval of SD(a)/SD(b); null when an arm is constant, when one seed alone makes b spread (the ratio without it is
    /// infinite), or when a resample has both SDs at 0. That of the ratio of variances is its square.</summary>
    public Interval? Ratio(int a, int b, double level = Interval.DefaultLevel) => Bca(spread, a, b, level);

    /// <summary>IQR(a)/IQR(b); null when the IQR of b is 0.</summary>
    public double? InterquartileRatio(int a, int b) =>
        interquartile.Estimates[a] / interquartile.Estimates[b] is var ratio && double.IsFinite(ratio) ? ratio : null;

    /// <summary>Percentile interval of IQR(a)/IQR(b). Quantiles jump from value to value, so that a jackknife tells nothing about their acceleration.
    /// A resample that is mostly one seed has both IQRs at 0 and says nothing about their ratio; null when more than one in fifty is such, when the IQR
    /// of b is 0, or when an end is not finite.</summary>
    public Interval? InterquartileRatioInterval(int a, int b, double level = Interval.DefaultLevel)
    {
        if (InterquartileRatio(a, b) is null) return null;
        double[] sorted = [.. interquartile.Resampled[a].Zip(interquartile.Resampled[b], (x, y) => x / y).Where(ratio => !double.IsNaN(ratio)).Order()];
        if (sorted.Length < 0.98 * Resamples) return null;
        double lower = Sample.QuantileOfSorted(sorted, 0.5 - level / 2), upper = Sample.QuantileOfSorted(sorted, 0.5 + level / 2);
        return double.IsFinite(upper) ? new(lower, upper, level, $"percentile bootstrap, {draws.Name}") : null;
    }

    /// <summary>Studentised interval of SD(a)/SD(b), made on the scale of its logarithm; null when an arm is constant or a resample of it is.</summary>
    public Interval? StudentisedRatio(int a, int b, double level = Interval.DefaultLevel) =>
        StudentisedInterval.OfLogRatio(arms[a], arms[b], draws, spread.Resampled[a], spread.Resampled[b], level);

    /// <summary>Studentised interval of one arm's SD, likewise.</summary>
    public Interval? StudentisedStandardDeviation(int arm, double level = Interval.DefaultLevel) =>
        StudentisedInterval.OfLogRatio(arms[arm], null, draws, spread.Resampled[arm], null, level);

    private Interval? Bca(Replicates of, int a, int b, double level) => BcaInterval.Of(
        of.Estimates[a] / of.Estimates[b],
        [.. of.Resampled[a].Zip(of.Resampled[b], (x, y) => x / y)],
        [.. of.Jackknife[a].Zip(of.Jackknife[b], (x, y) => x / y)], draws.Strata, level, draws.Name);

    private void Fill(double[] times, double[] spreads, double[] ranges)
    {
        for (var arm = 0; arm < arms.Length; arm++) (spreads[arm], ranges[arm]) = (arms[arm].Spread(times), arms[arm].InterquartileRange(times));
    }

    private sealed class Replicates(int arms, int resamples, int seeds)
    {
        public double[] Estimates { get; } = new double[arms];
        public double[][] Resampled { get; } = [.. Enumerable.Range(0, arms).Select(_ => new double[resamples])];
        public double[][] Jackknife { get; } = [.. Enumerable.Range(0, arms).Select(_ => new double[seeds])];
    }
}
