using NasFarm.Analysis.Statistics;

namespace NasFarm.Analysis.Tests.Statistics;

public sealed class EdgeCaseTests
{
    private static readonly double[] Constant = [94.36, 94.36, 94.36, 94.36], Varied = [91, 92, 94, 90];

    [Fact]
    public void A_constant_arm_has_variance_exactly_zero() => Assert.Equal(0, Sample.Variance([0.1, 0.1, 0.1]));

    [Fact]
    public void Two_constant_arms_cannot_be_tested() => Assert.Null(BrownForsythe.Test(Constant, Constant));

    [Fact]
    public void Pitman_Morgan_refuses_a_constant_arm() => Assert.Null(PitmanMorgan.Test(Constant, Varied));

    [Fact]
    public void Correlations_refuse_a_constant_side()
    {
        Assert.Null(Correlation.Pearson(Constant, Varied));
        Assert.Null(Correlation.Spearman(Varied, Constant));
        Assert.Null(KendallTau.Test(Constant, Varied));
    }

    [Theory, InlineData(2), InlineData(3), InlineData(7), InlineData(40), InlineData(301)]
    public void Kendalls_tau_is_what_its_definition_counts(int n)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            // Few values on some seeds: ties on one side and on both.
            double[] x = [.. Enumerable.Range(0, n).Select(_ => (double)random.Next(2 + seed))], y = [.. x.Select(v => (double)random.Next(2 + seed) - v / 3)];
            long concordant = 0, discordant = 0, untiedX = 0, untiedY = 0;
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    var sign = Math.Sign(x[i] - x[j]) * Math.Sign(y[i] - y[j]);
                    (concordant, discordant) = (concordant + (sign > 0 ? 1 : 0), discordant + (sign < 0 ? 1 : 0));
                    (untiedX, untiedY) = (untiedX + (x[i] != x[j] ? 1 : 0), untiedY + (y[i] != y[j] ? 1 : 0));
                }
            }
            Assert.Equal(untiedX * untiedY == 0 ? null : (concordant - discordant) / Math.Sqrt(untiedX * (double)untiedY), KendallTau.Test(x, y)?.Statistic);
        }
    }

    [Fact]
    public void The_bootstrap_gives_no_interval_to_a_constant_arm() =>
        Assert.Null(new SeedBootstrap([Constant, Varied], 100).StandardDeviation(0));

    [Fact]
    public void Seeds_are_resampled_jointly_so_that_an_arm_against_its_double_has_ratio_one()
    {
        double[] twice = [.. Varied.Select(v => 2 * v)];
        var ratio = new SeedBootstrap([twice, [.. Varied, .. Array.Empty<double>()]], 300).Ratio(0, 1);
        // Every joint resample with a spread gives exactly 2; resamples without any make 0/0, which is refused, not hidden.
        Assert.True(ratio is null || (ratio.Lower == 2 && ratio.Upper == 2));
        double[] ten = [1, 4, 2, 8, 5, 7, 3, 9, 6, 0];
        var wide = new SeedBootstrap([[.. ten.Select(v => 2 * v)], ten], 300).Ratio(0, 1)!;
        Assert.Equal(2, wide.Lower, 12);
        Assert.Equal(2, wide.Upper, 12);
    }

    [Fact]
    public void The_bootstrap_repeats_itself() => Assert.Equal(
        new SeedBootstrap([Varied], 200, 5).StandardDeviation(0), new SeedBootstrap([Varied], 200, 5).StandardDeviation(0));

    [Fact]
    public void An_arm_may_lack_a_seed() => Assert.NotNull(new SeedBootstrap(
        [[1, 4, 2, 8, 5, 7, 3, 9, 6, double.NaN], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], 300).Ratio(0, 1));

    [Fact]
    public void A_ratio_that_hangs_on_one_seed_gets_no_interval()
    {
        double[] oneOutlier = [94, 94, 94, 94, 94, 94, 94, 94, 94, 54], mixed = [1, 4, 2, 8, 5, 7, 3, 9, 6, 0];
        Assert.Null(new SeedBootstrap([mixed, oneOutlier], 200).Ratio(0, 1));
        Assert.NotNull(new SeedBootstrap([oneOutlier, mixed], 200).Ratio(0, 1));
    }

    [Fact]
    public void An_infinite_statistic_is_written_as_such() =>
        Assert.Equal("∞", NasFarm.Analysis.Comparison.Numbers.Short(BrownForsythe.Test([1, 3], [1, 1])!.Value.Statistic));

    [Fact]
    public void No_collapse_of_ten_is_at_most_28_percent() => Assert.Equal(0.28, Proportions.Wilson(0, 10).Upper, 2);

    [Fact]
    public void McNemar_without_discordant_pairs_says_nothing() => Assert.Equal(1, Proportions.McNemar(0, 0).P);

    [Fact]
    public void Three_against_three_can_never_reject()
    {
        // The most extreme order there is: one arm constant, the other as spread as three values can be.
        Assert.True(BrownForsythe.Test([0, 0, 0], [0, 50, 100])!.Value.P >= 0.116);
        Assert.True(BrownForsythe.Test([50, 50, 50], [0, 0, 100])!.Value.P >= 0.116);
    }

    [Theory]
    [InlineData(2, null), InlineData(3, 0.0), InlineData(7, 0.08), InlineData(10, 0.64), InlineData(40, 0.97)]
    public void Power_is_read_at_the_next_tabulated_n_below(int n, double? power) => Assert.Equal(power, BrownForsythe.PowerFor(n)?.Power);

    [Fact]
    public void Place_in_a_known_distribution_counts_ties_half()
    {
        var place = Superiority.AgainstKnown([3, 5], [1, 2, 3, 3, 4]);
        Assert.Equal((3.0 / 5 + 1) / 2, place.Estimate, 12);
        Assert.True(place.Interval.Contains(place.Estimate));
    }

    [Fact]
    public void Paired_wins_count_ties_half() => Assert.Equal(0.625, Superiority.Paired([1, 2, 3, 4], [1, 1, 2, 5]).Estimate);

    [Fact]
    public void Equal_retrains_leave_only_search_variance()
    {
        var parts = VarianceComponents.Reml([[1, 1], [2, 2], [3, 3]]);
        Assert.Equal(1, parts.Between, 12);
        Assert.Equal(0, parts.Within);
    }

    [Fact]
    public void No_search_variance_is_zero_not_negative() =>
        Assert.Equal(0, VarianceComponents.Reml([[1, 9], [2, 8], [3, 7]]).Between);

    [Fact]
    public void Too_small_samples_are_refused_with_their_size() =>
        Assert.Contains("1 values", Assert.Throws<ArgumentException>(() => Sample.Variance([1])).Message);
}
