using System.Globalization;
using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>Looks at a growing sweep (docs/how-it-works/looks.md): what each asks, what it answers, and what a report says of them.</summary>
public static class SequentialLooks
{
    /// <summary>What each look asks: boundaries of the O'Brien–Fleming type, which spend the level over all looks together.</summary>
    /// <param name="seeds">Seeds per arm at each look, growing.</param>
    /// <param name="alpha">Two-sided level; null: <see cref="ComparisonSpec.DefaultAlpha"/>.</param>
    public static IReadOnlyList<PlannedLook> Plan(IReadOnlyList<int> seeds, double? alpha = null)
    {
        var level = alpha ?? ComparisonSpec.DefaultAlpha;
        double[] fractions = [.. seeds.Select(n => (double)n / seeds[^1])];
        return [.. GroupSequential.Boundaries(level, fractions).Select((boundary, k) => new PlannedLook(
            k + 1, seeds[k], boundary, GroupSequential.NominalLevel(boundary), 2 * GroupSequential.Spent(level / 2, fractions[k])))];
    }

    /// <summary>The same with the ratio of variances that each look finds, for a plan.</summary>
    public static IReadOnlyList<PlannedLook> PlanWithRatios(IReadOnlyList<int> seeds, double? alpha = null)
    {
        var looks = Plan(seeds, alpha);
        var power = new SequentialPower(seeds, [.. looks.Select(look => look.Seeds < SampleSize.LeastForTests ? 0 : look.Level)]);
        return [.. looks.Zip(power.SmallestRatios(), (look, ratio) => look with { VarianceRatio = ratio })];
    }

    /// <summary>Answers the open look of a sweep whose runs up to it all have results: the primary test of the comparison, held against the
    /// boundary. Throws <see cref="ArgumentException"/> when the sweep has no looks.</summary>
    public static LookVerdict Decide(SweepResult sweep)
    {
        var looks = sweep.Looks ?? throw new ArgumentException($"Sweep {sweep.SweepId} has no looks.", nameof(sweep));
        var seen = sweep.ToOpenLook();
        var arms = Series.Of(seen);
        if (Measure.Main(Measure.Discover(seen.Runs)) is not { } main)
            return new LookVerdict.Unanswerable($"the look after {looks.Seeds[looks.Open - 1]} seeds finds no score; is the benchmark table named?");
        if (SweepComparison.Primary(arms, seen.Comparison) is not var (a, b))
            return new LookVerdict.Unanswerable($"{seen.Comparison.PrimaryA} and {seen.Comparison.PrimaryB} do not both have runs in one setting");
        double[] x = [.. a.Dots(main).Select(d => d.Value)], y = [.. b.Dots(main).Select(d => d.Value)];
        if (x.Length < a.Runs.Count || y.Length < b.Runs.Count)
            return new LookVerdict.Unanswerable($"{a.Runs.Count + b.Runs.Count - x.Length - y.Length} runs of {a.Label} and {b.Label} have no value for {main.Label}");

        var look = Plan(looks.Seeds, seen.Comparison.Alpha)[looks.Open - 1];
        var isLast = look.Look == looks.Seeds.Count;
        var after = isLast ? $"at the last look, after {look.Seeds} seeds" : $"at the look after {look.Seeds} seeds";
        if (Math.Min(SampleSize.Seeds(a.Dots(main)), SampleSize.Seeds(b.Dots(main))) < SampleSize.LeastForTests)
            return Answer(null, $"undecided {after}: fewer than {SampleSize.LeastForTests} seeds test nothing");
        if (BrownForsythe.Test(x, y) is not var (_, p))
            return Answer(null, $"undecided {after}: neither arm spreads, and there is nothing to test");
        return Answer(p, $"{(p < look.Level ? "decided" : "undecided")} {after}, p = {Level(p)}, boundary {Level(look.Level)}");

        LookVerdict Answer(double? tested, string sentence) =>
            new LookVerdict.Tested(tested < look.Level, tested, look.Boundary, look.Level, look.Spent, sentence);
    }

    /// <summary>What a report says of the looks of a sweep; null when it has none.</summary>
    internal static SequentialReport? Report(SweepResult sweep) =>
        sweep.Looks is { } looks ? new(Plan(looks.Seeds, sweep.Comparison.Alpha), looks.Open, looks.Taken, looks.StoppedEarly) : null;

    /// <summary>A p value that may be far below what a table of p values shows.</summary>
    internal static string Level(double p) => p < 0.001 ? p.ToString("0.0e-0", CultureInfo.InvariantCulture) : Numbers.P(p);
}

/// <summary>The looks of a sweep as a report shows them.</summary>
/// <param name="Planned">What each asks.</param>
/// <param name="Open">Number of the look whose seeds this report sees, from 1.</param>
/// <param name="Taken">Those taken, in order.</param>
/// <param name="StoppedEarly">Decided before the last one.</param>
public sealed record SequentialReport(IReadOnlyList<PlannedLook> Planned, int Open, IReadOnlyList<LookTaken> Taken, bool StoppedEarly)
{
    /// <summary>The look whose seeds this report sees.</summary>
    internal PlannedLook Current => Planned[Open - 1];

    /// <summary>More seeds may follow when the question is undecided here.</summary>
    internal bool HasMore => Open < Planned.Count;

    /// <summary>What came of a planned look, in a word or two.</summary>
    internal string Outcome(PlannedLook look) =>
        Taken.FirstOrDefault(taken => taken.Look == look.Look) is { } taken ? (taken.Decided ? "decided" : "undecided")
        : StoppedEarly ? "not needed"
        : look.Look == Open ? "its seeds run" : "to come";

    /// <summary>Where the sweep stands, in words.</summary>
    public string Sentence
    {
        get
        {
            var taken = Taken.Count == 0 ? "" : $" Last taken: {Taken[^1].Sentence}.";
            return StoppedEarly
                ? $"Stopped early, at look {Open} of {Planned.Count}: {Taken[^1].Sentence}. Stopping at a large difference biases estimates: " +
                    "the SD ratio and its interval lie further from 1 than all seeds would have put them."
                : Taken.Count == Open ? $"Every look was taken.{taken}"
                : $"Look {Open} of {Planned.Count}, after {Current.Seeds} seeds, decides at p below {SequentialLooks.Level(Current.Level)}.{taken}";
        }
    }
}
