using System.Text.Json.Nodes;
using NasFarm.Analysis.Statistics;
using static NasFarm.Analysis.Tests.Statistics.GoldenValues;

namespace NasFarm.Analysis.Tests.Statistics;

/// <summary>Ratios of spreads, ranks over blocks, components and power against SciPy, statsmodels, and formulas written out a second time in statistics.py.</summary>
public sealed class GoldenSpreadTests
{
    private static readonly JsonNode Ratios = Root["ratios"]!;

    public static TheoryData<int> Friedmans => [.. Enumerable.Range(0, Root["friedman"]!.AsArray().Count)];

    public static TheoryData<string> Crossings => [.. Root["crossed"]!.AsArray().Select(c => c!["name"]!.GetValue<string>())];

    [Fact]
    public void Fligner_Killeen_of_three_arms_and_with_ties_equals_scipy()
    {
        var three = FlignerKilleen.Test(Sample("sgas1"), Sample("sgas2"), Sample("five"))!.Value;
        Near(Root["flignerThree"]!, three.Statistic, three.P, 1e-8);
        var ties = FlignerKilleen.Test([1, 1, 2, 2, 3], [1, 5, 5, 9, 9])!.Value;
        Near(Root["flignerTies"]!, ties.Statistic, ties.P, 1e-8);
    }

    [Fact]
    public void Paired_arms_are_resampled_jointly() => Equal("paired", new([Sample("sgas1"), Sample("sgas2")], Ratios["resamples"]!.GetValue<int>(), 7));

    [Fact]
    public void Arms_without_a_common_seed_are_resampled_apart()
    {
        var nothing = Enumerable.Repeat(double.NaN, 10);
        Equal("apart", new([[.. Sample("sgas1"), .. nothing], [.. nothing, .. Sample("sgas2")]], Ratios["resamples"]!.GetValue<int>(), 7));
    }

    [Fact]
    public void Studentised_interval_of_an_sd_equals_an_independent_program_on_the_same_resamples()
    {
        var interval = new SeedBootstrap([Sample("sgas1")], 500, 7).StudentisedStandardDeviation(0)!;
        Near(Root["studentised"]!, interval.Lower, interval.Upper, 1e-7);
    }

    [Fact]
    public void Bca_interval_of_a_paired_ratio_agrees_with_scipys_own_resampling()
    {
        var interval = new SeedBootstrap([Sample("steady"), Sample("sgas1")], 40_000).Ratio(0, 1)!;
        Near(Ratios["scipyPaired"]!, interval.Lower, interval.Upper, 0.02);
    }

    [Theory, MemberData(nameof(Friedmans))]
    public void Friedmans_statistic_equals_scipy_and_its_p_a_count_of_all_assignments(int index)
    {
        var golden = Root["friedman"]![index]!;
        var result = Friedman.Test([.. golden["blocks"]!.AsArray().Select(b => b!.Numbers())]);
        Near(golden["chi2"]!.GetValue<double>(), result.Test!.Value.Statistic);
        Near(golden["exact"]!.GetValue<double>(), result.Test.Value.P);
        Assert.True(result.Exact);
    }

    [Fact]
    public void Over_many_blocks_Friedmans_p_is_scipys()
    {
        var golden = Root["friedmanMany"]!;
        var result = Friedman.Test([.. golden["blocks"]!.AsArray().Select(b => b!.Numbers())]);
        Near(golden["test"]!, result.Test!.Value.Statistic, result.Test.Value.P, 1e-8);
        Assert.All(golden["ranks"]!.Numbers().Zip(result.MeanRanks), pair => Near(pair.First, pair.Second));
        Assert.False(result.Exact);
    }

    [Fact]
    public void Quantiles_of_the_studentised_range_equal_scipy()
    {
        Assert.All(Root["studentizedRange"]!.AsArray(), row =>
        {
            var r = row!.Numbers();
            Near(r[2], StudentizedRange.Quantile(r[1], (int)r[0]), 1e-6);
        });
        Assert.All(Root["studentizedRangeBelow"]!.AsArray(), row =>
        {
            var r = row!.Numbers();
            Near(r[2], StudentizedRange.Below(r[0], (int)r[1]), 1e-7);
        });
    }

    /// <summary>q(.05)/√2 as Demšar 2006 prints it, to three digits cut off.</summary>
    [Theory]
    [InlineData(2, 1.960), InlineData(3, 2.343), InlineData(4, 2.569), InlineData(5, 2.728), InlineData(6, 2.850), InlineData(10, 3.164)]
    public void Critical_differences_use_the_published_quantiles(int k, double q) =>
        Assert.Equal(q, Nemenyi.CriticalDifference(k, 12) / Math.Sqrt(k * (k + 1) / 72.0), 1e-3);

