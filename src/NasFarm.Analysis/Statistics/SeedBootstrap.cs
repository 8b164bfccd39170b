namespace NasFarm.Analysis.Statistics;

/// <summary>Bootstrap of standard deviations over seeds. One resample draws seed indices once and applies them to every arm:
/// arms share seeds, and drawing them apart would throw that pairing away (spec/retraining-and-data.md §7).</summary>
public sealed class SeedBootstrap
{
    /// <summary>Default seed of the resampling, recorded in every output.</summary>
    public const ulong DefaultSeed = 20200114;

    /// <summary>Default number of resamples.</summary>
    public const int DefaultResamples = 2000;

    private readonly double[] estimates;      // [arm]
    private readonly double[][] replicates;   // [arm][resample]
    private readonly double[][] jackknife;    // [arm][seed left out]

    /// <summary>Resamples. <paramref name="scores"/> is [arm][seed]; NaN where an arm has no value for a seed.
    /// Every arm needs three values.</summary>
    public SeedBootstrap(IReadOnlyList<double[]> scores, int resamples = DefaultResamples, ulong seed = DefaultSeed)
    {
        (Seed, Resamples) = (seed, resamples);
        var seeds = scores[0].Length;
        foreach (var arm in scores) Sample.Require(arm.Where(v => !double.IsNaN(v)).ToArray(), 3);
        var arms = scores.Select(arm => new Arm(arm)).ToArray();
        var times = Enumerable.Repeat(1.0, seeds).ToArray();
        estimates = [.. arms.Select(arm => arm.Spread(times))];
        jackknife = [.. scores.Select(LeaveOneOut)];

        replicates = [.. scores.Select(_ => new double[resamples])];
        var random = new CounterRandom(seed);
        // A resample has random numbers of its own: on whatever core it is made, it is the same.
        Parallel.For(0, resamples, () => new double[seeds], (r, _, drawn) =>
        {
            Array.Clear(drawn);
            for (var i = 0; i < seeds; i++) drawn[random.Index((ulong)r * (ulong)seeds + (ulong)i, seeds)]++;
            for (var arm = 0; arm < arms.Length; arm++) replicates[arm][r] = arms[arm].Spread(drawn);
            return drawn;
        }, _ => { });
    }

    /// <summary>Seed that repeats these resamples.</summary>
    public ulong Seed { get; }

    /// <summary>Number of resamples.</summary>
    public int Resamples { get; }

    /// <summary>BCa interval of one arm's SD; null when the arm is constant.</summary>
    public Interval? StandardDeviation(int arm, double level = Interval.DefaultLevel) =>
        Bca(estimates[arm], replicates[arm], jackknife[arm], level);

    /// <summary>BCa interval of SD(a)/SD(b); null when an arm is constant, when one seed alone makes b spread (the ratio without it is
    /// infinite), or when a resample has both SDs at 0.</summary>
    public Interval? Ratio(int a, int b, double level = Interval.DefaultLevel) => Bca(
        estimates[a] / estimates[b],
        [.. replicates[a].Zip(replicates[b], (x, y) => x / y)],
        [.. jackknife[a].Zip(jackknife[b], (x, y) => x / y)], level);

    /// <summary>Efron's bias-corrected and accelerated interval (Efron and Tibshirani 1993, §14.3); null when it is not defined.</summary>
    internal static Interval? Bca(double estimate, double[] replicates, double[] jackknife, double level)
    {
        if (!double.IsFinite(estimate) || estimate == 0 || replicates.Any(double.IsNaN) || !jackknife.All(double.IsFinite)) return null;
        var below = replicates.Sum(r => r < estimate ? 1 : r == estimate ? 0.5 : 0) / replicates.Length;
        if (below is <= 0 or >= 1) return null;
        var bias = Tail.NormalQuantile(below);
        var mean = Sample.Mean(jackknife);
        double squares = 0, cubes = 0;
        foreach (var d in jackknife.Select(j => mean - j)) (squares, cubes) = (squares + d * d, cubes + d * d * d);
        var acceleration = squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));

        var sorted = replicates.Order().ToArray();
        double End(double probability)
        {
            var z = bias + Tail.NormalQuantile(probability);
            return Sample.QuantileOfSorted(sorted, Tail.NormalBelow(bias + z / (1 - acceleration * z)));
        }
        return new(End(0.5 - level / 2), End(0.5 + level / 2), level, "BCa bootstrap, seeds resampled jointly");
    }

    // SD without each seed in turn; a seed without a value changes nothing.
    private static double[] LeaveOneOut(double[] values)
    {
        var known = values.Where(v => !double.IsNaN(v)).ToArray();
        double n = known.Length, mean = Sample.Mean(known), squares = known.Sum(v => (v - mean) * (v - mean));
        return [.. values.Select(v => double.IsNaN(v) ? Math.Sqrt(squares / (n - 1))
            : Math.Sqrt(Math.Max(0, squares - (v - mean) * (v - mean) * n / (n - 1)) / (n - 2)))];
    }

    // Values as distances from the first one: a constant arm spreads by exactly 0, and nothing cancels. 0 with weight 0 where unknown.
    private sealed class Arm
    {
        private readonly double[] distances;
        private readonly double[] known;

        public Arm(double[] values)
        {
            var first = values.First(v => !double.IsNaN(v));
            distances = [.. values.Select(v => double.IsNaN(v) ? 0 : v - first)];
            known = [.. values.Select(v => double.IsNaN(v) ? 0.0 : 1)];
        }

        // SD of the values repeated so many times each; NaN with fewer than two.
        public double Spread(double[] times)
        {
            double n = 0, sum = 0, squares = 0;
            for (var i = 0; i < distances.Length; i++)
            {
                var weighted = times[i] * distances[i];
                n += times[i] * known[i];
                sum += weighted;
                squares += weighted * distances[i];
            }
            return n < 2 ? double.NaN : Math.Sqrt(Math.Max(0, squares - sum * sum / n) / (n - 1));
        }
    }
}
