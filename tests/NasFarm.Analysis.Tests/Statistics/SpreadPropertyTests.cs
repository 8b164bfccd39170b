using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Statistics;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Statistics;

/// <summary>What must hold whatever the scores are.</summary>
public sealed class SpreadPropertyTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20)];

    [Theory, MemberData(nameof(Seeds))]
    public void Shift_and_scale_change_no_test_and_no_ratio(int seed)
    {
        var (a, b) = Pair(seed, 10 + seed);
        double[] a2 = [.. a.Select(v => 7 * v - 300)], b2 = [.. b.Select(v => 7 * v - 300)];
        Near(FlignerKilleen.Test(a, b)!.Value.P, FlignerKilleen.Test(a2, b2)!.Value.P);
        Near(BrownForsythe.Test(a, b)!.Value.P, BrownForsythe.Test(a2, b2)!.Value.P);
        Near(PitmanMorgan.Test(a, b)!.Value.P, PitmanMorgan.Test(a2, b2)!.Value.P);
        Near(PitmanMorgan.RankTest(a, b)!.Value.P, PitmanMorgan.RankTest(a2, b2)!.Value.P);
        SeedBootstrap one = new([a, b], 300), two = new([a2, b2], 300);
        Near(one.Ratio(0, 1)!, two.Ratio(0, 1)!, 1);
        Near(one.StudentisedRatio(0, 1)!, two.StudentisedRatio(0, 1)!, 1);
        Near(one.StudentisedStandardDeviation(0)!, two.StudentisedStandardDeviation(0)!, 7);
        Near(one.InterquartileRatio(0, 1)!.Value, two.InterquartileRatio(0, 1)!.Value);
        Near(one.InterquartileRatioInterval(0, 1)!, two.InterquartileRatioInterval(0, 1)!, 1);
        // Only one arm larger: the ratio and its interval grow with it.
        Near(one.StudentisedRatio(0, 1)!, new SeedBootstrap([a2, b], 300).StudentisedRatio(0, 1)!, 7);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_other_way_round_a_ratio_and_its_interval_are_the_reciprocals(int seed)
    {
        var (a, b) = Pair(seed, 12);
        var bootstrap = new SeedBootstrap([a, b], 300);
        Interval there = bootstrap.StudentisedRatio(0, 1)!, back = bootstrap.StudentisedRatio(1, 0)!;
        Near(1 / there.Lower, back.Upper);
        Near(1 / there.Upper, back.Lower);
        Assert.True(there.Contains(Sample.StandardDeviation(a) / Sample.StandardDeviation(b)));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_order_of_seeds_changes_no_test(int seed)
    {
        var (a, b) = Pair(seed, 11);
        var order = Enumerable.Range(0, 11).OrderBy(i => (i * 7 + seed) % 11).ToArray();
        double[] a2 = [.. order.Select(i => a[i])], b2 = [.. order.Select(i => b[i])];
        Near(FlignerKilleen.Test(a, b)!.Value.P, FlignerKilleen.Test(a2, b2)!.Value.P);
        Near(FlignerKilleen.Test(a, b)!.Value.P, FlignerKilleen.Test(b, a)!.Value.P);
        Near(PitmanMorgan.RankTest(a, b)!.Value.P, PitmanMorgan.RankTest(a2, b2)!.Value.P);
        Near(Friedman.Test([a[..4], b[..4], a2[..4]]).Test!.Value.P, Friedman.Test([a2[..4], a[..4], b[..4]]).Test!.Value.P);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void The_order_of_runs_changes_no_byte_of_a_comparison(int seed)
    {
        var (a, b) = Pair(seed, 10);
        var sweep = TableSweep(("sgas-es", a), ("darts", b), ("random", [.. a.Zip(b, (x, y) => (x + 2 * y) / 3)]));
        var random = new Random(seed);
        var shuffled = sweep with { Runs = [.. sweep.Runs.OrderBy(_ => random.Next())] };
        Assert.Equal(ComparisonJson.Render(SweepComparison.Of(sweep, resamples: 200)), ComparisonJson.Render(SweepComparison.Of(shuffled, resamples: 200)));
    }

    /// <summary>Ties, constants, one wild seed, two values: nothing of it makes a number that is none.</summary>
    [Theory]
    [InlineData(2), InlineData(4), InlineData(5), InlineData(9), InlineData(10), InlineData(12)]
    public void No_output_holds_what_is_not_a_number(int n)
    {
        double[][] kinds =
        [
            [.. Enumerable.Repeat(94.36, n)], [.. Enumerable.Range(0, n).Select(i => i == 0 ? 54.3 : 94.36)], [.. Enumerable.Range(0, n).Select(i => 90.0 + i % 2)],
            [.. Enumerable.Range(0, n).Select(i => 90 + 0.1 * (i * 7 % n))], [.. Enumerable.Range(0, n).Select(i => i < n / 2 ? 10.0 : 94)],
        ];
        foreach (var a in kinds)
        {
            foreach (var b in kinds)
            {
                var report = SweepComparison.Of(TableSweep(("sgas-es", a), ("darts", b), ("random", kinds[3])), resamples: 200);
                Assert.DoesNotContain("NaN", ComparisonJson.Render(report));
                Assert.All(ComparisonCsv.All(report), f => Assert.DoesNotContain("NaN", f.Content));
                Assert.All(report.Contrasts, c => Assert.All(new[] { c.SdRatioBootstrap, c.SdRatioBca, c.IqrRatioBootstrap }.OfType<Interval>(),
                    i => Assert.True(double.IsFinite(i.Upper) && i.Lower <= i.Upper)));
            }
        }
    }

    [Fact]
    public void Constant_samples_have_nothing_to_rank_and_two_values_are_enough()
    {
        Assert.Null(FlignerKilleen.Test([1, 1, 1], [2, 2, 2]));
        Assert.Null(FlignerKilleen.Test([1, 3], [2, 4]));
        Assert.InRange(FlignerKilleen.Test([1, 3], [2, 9])!.Value.P, 0, 1);
        Assert.Throws<ArgumentException>(() => FlignerKilleen.Test([1], [2, 3]));
    }

    [Fact]
    public void Blocks_that_tie_everything_have_mean_ranks_and_no_test()
    {
        var tied = Friedman.Test([[1, 1, 1], [5, 5, 5]]);
        Assert.Equal([2, 2, 2], tied.MeanRanks);
        Assert.Null(tied.Test);
        Assert.Throws<ArgumentException>(() => Friedman.Test([[1, 2, 3]]));
        Assert.Throws<ArgumentException>(() => Friedman.Test([[1, 2, 3], [1, 2]]));
    }

    [Fact]
    public void Groups_are_the_largest_and_none_lies_inside_another() =>
        Assert.Equal([(0, 1), (1, 3)], Nemenyi.Groups([1, 1.9, 2.4, 2.8, 5], 1));

    [Fact]
    public void A_wider_difference_than_the_ranks_joins_all() => Assert.Equal([(0, 2)], Nemenyi.Groups([1, 2, 3], Nemenyi.CriticalDifference(3, 2)));

    [Fact]
    public void Seeds_without_a_common_one_keep_their_numbers_in_every_resample()
    {
        var nothing = Enumerable.Repeat(double.NaN, 6);
        double[] a = [1, 2, 3, 4, 5, 6, .. nothing], b = [.. nothing, 2, 4, 8, 16, 32, 64];
        var draws = new SeedDraws([a, b], 50, 1);
        Assert.Equal(2, draws.Strata.Count);
        var times = new double[12];
        for (var r = 0; r < 50; r++)
        {
            draws.Draw(r, times);
            Assert.Equal((6, 6), (times[..6].Sum(), times[6..].Sum()));
        }
    }

    [Fact]
    public void Of_many_seeds_the_two_intervals_agree_so_that_one_is_enough()
    {
        var (a, b) = Pair(3, SeedBootstrap.MostForStudentised);
        var bootstrap = new SeedBootstrap([a, b]);
        Near(bootstrap.StudentisedRatio(0, 1)!.Lower, bootstrap.Ratio(0, 1)!.Lower, 0.03);
        Near(bootstrap.StudentisedRatio(0, 1)!.Upper, bootstrap.Ratio(0, 1)!.Upper, 0.03);
        Assert.Null(new SeedBootstrap([[.. a, .. a], [.. b, .. b]], 50).StudentisedRatio(0, 1));
    }

    [Fact]
    public void Components_of_a_crossed_design_scale_with_the_scores_and_forget_the_mean()
    {
        List<(long, long, double[])> Cells(Func<double, double> of) =>
        [
            .. from s in Enumerable.Range(0, 5) from o in Enumerable.Range(0, 4)
               select ((long)s, (long)o, new[] { of(Math.Sin(3.1 * s) + Math.Cos(2.3 * o) + 0.3 * Math.Sin(7.7 * s * o)), of(Math.Sin(3.1 * s) + Math.Cos(2.3 * o) + 0.2 * Math.Cos(5 * s + o)) }),
        ];
        VarianceComponents one = CrossedComponents.Reml(Cells(v => v)), ten = CrossedComponents.Reml(Cells(v => 10 * v + 90));
        Near(10 * one.Between, ten.Between, 1e-4);
        Near(10 * one.Order!.Value, ten.Order!.Value, 1e-4);
        Near(10 * one.Within!.Value, ten.Within!.Value, 1e-4);
    }

    [Fact]
    public void Equal_retrainings_of_crossed_pairs_leave_nothing_to_retraining()
    {
        var parts = CrossedComponents.Reml([.. from s in Enumerable.Range(0, 4) from o in Enumerable.Range(0, 3) select ((long)s, (long)o, new[] { 90.0 + s + 0.1 * o, 90.0 + s + 0.1 * o })]);
        Assert.Equal(0, parts.Within!.Value, 4);
        Assert.Equal(Math.Sqrt(5.0 / 3), parts.Between, 3);
        Assert.Throws<ArgumentException>(() => CrossedComponents.Reml([(0, 0, [1.0]), (1, 1, [2.0])]));
    }

    private static (double[] A, double[] B) Pair(int seed, int n)
    {
        var random = new CounterRandom((ulong)seed);
        double U(int i) => random.Bits((ulong)i) / (double)ulong.MaxValue;
        return ([.. Enumerable.Range(0, n).Select(i => Math.Round(90 + U(i) + U(i + 500), 6))], [.. Enumerable.Range(0, n).Select(i => Math.Round(88 + 3 * U(i) * U(i + 1000), 6))]);
    }

    private static void Near(double expected, double actual, double relative = 1e-7) => Assert.True(Math.Abs(expected - actual) <= relative * Math.Max(1e-3, Math.Abs(expected)), $"{expected:R} and {actual:R}");

    private static void Near(Interval expected, Interval actual, double factor)
    {
        Near(factor * expected.Lower, actual.Lower, 1e-6);
        Near(factor * expected.Upper, actual.Upper, 1e-6);
    }
}