    [Theory, MemberData(nameof(Crossings))]
    public void Crossed_components_equal_statsmodels(string name)
    {
        var golden = Root["crossed"]!.AsArray().Single(c => c!["name"]!.GetValue<string>() == name)!;
        var sd = golden["sd"]!;
        var found = CrossedComponents.Reml(Cells(golden));
        // statsmodels stops where its optimiser does; ours goes on to the floor.
        const double Near = 2e-3;
        GoldenValues.Near(sd["s"]!.GetValue<double>(), found.Between, Near);
        GoldenValues.Near(sd["o"]!.GetValue<double>(), found.Order!.Value, Near);
        GoldenValues.Near(sd["residual"]!.GetValue<double>(), (found.Within ?? found.Rest)!.Value, Near);
        Assert.Equal(sd["p"] is null, found.Pair is null);
        if (found.Pair is { } pair) GoldenValues.Near(sd["p"]!.GetValue<double>(), pair, Near);
    }

    [Fact]
    public void Balanced_components_are_those_of_the_analysis_of_variance()
    {
        // Positive estimates of a balanced design: expected mean squares solved (Searle, Casella and McCulloch 1992).
        var cells = Cells(Root["crossed"]!.AsArray().Single(c => c!["name"]!.GetValue<string>() == "balanced")!);
        double a = 6, b = 4, n = 2, grand = cells.Average(c => c.Scores.Average());
        var byS = cells.GroupBy(c => c.Search).ToDictionary(g => g.Key, g => g.Average(c => c.Scores.Average()));
        var byO = cells.GroupBy(c => c.Order).ToDictionary(g => g.Key, g => g.Average(c => c.Scores.Average()));
        var msS = b * n * byS.Values.Sum(m => (m - grand) * (m - grand)) / (a - 1);
        var msO = a * n * byO.Values.Sum(m => (m - grand) * (m - grand)) / (b - 1);
        var msP = n * cells.Sum(c => Math.Pow(c.Scores.Average() - byS[c.Search] - byO[c.Order] + grand, 2)) / ((a - 1) * (b - 1));
        var msE = cells.Sum(c => c.Scores.Sum(y => Math.Pow(y - c.Scores.Average(), 2))) / (a * b * (n - 1));
        var found = CrossedComponents.Reml(cells);
        Near(Math.Sqrt((msS - msP) / (b * n)), found.Between, 1e-5);
        Near(Math.Sqrt((msO - msP) / (a * n)), found.Order!.Value, 1e-5);
        Near(Math.Sqrt((msP - msE) / n), found.Pair!.Value, 1e-5);
        Near(Math.Sqrt(msE), found.Within!.Value, 1e-5);
    }

    /// <summary>Against 40,000 samples of NumPy; three standard errors of both are below .025.</summary>
    [Fact]
    public void Power_of_Brown_Forsythe_is_that_of_another_simulation() => Assert.All(Root["power"]!.AsArray(), row =>
    {
        var r = row!.Numbers();
        Assert.Equal(r[2], new SequentialPower([(int)r[0]], [0.05]).FoundBy(r[1] * r[1])[0], 0.025);
    });

    [Fact]
    public void What_n_finds_and_the_n_that_finds_it_agree()
    {
        Assert.InRange(DetectableSpread.SeedsFor(3)!.Value, 12, 14);
        var ratio = DetectableSpread.Ratio(20)!.Value;
        Assert.InRange(new SequentialPower([20], [0.05]).FoundBy(ratio * ratio)[0], 0.795, 0.805);
        Assert.Null(DetectableSpread.Ratio(3));
        // Beyond what is simulated.
        Assert.Equal(Math.Sqrt(new SequentialPower([200], [0.05], trials: 2000).SmallestRatios()[0]!.Value), DetectableSpread.Ratio(200)!.Value, 0.015);
        Assert.Null(DetectableSpread.SeedsFor(1));
        Assert.InRange(DetectableSpread.SeedsFor(ratio)!.Value, 19, 21);
    }

    private static void Equal(string name, SeedBootstrap bootstrap)
    {
        var golden = Ratios[name]!;
        void Same(string figure, Interval interval) => Near(golden[figure]!, interval.Lower, interval.Upper, 1e-7);
        Same("bca", bootstrap.Ratio(0, 1)!);
        Same("studentised", bootstrap.StudentisedRatio(0, 1)!);
        Same("iqrPercentile", bootstrap.InterquartileRatioInterval(0, 1)!);
        Near(golden["iqrRatio"]!.GetValue<double>(), bootstrap.InterquartileRatio(0, 1)!.Value);
        Assert.Contains(name == "paired" ? "jointly" : "2 strata", bootstrap.StudentisedRatio(0, 1)!.Method);
    }

    private static List<(long Search, long Order, double[] Scores)> Cells(JsonNode golden) =>
    [
        .. golden["rows"]!.AsArray().Select(r => r!.Numbers()).GroupBy(r => ((long)r[0], (long)r[1]))
            .Select(g => (g.Key.Item1, g.Key.Item2, g.Select(r => r[2]).ToArray())),
    ];
}
