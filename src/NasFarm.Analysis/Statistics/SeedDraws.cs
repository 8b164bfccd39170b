namespace NasFarm.Analysis.Statistics;

/// <summary>Resamples of seeds. Seeds that the same arms have are drawn with replacement among themselves, and a drawn seed brings its score in every
/// arm: arms with the same seeds keep their pairs, arms without a common seed are drawn apart (strata), and every arm keeps its number of scores.</summary>
internal sealed class SeedDraws
{
    /// <summary>A stratum of fewer seeds would be drawn almost as it is; then all seeds are one.</summary>
    private const int LeastInStratum = 5;

    private readonly int seeds;
    private readonly CounterRandom random;

    /// <param name="scores">[arm][seed], NaN where an arm has no score for a seed.</param>
    /// <param name="resamples">How many.</param>
    /// <param name="seed">Repeats them.</param>
    public SeedDraws(IReadOnlyList<double[]> scores, int resamples, ulong seed)
    {
        (seeds, Resamples, random) = (scores[0].Length, resamples, new(seed));
        int[][] found = scores.All(arm => !arm.Any(double.IsNaN)) ? [[.. Enumerable.Range(0, seeds)]]
            : [.. Enumerable.Range(0, seeds).GroupBy(i => string.Concat(scores.Select(arm => double.IsNaN(arm[i]) ? '-' : 'x'))).Select(g => g.ToArray())];
        Strata = found.All(s => s.Length >= LeastInStratum) ? found : [[.. Enumerable.Range(0, seeds)]];
    }

    public int Resamples { get; }

    /// <summary>Places of seeds that are drawn among themselves.</summary>
    public IReadOnlyList<int[]> Strata { get; }

    /// <summary>How the resampling is called in an interval's method.</summary>
    public string Name => Strata.Count == 1 ? "seeds resampled jointly" : $"seeds resampled within {Strata.Count} strata";

    /// <summary>How often each seed was drawn in a resample. A resample has random numbers of its own: on whatever core it is made, it is the same.</summary>
    public void Draw(int resample, double[] times)
    {
        Array.Clear(times);
        var counter = (ulong)resample * (ulong)seeds;
        foreach (var stratum in Strata)
        {
            foreach (var _ in stratum) times[stratum[random.Index(counter++, stratum.Length)]]++;
        }
    }

    /// <summary>Every resample in turn, on all cores.</summary>
    public void Each(Action<int, double[]> use) =>
        Parallel.For(0, Resamples, () => new double[seeds], (r, _, times) =>
        {
            Draw(r, times);
            use(r, times);
            return times;
        }, _ => { });
}
