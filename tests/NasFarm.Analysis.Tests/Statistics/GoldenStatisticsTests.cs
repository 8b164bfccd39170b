using NasFarm.Analysis.Statistics;
using static NasFarm.Analysis.Tests.Statistics.GoldenValues;

namespace NasFarm.Analysis.Tests.Statistics;

public sealed class GoldenStatisticsTests
{
    public static TheoryData<string> Samples => [.. Root["one"]!.AsObject().Select(p => p.Key)];

    public static TheoryData<int> Pairs => [.. Enumerable.Range(0, Root["two"]!.AsArray().Count)];

    [Theory, MemberData(nameof(Samples))]
    public void Figures_of_one_sample_equal_scipy(string name)
    {
        var x = Sample(name);
        var golden = Root["one"]![name]!;
        Near(golden["mean"]!.GetValue<double>(), Analysis.Statistics.Sample.Mean(x));
        Near(golden["sd"]!.GetValue<double>(), Analysis.Statistics.Sample.StandardDeviation(x));
        Near(golden["iqm"]!.GetValue<double>(), Analysis.Statistics.Sample.InterquartileMean(x));
        Near(golden["quantile10"]!.GetValue<double>(), Analysis.Statistics.Sample.Quantile(x, 0.1));
        var mean = NormalTheory.Mean(x);
        Near(golden["meanInterval"]!, mean.Lower, mean.Upper, 1e-8);
        var sd = NormalTheory.StandardDeviation(x);
        Near(golden["sdInterval"]!, sd.Lower, sd.Upper, 1e-7);
        Assert.Equal("normal", sd.Assumes);
    }

    [Theory, MemberData(nameof(Pairs))]
    public void Comparisons_of_two_samples_equal_scipy(int index)
    {
        var golden = Root["two"]![index]!;
        double[] a = Sample(golden["a"]!.GetValue<string>()), b = Sample(golden["b"]!.GetValue<string>());
        void Same(string name, TestResult? test) => Near(golden[name]!, test!.Value.Statistic, test.Value.P, 1e-8);

        var ratio = NormalTheory.VarianceRatio(a, b);
        Near(golden["varianceRatioInterval"]!, ratio.Lower, ratio.Upper, 1e-7);
        Same("brownForsythe", BrownForsythe.Test(a, b));
        Same("flignerKilleen", FlignerKilleen.Test(a, b));
        Same("pitmanMorgan", PitmanMorgan.Test(a, b));
        Same("pitmanMorganRanks", PitmanMorgan.RankTest(a, b));
        Same("pearson", Correlation.Pearson(a, b));
        Same("kendall", KendallTau.Test(a, b));
        var superiority = Superiority.Unpaired(a, b);
        Near(golden["superiority"]![0]!.GetValue<double>(), superiority.Estimate);
        Near(golden["superiority"]![1]!.GetValue<double>(), superiority.Interval.Lower, 1e-8);
        Near(golden["superiority"]![2]!.GetValue<double>(), superiority.Interval.Upper, 1e-8);
    }

    [Fact]
    public void Brown_Forsythe_of_three_arms_equals_scipy()
    {
        var test = BrownForsythe.Test(Sample("sgas1"), Sample("sgas2"), Sample("five"))!.Value;
        Near(Root["threeArms"]!, test.Statistic, test.P, 1e-8);
    }

    [Fact]
    public void Kendall_equals_scipy_exact_and_with_ties_and_for_long_lists() => Assert.All(Root["kendall"]!.AsArray(), row =>
    {
        var test = KendallTau.Test(row!["x"]!.Numbers(), row["y"]!.Numbers())!.Value;
        Near(row["tau"]!, test.Statistic, test.P, 1e-8);
    });

    [Fact]
    public void Exact_McNemar_equals_the_binomial_test() => Assert.All(Root["mcNemar"]!.AsArray(), row =>
        Near(row![2]!.GetValue<double>(), Proportions.McNemar((int)row[0]!.GetValue<double>(), (int)row[1]!.GetValue<double>()).P, 1e-8));

    [Fact]
    public void Wilson_equals_scipy() => Assert.All(Root["wilson"]!.AsArray(), row =>
    {
        var r = row!.Numbers();
        var interval = Proportions.Wilson(r[0], (int)r[1]);
        Near(r[2], interval.Lower, 1e-8);
        Near(r[3], interval.Upper, 1e-8);
    });

    [Fact]
    public void Fisher_equals_scipy() => Assert.All(Root["fisher"]!.AsArray(), row =>
    {
        var r = row!.Numbers();
        Near(r[4], Proportions.FisherExact((int)r[0], (int)r[1], (int)r[2], (int)r[3]), 1e-8);
    });

    [Fact]
    public void Holm_steps_down() =>
        Assert.All(Root["holm"]!["adjusted"]!.Numbers().Zip(Holm.Adjust(Root["holm"]!["p"]!.Numbers())), pair => Near(pair.First, pair.Second));

    [Fact]
    public void Complete_separation_keeps_a_wide_interval()
    {
        var apart = Superiority.Unpaired([5, 6, 7, 8], [1, 2, 3, 4]);
        Near(Root["separated"]![1]!.GetValue<double>(), apart.Interval.Lower, 1e-8);
        Assert.Equal(1, apart.Interval.Upper);
        Assert.InRange(apart.Interval.Lower, 0.4, 0.8);
    }

    [Fact]
    public void Random_bits_are_SplitMix64() => Assert.Equal(
        Root["splitMix"]!.AsArray().Select(v => v!.GetValue<string>()),
        Enumerable.Range(0, 4).Select(i => new CounterRandom(42).Bits((ulong)i).ToString()));

    [Fact]
    public void Bca_intervals_equal_an_independent_program_on_the_same_resamples()
    {
        var golden = Root["bca"]!;
        var collapsing = new SeedBootstrap([Sample("collapsing")], golden["resamples"]!.GetValue<int>(), golden["seed"]!.GetValue<ulong>());
        var sd = collapsing.StandardDeviation(0)!;
        Near(golden["sd"]!, sd.Lower, sd.Upper, 1e-7);
        var pair = new SeedBootstrap([Sample("steady"), Sample("sgas1")], 500, 7).Ratio(0, 1)!;
        Near(golden["ratio"]!, pair.Lower, pair.Upper, 1e-7);
    }

    [Fact]
    public void Bca_interval_of_an_sd_agrees_with_scipys_own_resampling()
    {
        var interval = new SeedBootstrap([Sample("sgas1")], 40_000).StandardDeviation(0)!;
        Near(Root["bca"]!["scipySd"]!, interval.Lower, interval.Upper, 0.02);
    }

    [Fact]
    public void Reml_equals_a_direct_maximisation()
    {
        var golden = Root["reml"]!;
        var components = VarianceComponents.Reml([.. golden["groups"]!.AsArray().Select(g => g!.Numbers())]);
        Near(golden["components"]!, components.Between, components.Within!.Value, 1e-5);
        Near(golden["statsmodels"]!, components.Between, components.Within!.Value, 1e-4);
    }
}
