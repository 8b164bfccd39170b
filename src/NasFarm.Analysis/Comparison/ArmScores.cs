using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>Builds the figures of one arm on one measure. What n does not allow stays null.</summary>
internal static class ArmScores
{
    /// <summary>Training noise of one CIFAR-10 table training in points (spec/retraining-and-data.md §7).</summary>
    public const double OneTrainingSd = 0.31;

    /// <summary>SD among isomorphic cells above 85 % in the CIFAR-10 table: spreads below it are noise (ibid.).</summary>
    public const double TableNoiseSd = 0.21;

    /// <summary>What an SD means when each search seed was retrained once.</summary>
    public const string TotalVariance = "total: search and retraining together";

    public static ArmScore Of(
        Series arm, Measure measure, bool complete, IReadOnlyList<string> flags, Interval? bootstrap, Func<double[], Probability?> betterThanRandom)
    {
        var dots = arm.Dots(measure);
        double[] values = [.. dots.Select(d => d.Value)];
        var n = SampleSize.Seeds(dots);
        var score = new ArmScore
        {
            Measure = measure.Id, Route = $"{arm.Setting.Data.Name} → {measure.Label}", Dots = dots, Flags = flags,
            SdMeaning = Meaning(arm, measure),
        };
        if (values.Length == 0) return score;
        score = score with
        {
            Mean = Sample.Mean(values),
            MeanInterval = values.Length >= 2 ? NormalTheory.Mean(values) : null,
            Min = values.Min(),
            Max = values.Max(),
            InterquartileMean = n >= SampleSize.LeastForInterquartileMean ? Sample.InterquartileMean(values) : null,
            WithoutDiverged = Without(dots, complete),
        };
        if (!complete || SampleSize.Allows(n) == Evidence.Demonstration) return score;

        var sd = Sample.StandardDeviation(values);
        var cifar10Table = measure.Kind == MeasureKind.Table && measure.Target.StartsWith("c10_test", StringComparison.Ordinal);
        return score with
        {
            Sd = sd,
            SdNormal = NormalTheory.StandardDeviation(values),
            SdBootstrap = bootstrap,
            SdUser = cifar10Table ? Math.Sqrt(sd * sd + OneTrainingSd * OneTrainingSd) : null,
            AtTableNoise = cifar10Table && sd < TableNoiseSd,
            Components = Components(arm, measure),
            BetterThanRandom = arm.IsRandom ? null : betterThanRandom(values),
        };
    }

    private static WithoutDiverged? Without(IReadOnlyList<Dot> dots, bool complete)
    {
        double[] kept = [.. dots.Where(d => !d.Diverged).Select(d => d.Value)];
        return kept.Length == dots.Count ? null
            : new(kept.Length, kept.Length > 0 ? Sample.Mean(kept) : null,
                complete && SampleSize.Allows(SampleSize.Seeds(dots.Where(d => !d.Diverged))) != Evidence.Demonstration ? Sample.StandardDeviation(kept) : null);
    }

    // One search seed retrained once cannot tell search variance from retrain variance.
    private static string Meaning(Series arm, Measure measure) =>
        measure.Kind == MeasureKind.Table ? "search alone (table look-up)"
        : RetrainGroups(arm, measure) is { } groups && groups.All(g => g.Length >= 2) ? "search, and the mean over retrain seeds; components apart"
        : TotalVariance;

    private static VarianceComponents? Components(Series arm, Measure measure)
    {
        var runs = arm.Runs.Where(r => r.State == SeedRunState.Finished && !r.SearchDiverged).ToList();
        if (Crossed(runs))
        {
            var cells = runs.Select(r => (r.Spec.SearchSeed, r.Spec.DataOrderSeed,
                Scores: measure.Kind == MeasureKind.Retrain ? measure.RetrainScores(r) : measure.ScoreOf(r) is { } score ? [score] : [])).ToList();
            return cells.All(c => c.Scores.Length > 0) ? CrossedComponents.Reml(cells) : null;
        }
        return RetrainGroups(arm, measure) is { Length: >= 2 } groups && groups.All(g => g.Length >= 2) ? VarianceComponents.Reml(groups) : null;
    }

    /// <summary>Search seeds meet several data orders, and data orders several search seeds.</summary>
    public static bool Crossed(IReadOnlyList<SeedRunResult> runs)
    {
        int searches = runs.Select(r => r.Spec.SearchSeed).Distinct().Count(), orders = runs.Select(r => r.Spec.DataOrderSeed).Distinct().Count();
        return searches >= 2 && orders >= 2 && runs.Count > Math.Max(searches, orders);
    }

    // Scores of each search seed that did not diverge; null: there are none.
    private static double[][]? RetrainGroups(Series arm, Measure measure) => measure.Kind != MeasureKind.Retrain ? null
        : arm.Runs.Where(r => r.State == SeedRunState.Finished && !r.SearchDiverged).Select(measure.RetrainScores).ToArray() is { Length: > 0 } groups ? groups : null;
}
