using NasFarm.Analysis.Comparison;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

public sealed class WhatSeedsAllowTests
{
    private static ComparisonReport Compare(int n) => SweepComparison.Of(
        TableSweep(("sgas-es", Spread(n, 0.1, 93)), ("darts", Spread(n, 2.0, 85)), ("random", Spread(n, 1.0, 88))), resamples: 500);

    [Theory]
    // n, SD, bootstrap, IQM, test, P(better than random)
    [InlineData(1, false, false, false, false)]
    [InlineData(3, false, false, false, false)]
    [InlineData(4, false, false, false, false)]
    [InlineData(5, true, false, false, true)]
    [InlineData(7, true, false, false, true)]
    [InlineData(8, true, false, true, true)]
    [InlineData(9, true, false, true, true)]
    [InlineData(10, true, true, true, true)]
    [InlineData(20, true, true, true, true)]
    public void Numbers_appear_only_where_n_allows_them(int n, bool sd, bool bootstrap, bool iqm, bool test)
    {
        var report = Compare(n);
        var score = report.Arm("sgas-es").On(report.MainMeasure)!;
        Assert.Equal(n, score.N);
        Assert.NotNull(score.Mean);
        Assert.Equal(n >= 2, score.MeanInterval is not null);
        Assert.Equal(sd, score.Sd is not null);
        Assert.Equal(sd, score.SdNormal is not null);
        Assert.Equal(bootstrap, score.SdBootstrap is not null);
        Assert.Equal(iqm, score.InterquartileMean is not null);
        Assert.Equal(test, score.BetterThanRandom is not null);

        var primary = report.Contrasts.Single(c => c.Primary);
        Assert.Equal(test, primary.BrownForsythe is not null);
        Assert.Equal(test, primary.PitmanMorgan is not null);
        Assert.Equal(test, primary.SdRatioNormal is not null);
        Assert.Equal(bootstrap, primary.SdRatioBootstrap is not null);
        Assert.Equal(test, primary.StructuralCollapse is not null);
        Assert.Equal(test, report.PValues.Count > 0);
        Assert.NotNull(report.Arm("sgas-es").Structural.Rate);
    }

    [Fact]
    public void Three_seeds_are_a_demonstration_and_say_so()
    {
        var verdict = Compare(3).Verdict;
        Assert.Equal(VerdictKind.Demonstration, verdict.Kind);
        Assert.Equal("demonstration, n = 3: it shows the instrument, not the claim", verdict.Headline);
        Assert.Contains("cannot test stability", verdict.Text);
    }

    [Fact]
    public void Seven_seeds_are_indicative_with_the_power_beside_the_test()
    {
        var report = Compare(7);
        Assert.Equal(VerdictKind.Indicative, report.Verdict.Kind);
        Assert.Contains("assumes normal", report.Verdict.Text);
        Assert.Contains("8 %", report.Verdict.Text);
        Assert.Equal(0.08, report.Contrasts[0].Power);
        Assert.Equal("normal", report.Contrasts[0].SdRatioNormal!.Assumes);
    }

    [Fact]
    public void Ten_seeds_with_a_large_ratio_reach_a_verdict()
    {
        var report = Compare(10);
        Assert.Equal(VerdictKind.MoreStable, report.Verdict.Kind);
        Assert.Equal("sgas-es varies less than darts", report.Verdict.Headline);
        Assert.Equal(0.05, report.Contrasts[0].SdRatio!.Value, 3);
    }

    [Fact]
    public void The_reverse_claim_is_called_less_stable()
    {
        var sweep = TableSweep(("sgas-es", Spread(10, 2, 85)), ("darts", Spread(10, 0.1, 93)));
        Assert.Equal(VerdictKind.LessStable, SweepComparison.Of(sweep, resamples: 200).Verdict.Kind);
    }

    [Fact]
    public void Equal_spreads_show_no_difference_and_do_not_prove_equality()
    {
        var verdict = SweepComparison.Of(TableSweep(("sgas-es", Spread(10, 1, 90)), ("darts", Spread(10, 1, 91))), resamples: 200).Verdict;
        Assert.Equal(VerdictKind.NoDifference, verdict.Kind);
        Assert.Contains("not evidence of equal spread", verdict.Text);
    }

    [Fact]
    public void Two_arms_that_always_find_one_cell_have_nothing_to_test()
    {
        var same = Enumerable.Repeat(94.36, 10).ToArray();
        var report = SweepComparison.Of(TableSweep(("sgas-es", same), ("darts", same)), resamples: 200);
        Assert.Equal(VerdictKind.NoDifference, report.Verdict.Kind);
        Assert.Null(report.Contrasts[0].BrownForsythe);
        Assert.Equal(0, report.Arm("darts").On(report.MainMeasure)!.Sd);
    }
}
