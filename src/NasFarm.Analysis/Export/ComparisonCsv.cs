using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Export;

/// <summary>The numbers of a comparison as CSV: <c>arms.csv</c>, <c>contrasts.csv</c> and <c>tests.csv</c>. What n does not allow is empty.
/// <c>dictionary.csv</c> explains the columns.</summary>
public static class ComparisonCsv
{
    internal static readonly (string File, string Name, string Unit, string Meaning)[] Dictionary =
    [
        ("arms.csv", "measure", "", "id of the measure; a row per arm and measure"),
        ("arms.csv", "declared, finished, failed, cancelled, open", "runs", "declared is the sum of the others"),
        ("arms.csv", "n", "runs", "runs with a value on the measure"),
        ("arms.csv", "mean, mean_lower, mean_upper", "percent", "mean and its t interval at 95 %"),
        ("arms.csv", "min, max, iqm", "percent", "range; interquartile mean"),
        ("arms.csv", "sd, sd_lower, sd_upper, sd_method", "percent", "standard deviation, the interval to read at 95 %, and how it was made"),
        ("arms.csv", "sd_search, sd_order, sd_pair, sd_retrain, sd_rest", "percent", "components of variance as SDs: search seeds, data orders, both together, retraining; rest: the last two where they cannot be told apart"),
        ("arms.csv", "better_than_random, better_lower, better_upper", "probability", "of a random cell, ties half"),
        ("arms.csv", "structural_k, structural_n, outcome_k, outcome_n, diverged", "runs", "collapses by genotype and by score, and the runs they were asked of; diverged runs, which count in both"),
        ("contrasts.csv", "a, b", "", "arms; the ratio is a over b"),
        ("contrasts.csv", "primary", "", "true for the predeclared contrast"),
        ("contrasts.csv", "pairs, rho", "", "shared seeds, and the correlation of the arms over them"),
        ("contrasts.csv", "sd_ratio, sd_ratio_lower, sd_ratio_upper, sd_ratio_method", "", "ratio of SDs, the interval to read at 95 %, and how it was made"),
        ("contrasts.csv", "sd_ratio_bca_lower, sd_ratio_bca_upper", "", "BCa interval of the same"),
        ("contrasts.csv", "iqr_ratio, iqr_ratio_lower, iqr_ratio_upper", "", "ratio of interquartile ranges, percentile bootstrap"),
        ("contrasts.csv", "detectable_sd_ratio", "", "smallest true SD ratio that Brown–Forsythe finds at this n with 80 % power"),
        ("contrasts.csv", "a_better, a_better_lower, a_better_upper", "probability", "of a scoring higher than b with the same seed"),
        ("tests.csv", "test, subject, statistic", "", "every p value of the sweep, shown or not"),
        ("tests.csv", "p, holm, primary", "", "two-sided; Holm's correction over all but the predeclared test, empty for that one"),
    ];

    /// <summary>All three.</summary>
    public static IReadOnlyList<ExportFile> All(ComparisonReport report) => [new("arms.csv", Arms(report)), new("contrasts.csv", Contrasts(report)), new("tests.csv", Tests(report))];

    private static string Arms(ComparisonReport report)
    {
        var csv = new CsvText("arm", "method", "measure", "declared", "finished", "failed", "cancelled", "open", "n", "mean", "mean_lower", "mean_upper", "min", "max", "iqm",
            "sd", "sd_lower", "sd_upper", "sd_method", "sd_search", "sd_order", "sd_pair", "sd_retrain", "sd_rest", "better_than_random", "better_lower", "better_upper",
            "structural_k", "structural_n", "outcome_k", "outcome_n", "diverged");
        foreach (var arm in report.Arms)
        {
            var d = arm.Declared;
            // An arm without a score has its row too: its runs were declared.
            foreach (var score in arm.Scores.Count > 0 ? arm.Scores : [new ArmScore { Measure = "", Route = "", Dots = [], SdMeaning = "", Flags = [] }])
            {
                var sd = score.SdBootstrap ?? score.SdNormal;
                csv.Row(arm.Label, arm.Method, score.Measure, d.Declared, d.Finished, d.Failed, d.Cancelled, d.Open, score.N,
                    score.Mean, score.MeanInterval?.Lower, score.MeanInterval?.Upper, score.Min, score.Max, score.InterquartileMean,
                    score.Sd, sd?.Lower, sd?.Upper, Method(sd), score.Components?.Between, score.Components?.Order, score.Components?.Pair, score.Components?.Within, score.Components?.Rest,
                    score.BetterThanRandom?.Estimate, score.BetterThanRandom?.Interval.Lower, score.BetterThanRandom?.Interval.Upper,
                    arm.Structural.K, arm.Structural.N, arm.Outcome?.K, arm.Outcome?.N, arm.Diverged);
            }
        }
        return csv.ToString();
    }

    private static string Contrasts(ComparisonReport report)
    {
        var csv = new CsvText("a", "b", "measure", "primary", "pairs", "rho", "sd_ratio", "sd_ratio_lower", "sd_ratio_upper", "sd_ratio_method",
            "sd_ratio_bca_lower", "sd_ratio_bca_upper", "iqr_ratio", "iqr_ratio_lower", "iqr_ratio_upper", "detectable_sd_ratio", "a_better", "a_better_lower", "a_better_upper");
        foreach (var c in report.Contrasts.Where(c => c.Refused is null))
        {
            var ratio = c.SdRatioBootstrap ?? c.SdRatioNormal;
            csv.Row(c.A, c.B, c.Measure, c.Primary, c.Pairs, c.Rho, c.SdRatio, ratio?.Lower, ratio?.Upper, Method(ratio), c.SdRatioBca?.Lower, c.SdRatioBca?.Upper,
                c.IqrRatio, c.IqrRatioBootstrap?.Lower, c.IqrRatioBootstrap?.Upper, c.DetectableSdRatio,
                c.Superiority?.Estimate, c.Superiority?.Interval.Lower, c.Superiority?.Interval.Upper);
        }
        return csv.ToString();
    }

    private static string Tests(ComparisonReport report)
    {
        var csv = new CsvText("test", "subject", "statistic", "p", "holm", "primary");
        foreach (var p in report.PValues) csv.Row(p.Name, p.Subject, p.Statistic, p.P, p.Adjusted, p.Primary);
        return csv.ToString();
    }

    private static string? Method(Interval? interval) => interval is null ? null : interval.Method + (interval.Assumes is { } assumes ? $", assumes {assumes}" : "");
}
