using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Statistics;
using NasFarm.Analysis.Tables;
using NasFarm.Analysis.Tests.Report;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

public sealed class RankingsAndComponentsTests
{
    [Fact]
    public void Arms_are_ranked_by_spread_and_by_score_over_settings()
    {
        var sweep = RichSweeps.Settings(10);
        var report = SweepComparison.Of(sweep, resamples: 200);
        Assert.Equal([RankedBy.Spread, RankedBy.Score], report.Rankings.Select(r => r.By));
        var spread = report.Rankings[0];
        Assert.Equal(3, spread.Settings.Count);
        Assert.Equal(5, spread.MeanRanks[spread.Arms.Index().Single(a => a.Item == "darts").Index]);
        Assert.Equal(Nemenyi.CriticalDifference(5, 3), spread.CriticalDifference);
        Assert.Contains(spread.Friedman!, report.PValues);
        Assert.NotNull(spread.Friedman!.Adjusted);
        Assert.Contains("id=\"ranking\"", HtmlReport.Render(sweep, report));
        Assert.Contains("Nemenyi", ComparisonText.Render(report));
    }

    [Fact]
    public void One_setting_or_two_arms_rank_nothing()
    {
        Assert.Empty(SweepComparison.Of(RichSweeps.Table(10), resamples: 200).Rankings);
        var sweep = RichSweeps.Settings(10);
        Assert.Empty(SweepComparison.Of(sweep with { Arms = ["sgas-es", "darts"], Runs = [.. sweep.Runs.Where(r => r.Arm is "sgas-es" or "darts")] }, resamples: 200).Rankings);
    }

    [Fact]
    public void Settings_with_too_few_seeds_are_not_ranked_and_the_report_says_why()
    {
        var report = SweepComparison.Of(RichSweeps.Settings(3), resamples: 200);
        Assert.Empty(report.Rankings);
        Assert.Contains(report.Notes, n => n.StartsWith("Arms are not ranked", StringComparison.Ordinal));
    }

    [Fact]
    public void Data_orders_crossed_with_search_seeds_have_a_component_and_are_no_new_seeds()
    {
        // Three search seeds, four orders: twelve runs, but n = 3.
        var runs = from arm in new[] { "sgas-es", "darts" }
                   from s in Enumerable.Range(0, 3)
                   from o in Enumerable.Range(0, 4)
                   let run = TableRun(arm, s, 90 + 2 * s + 0.3 * o + 0.05 * (s * o % 5))
                   select run with { RunId = $"{arm}-{s}-{o}", Spec = run.Spec with { DataOrderSeed = 100 + o } };
        var few = SweepComparison.Of(Sweep(runs), resamples: 200);
        Assert.Equal(VerdictKind.Demonstration, few.Verdict.Kind);
        Assert.Null(few.Arms[0].Scores[0].Sd);
        Assert.Contains(few.Notes, n => n.Contains("3 × 4"));

        var more = from s in Enumerable.Range(0, 6)
                   from o in Enumerable.Range(0, 3)
                   let run = TableRun("darts", s, 90 + Math.Sin(3.0 * s) + 0.5 * o + 0.1 * Math.Cos(5.0 * s * o))
                   select run with { RunId = $"darts-{s}-{o}", Spec = run.Spec with { DataOrderSeed = 100 + o } };
        var components = SweepComparison.Of(Sweep(more), resamples: 200).Arms[0].Scores[0].Components!;
        Assert.Null(components.Within);
        Assert.InRange(components.Order!.Value, 0.3, 0.7);
        Assert.True(components.Rest < components.Order);
        Assert.Contains("data orders", ComparisonText.Render(SweepComparison.Of(Sweep(more), resamples: 200)));
    }

    [Fact]
    public void The_verdict_names_the_ratio_its_interval_and_what_n_finds()
    {
        var report = SweepComparison.Of(TableSweep(("sgas-es", Spread(20, 0.1, 93)), ("darts", Spread(20, 0.3, 90)), ("random", Spread(20, 1))), resamples: 500);
        Assert.StartsWith("sgas-es's spread over 20 seeds is 0.33 of darts's (95 % CI ", report.Verdict.Text);
        Assert.Contains("With 20 seeds per arm a true SD ratio of 2.2 or more is found with 80 % power.", report.Verdict.Text);
        var contrast = report.Contrasts[0];
        Assert.StartsWith("studentised", contrast.SdRatioBootstrap!.Method);
        Assert.StartsWith("BCa", contrast.SdRatioBca!.Method);
        Assert.False(contrast.FlignerKilleen!.Primary);
        Assert.NotNull(contrast.FlignerKilleen.Adjusted);
        Assert.Equal(1.0 / 3, contrast.IqrRatio!.Value, 9);
        Assert.True(contrast.IqrRatioBootstrap!.Contains(1.0 / 3));
    }

    [Theory]
    [InlineData(3), InlineData(7)]
    public void Below_ten_seeds_the_verdict_says_how_many_would_be_needed(int n) => Assert.Contains(
        "A verdict needs 10 seeds per arm or more; a true SD ratio of 3 is found with 80 % power from 13 seeds on, one of 2 from ",
        SweepComparison.Of(TableSweep(("sgas-es", Spread(n, 0.1)), ("darts", Spread(n, 2)))).Verdict.Text);

    [Fact]
    public void Where_the_studentised_interval_is_not_defined_bca_takes_its_place()
    {
        // One seed in ten spreads at all: a resample without it has no spread, and no standard error.
        double[] wild = [54, .. Enumerable.Repeat(94.0, 9)];
        var contrast = SweepComparison.Of(TableSweep(("sgas-es", wild), ("darts", Spread(10, 1))), resamples: 300).Contrasts[0];
        Assert.True(contrast.SdRatioBootstrap is null || contrast.SdRatioBootstrap.Method.StartsWith("BCa", StringComparison.Ordinal));
        Assert.Equal(contrast.SdRatioBca, contrast.SdRatioBootstrap);
    }
}
