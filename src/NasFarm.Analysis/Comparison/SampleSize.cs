namespace NasFarm.Analysis.Comparison;

/// <summary>What a number of seeds can show (spec/retraining-and-data.md §7).</summary>
public enum Evidence
{
    /// <summary>n &lt; 5: dots, range, mean with t-interval, collapse k of n. Nothing about stability.</summary>
    Demonstration,

    /// <summary>5 ≤ n &lt; 10: SD and variance ratio under normality, Brown–Forsythe with its power.</summary>
    Indicative,

    /// <summary>n ≥ 10: bootstrap intervals, Brown–Forsythe as the primary test.</summary>
    Tested,
}

/// <summary>The table of what may be computed at n seeds.</summary>
public static class SampleSize
{
    /// <summary>Seeds from which a test, an SD interval or a probability of superiority is given.</summary>
    public const int LeastForTests = 5;

    /// <summary>Seeds from which the bootstrap is used.</summary>
    public const int LeastForBootstrap = 10;

    /// <summary>Seeds from which the interquartile mean is shown. It trims collapses, so it never leads a verdict.</summary>
    public const int LeastForInterquartileMean = 8;

    /// <summary>What n seeds per arm allow.</summary>
    public static Evidence Allows(int n) => n switch
    {
        < LeastForTests => Evidence.Demonstration,
        < LeastForBootstrap => Evidence.Indicative,
        _ => Evidence.Tested,
    };

    /// <summary>n: search seeds behind an arm's scores. Several data orders of one search seed are no new seeds.</summary>
    internal static int Seeds(IEnumerable<Dot> dots) => dots.Select(d => d.SearchSeed).Distinct().Count();

    /// <summary>How many seeds would be needed, for a comparison that has too few.</summary>
    public static string Needed(double level) => Needed(3, level) is { } three && Needed(2, level) is { } two
        ? $"A verdict needs {LeastForBootstrap} seeds per arm or more; a true SD ratio of 3 is found with 80 % power from {three} seeds on, one of 2 from {two} on."
        : $"A verdict needs {LeastForBootstrap} seeds per arm or more.";

    private static int? Needed(double ratio, double level) =>
        Statistics.DetectableSpread.SeedsFor(ratio, level) is { } n ? Math.Max(n, LeastForBootstrap) : null;

    /// <summary>The sentence that stands over a comparison of n seeds per arm; null when n limits nothing.</summary>
    public static string? Banner(int n) => Allows(n) switch
    {
        Evidence.Demonstration => $"demonstration, n = {n}: it shows the instrument, not the claim",
        Evidence.Indicative => $"indicative, n = {n}: intervals assume normal scores and the test has little power",
        _ => null,
    };

    /// <summary>Why n seeds cannot test stability; null when they can.</summary>
    public static string? Limitation(int n) => Allows(n) switch
    {
        Evidence.Demonstration =>
            $"{n} seed{(n == 1 ? "" : "s")} per arm cannot test stability: Brown–Forsythe with 3 + 3 seeds can never reject (p ≥ .116), " +
            "so no test, no bootstrap and no interval of an SD is given.",
        Evidence.Indicative =>
            $"With {n} seeds per arm a true SD ratio of 3 is found in about {Statistics.BrownForsythe.PowerFor(n)!.Value.Power * 100:0} % of sweeps " +
            $"(Brown–Forsythe at n = {Statistics.BrownForsythe.PowerFor(n)!.Value.AtN}); not rejecting says next to nothing.",
        _ => null,
    };
}
