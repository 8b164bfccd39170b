using System.Collections.Concurrent;

namespace NasFarm.Analysis.Statistics;

/// <summary>What Brown–Forsythe finds with n scores an arm, for normal scores, by simulation (<see cref="SequentialPower"/>). The F-test's ratios, which
/// a plan shows, are smaller: it knows that scores are normal.</summary>
public static class DetectableSpread
{
    /// <summary>Most scores an arm that are searched for a wished ratio.</summary>
    public const int Most = 400;

    /// <summary>Scores an arm up to which ratios are simulated.</summary>
    private const int MostSimulated = 100;

    private static readonly ConcurrentDictionary<(int N, double Alpha), double?> Ratios = [];

    private static readonly ConcurrentDictionary<(double Ratio, double Alpha), int?> Seeds = [];

    /// <summary>Smallest ratio of SDs, above 1, that is found with a probability of 80 %; null when not even an infinite one is. Above 100 scores its logarithm
    /// falls with 1/√n, as the standard error of a mean does.</summary>
    /// <param name="n">Scores an arm, 2 or more.</param>
    /// <param name="alpha">Two-sided level.</param>
    public static double? Ratio(int n, double alpha = 0.05) => n > MostSimulated
        ? Ratio(MostSimulated, alpha) is { } ratio ? Math.Exp(Math.Log(ratio) * Math.Sqrt((double)MostSimulated / n)) : null
        : Ratios.GetOrAdd((n, alpha), static key =>
        new SequentialPower([key.N], [key.Alpha]).SmallestRatios()[0] is { } variances ? Math.Sqrt(variances) : null);

    /// <summary>Fewest scores an arm that find a true ratio of SDs with a probability of 80 %; null beyond <see cref="Most"/>.</summary>
    public static int? SeedsFor(double ratio, double alpha = 0.05) => Seeds.GetOrAdd((ratio, alpha), static key =>
    {
        bool Found(int n) => new SequentialPower([n], [key.Alpha]).FoundBy(key.Ratio * key.Ratio)[0] >= SequentialPower.WishedPower;
        if (key.Ratio <= 1) return null;
        int missed = 2, found = 4;
        while (!Found(found))
        {
            if (found >= Most) return null;
            (missed, found) = (found, Math.Min(2 * found, Most));
        }
        while (found - missed > 1)
        {
            var middle = (missed + found) / 2;
            if (Found(middle)) found = middle; else missed = middle;
        }
        return found;
    });
}
