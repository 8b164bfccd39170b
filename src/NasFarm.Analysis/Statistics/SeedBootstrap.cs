namespace NasFarm.Analysis.Statistics;

/// <summary>Bootstrap of spreads over seeds. One resample draws seeds once and applies them to every arm: arms share seeds, and drawing
/// them apart would throw that pairing away (spec/retraining-and-data.md §7). Arms without a common seed are drawn apart (<see cref="SeedDraws"/>).</summary>
public sealed class SeedBootstrap
{
    /// <summary>Default seed of the resampling, recorded in every output.</summary>
    public const ulong DefaultSeed = 20200114;

    /// <summary>Default number of resamples.</summary>
    public const int DefaultResamples = 2000;

    /// <summary>Seeds up to which intervals are studentised. Beyond, BCa's agree with them, and cost a third.</summary>
    public const int MostForStudentised = 200;

    private readonly ResampledArm[] arms;
    private readonly SeedDraws draws;
    private readonly int seeds;
    private readonly double[] spreads;               // [arm]
    private readonly double[][] resampledSpreads;    // [arm][resample]
    private readonly double[][] spreadsWithout;      // [arm][seed left out]
    private readonly double[] ranges;                // interquartile, [arm]
    private readonly double[][] resampledRanges;     // [arm][resample]

    /// <summary>Resamples. <paramref name="scores"/> is [arm][seed]; NaN where an arm has no value for a seed.
    /// Every arm needs three values.</summary>
    public SeedBootstrap(IReadOnlyList<double[]> scores, int resamples = DefaultResamples, ulong seed = DefaultSeed)
    {
        (Seed, Resamples, seeds) = (seed, resamples, scores[0].Length);
        arms = [.. scores.Select(arm => new ResampledArm(arm))];
        draws = new(scores, resamples, seed);
        var once = Enumerable.Repeat(1.0, seeds).ToArray();
        spreads = [.. arms.Select(arm => arm.Spread(once))];
        ranges = [.. arms.Select(arm => arm.InterquartileRange(once))];
        spreadsWithout = [.. arms.Select(arm => arm.SpreadsWithoutEach())];

        // A range walks through its arm in order, which of thousands of seeds takes long: fewer resamples then.
        var walks = Math.Min(resamples, Math.Max(400, 400_000 / seeds));
        resampledSpreads = [.. arms.Select(_ => new double[resamples])];
        resampledRanges = [.. arms.Select(_ => new double[walks])];
        draws.Each((r, drawn) =>
        {
            for (var arm = 0; arm < arms.Length; arm++)
            {
                resampledSpreads[arm][r] = arms[arm].Spread(drawn);
                if (r < walks) resampledRanges[arm][r] = arms[arm].InterquartileRange(drawn);
            }
        });
    }

    /// <summary>Seed that repeats these resamples.</summary>
    public ulong Seed { get; }

    /// <summary>Number of resamples.</summary>
    public int Resamples { get; }

    /// <summary>BCa interval of one arm's SD; null when the arm is constant.</summary>
    public Interval? StandardDeviation(int arm, double level = Interval.DefaultLevel) =>
        BcaInterval.Of(spreads[arm], resampledSpreads[arm], spreadsWithout[arm], draws.Strata, level, draws.Name);

    /// <summary>BCa interval of SD(a)/SD(b); null when an arm is constant, when one seed alone makes b spread (the ratio without it is
    /// infinite), or when a resample has both SDs at 0. That of the ratio of variances is its square.</summary>
    public Interval? Ratio(int a, int b, double level = Interval.DefaultLevel) => BcaInterval.Of(
        spreads[a] / spreads[b],
        [.. resampledSpreads[a].Zip(resampledSpreads[b], (x, y) => x / y)],
        [.. spreadsWithout[a].Zip(spreadsWithout[b], (x, y) => x / y)], draws.Strata, level, draws.Name);

    /// <summary>Studentised interval of one arm's SD, made on the scale of its logarithm; null when the arm is constant, a resample of it is, or there are
    /// more than <see cref="MostForStudentised"/> seeds.</summary>
    public Interval? StudentisedStandardDeviation(int arm, double level = Interval.DefaultLevel) => seeds > MostForStudentised ? null
        : StudentisedInterval.OfLogRatio(arms[arm], null, draws, resampledSpreads[arm], null, level);

    /// <summary>Studentised interval of SD(a)/SD(b), likewise.</summary>
    public Interval? StudentisedRatio(int a, int b, double level = Interval.DefaultLevel) => seeds > MostForStudentised ? null
        : StudentisedInterval.OfLogRatio(arms[a], arms[b], draws, resampledSpreads[a], resampledSpreads[b], level);

    /// <summary>IQR(a)/IQR(b); null when the IQR of b is 0.</summary>
    public double? InterquartileRatio(int a, int b) => ranges[a] / ranges[b] is var ratio && double.IsFinite(ratio) ? ratio : null;

    /// <summary>Percentile interval of IQR(a)/IQR(b). Quantiles jump from value to value, so that a jackknife tells nothing about their acceleration.
    /// A resample that is mostly one seed has both IQRs at 0 and says nothing about their ratio; null when more than one in fifty is such, when the IQR
    /// of b is 0, or when an end is not finite.</summary>
    public Interval? InterquartileRatioInterval(int a, int b, double level = Interval.DefaultLevel)
    {
        if (InterquartileRatio(a, b) is null) return null;
        double[] sorted = [.. resampledRanges[a].Zip(resampledRanges[b], (x, y) => x / y).Where(ratio => !double.IsNaN(ratio)).Order()];
        if (sorted.Length < 0.98 * resampledRanges[a].Length) return null;
        double lower = Sample.QuantileOfSorted(sorted, 0.5 - level / 2), upper = Sample.QuantileOfSorted(sorted, 0.5 + level / 2);
        return double.IsFinite(upper)
            ? new(lower, upper, level, $"percentile bootstrap, {draws.Name}{(resampledRanges[a].Length < Resamples ? $", {resampledRanges[a].Length} resamples" : "")}") : null;
    }
}
