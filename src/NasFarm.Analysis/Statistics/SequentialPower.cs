namespace NasFarm.Analysis.Statistics;

/// <summary>How often Brown–Forsythe on n + n normal scores crosses the boundary of some look, by simulation from a fixed seed: the same looks give
/// the same figures. Distances from the median scale with the scores, so that one set of samples serves every ratio of variances.</summary>
public sealed class SequentialPower
{
    /// <summary>Wished probability of finding a ratio that is there.</summary>
    public const double WishedPower = 0.80;

    /// <summary>Seed of the samples unless another is given.</summary>
    public const ulong DefaultSeed = 20_200_114;

    /// <summary>Scores drawn at most per arm over all trials: bounds the time of very large sweeps.</summary>
    private const int MostScores = 2_000_000;

    private readonly int[] seeds;
    private readonly double[] critical;
    private readonly (Distances First, Distances Second)[][] trials;

    /// <param name="seeds">Scores per arm at each look, growing, 2 or more.</param>
    /// <param name="levels">p below which each look decides; 0: that look tests nothing.</param>
    /// <param name="trials">Pairs of samples, at most; fewer where looks are very large, never fewer than 200.</param>
    /// <param name="seed">Of the samples.</param>
    public SequentialPower(IReadOnlyList<int> seeds, IReadOnlyList<double> levels, int trials = 4_000, ulong seed = DefaultSeed)
    {
        this.seeds = [.. seeds];
        critical = [.. seeds.Zip(levels, Critical)];
        this.trials = [.. Enumerable.Range(0, Math.Clamp(MostScores / seeds[^1], 200, Math.Max(200, trials))).Select(trial => Draw(new(seed), (ulong)trial))];
    }

    /// <summary>Share of trials that each look or an earlier one decides.</summary>
    /// <param name="varianceRatio">True variance of the first arm over that of the second, 1 or more; may be infinite.</param>
    public IReadOnlyList<double> FoundBy(double varianceRatio)
    {
        var shrink = 1 / Math.Sqrt(varianceRatio);
        var found = new int[seeds.Length];
        foreach (var looks in trials)
        {
            var first = Enumerable.Range(0, seeds.Length).FirstOrDefault(look => Statistic(looks[look], seeds[look], shrink) > critical[look], seeds.Length);
            for (var look = first; look < seeds.Length; look++) found[look]++;
        }
        return [.. found.Select(count => (double)count / trials.Length)];
    }

    /// <summary>Smallest ratio of variances that each look or an earlier one decides with <see cref="WishedPower"/>, to three digits; null where not
    /// even an infinite one is: the statistic of few scores is bounded, and an early boundary may lie beyond.</summary>
    public IReadOnlyList<double?> SmallestRatios()
    {
        var certain = FoundBy(double.PositiveInfinity);
        return [.. Enumerable.Range(0, seeds.Length).Select(look => certain[look] < WishedPower ? (double?)null : Smallest(look))];
    }

    private double Smallest(int look)
    {
        // On the scale of 1/√ratio, in (0, 1]: at 1 the variances are equal.
        double found = 0, missed = 1;
        while (missed - found > 0.0005 * missed && missed > 1e-6)
        {
            var shrink = (found + missed) / 2;
            if (FoundBy(1 / (shrink * shrink))[look] >= WishedPower) found = shrink;
            else missed = shrink;
        }
        return 1 / (missed * missed);
    }

    /// <summary>Of one sample: the mean distance from the median, and the sum of squares of distances about that mean.</summary>
    private readonly record struct Distances(double Mean, double Squares);

    private (Distances, Distances)[] Draw(CounterRandom random, ulong trial)
    {
        var counter = trial * 2 * (ulong)seeds[^1];
        double[] Scores() => [.. Enumerable.Range(0, seeds[^1]).Select(_ => Tail.NormalQuantile(((random.Bits(counter++) >> 11) + 0.5) / (1UL << 53)))];
        double[] first = Scores(), second = Scores();
        return [.. seeds.Select(n => (Of(first.AsSpan(0, n)), Of(second.AsSpan(0, n))))];
    }

    private static Distances Of(ReadOnlySpan<double> scores)
    {
        var median = Sample.Median(scores);
        double sum = 0, squares = 0;
        foreach (var score in scores)
        {
            var distance = Math.Abs(score - median);
            sum += distance;
            squares += distance * distance;
        }
        return new(sum / scores.Length, squares - (sum * sum / scores.Length));
    }

    /// <summary>F of two samples, the second shrunk: one-way analysis of variance of the distances.</summary>
    private static double Statistic((Distances First, Distances Second) pair, int n, double shrink)
    {
        var difference = pair.First.Mean - (shrink * pair.Second.Mean);
        var within = pair.First.Squares + (shrink * shrink * pair.Second.Squares);
        return n / 2.0 * difference * difference * ((2 * n) - 2) / within;
    }

    /// <summary>The F(1, 2n − 2) whose tail is the level.</summary>
    private static double Critical(int n, double level)
    {
        if (level <= 0) return double.PositiveInfinity;
        double low = 0, high = 1e12;
        while (high - low > 1e-9 * high)
        {
            var middle = low < 1 ? (low + high) / 2 : Math.Sqrt(low * high);
            (low, high) = Tail.FisherF(middle, 1, (2 * n) - 2) > level ? (middle, high) : (low, middle);
        }
        return high;
    }
}
