using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

public sealed class MeasuresAndCollapseTests
{
    private const string Fashion = "sgas-es-fashion-mnist", Emnist = "sgas-es-emnist";

    [Fact]
    public void The_first_retrain_target_is_the_main_measure_and_a_score_is_the_mean_over_retrain_seeds()
    {
        var runs = Enumerable.Range(0, 5).Select(i => RetrainRun("sgas-es", i, ("fashion-mnist", Fashion, [94 + i, 96 + i]), ("emnist-balanced", Emnist, [88 + i])));
        var report = SweepComparison.Of(Sweep(runs));
        Assert.Equal($"retrain:fashion-mnist:{Fashion}", report.MainMeasure);
        var score = report.Arms[0].On(report.MainMeasure)!;
        Assert.Equal([95, 96, 97, 98, 99], score.Dots.Select(d => d.Value));
        Assert.Equal($"fashion-mnist → emnist-balanced ({Emnist})", report.Arms[0].Scores[1].Route);
        Assert.NotNull(score.Components);
        Assert.Equal(Math.Sqrt(2), score.Components.Within!.Value, 6);
        Assert.StartsWith("total", report.Arms[0].Scores[1].SdMeaning);
        Assert.Null(report.Arms[0].Scores[1].Components);
    }

    [Fact]
    public void A_single_cell_that_was_retrained_twice_was_not_retrained_once()
    {
        var searched = Enumerable.Range(0, 5).Select(i => RetrainRun("sgas-es", i, ("fashion-mnist", Fashion, [94 + i, 96 + i])));
        var twice = SweepComparison.Of(Sweep([.. searched, RetrainRun("darts", 0, ("fashion-mnist", Fashion, [94, 95]))]));
        var once = SweepComparison.Of(Sweep([.. searched, RetrainRun("darts", 0, ("fashion-mnist", Fashion, [94]))]));
        Assert.DoesNotContain(twice.Notes, note => note.StartsWith("Each search seed was retrained once", StringComparison.Ordinal));
        Assert.Contains(once.Notes, note => note.StartsWith("Each search seed was retrained once", StringComparison.Ordinal));
    }

    [Fact]
    public void Transfer_is_the_rank_agreement_of_two_targets_over_seeds()
    {
        double[] source = [94, 95, 93, 96, 92], target = [88, 89, 87, 90, 86];
        var runs = Enumerable.Range(0, 5).Select(i => RetrainRun("sgas-es", i, ("fashion-mnist", Fashion, [source[i]]), ("emnist-balanced", Emnist, [target[i]])));
        var transfer = Assert.Single(SweepComparison.Of(Sweep(runs)).Arms[0].Transfer);
        Assert.Equal((1.0, 5), (transfer.Tau, transfer.N));
        Assert.Equal(2.0 / 120, transfer.Test!.P, 9);
    }

    [Fact]
    public void The_searchs_own_ranking_is_held_against_the_score()
    {
        var runs = Enumerable.Range(0, 6).Select(i => TableRun("darts", i, 90 + i) with
        {
            Trajectories = new Dictionary<string, IReadOnlyList<Catalog.Results.TrajectoryPoint>> { [SearchRecords.ValidAccuracy] = Curve(10, 50 - i) },
        });
        var agreement = SweepComparison.Of(Sweep(runs)).Arms[0].SearchAgreement!;
        Assert.Equal(-1, agreement.Tau);
        Assert.NotNull(agreement.Test);
    }

    [Fact]
    public void A_second_test_mode_is_a_measure_of_its_own()
    {
        var run = RetrainRun("sgas-es", 0, ("fashion-mnist", Fashion, [94]));
        run = run with { Retrains = [run.Retrains[0] with { Outcome = run.Retrains[0].Outcome with { TestAccuracyPadTo32 = 95 } }] };
        var report = SweepComparison.Of(Sweep([run]));
        Assert.Equal(2, report.Measures.Count);
        Assert.Equal(94, report.Arms[0].On(report.MainMeasure)!.Mean);
        Assert.Equal(95, report.Arms[0].Scores[1].Mean);
    }

    [Theory]
    [InlineData(19, "median")]
    [InlineData(20, "5th percentile")]
    public void Outcome_threshold_of_retrained_cells_comes_from_random_ones(int random, string word)
    {
        var randoms = Enumerable.Range(0, random).Select(i => RetrainRun("random", i, ("fashion-mnist", Fashion, [90 + i * 0.1])));
        var darts = Enumerable.Range(0, 3).Select(i => RetrainRun("darts", i, ("fashion-mnist", Fashion, [89.0 + i])));
        var report = SweepComparison.Of(Sweep([.. darts, .. randoms]), resamples: 200);
        var outcome = report.Arm("darts").Outcome!;
        Assert.Contains(word, outcome.Definition);
        var values = Enumerable.Range(0, random).Select(i => 90 + i * 0.1).ToArray();
        var threshold = random < 20 ? Sample.Median(values) : Sample.Quantile(values, 0.05);
        Assert.Equal(Enumerable.Range(0, 3).Count(i => 89.0 + i < threshold), outcome.K);
        Assert.Null(report.Arm("random").Outcome);
    }

    [Fact]
    public void Without_random_cells_a_retrained_score_has_no_outcome_threshold()
    {
        var report = SweepComparison.Of(Sweep(Enumerable.Range(0, 3).Select(i => RetrainRun("darts", i, ("fashion-mnist", Fashion, [90])))));
        Assert.Null(report.Arms[0].Outcome);
        Assert.Contains(report.Notes, n => n.Contains("Outcome collapse needs random cells"));
    }

    [Theory]
    [InlineData("|skip_connect~0|+|skip_connect~0|skip_connect~1|+|nor_conv_3x3~0|nor_conv_3x3~1|skip_connect~2|", 1)]
    [InlineData("|skip_connect~0|+|skip_connect~0|skip_connect~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|", 0)]
    public void Four_of_six_skips_are_a_structural_collapse(string genotype, int expected)
    {
        var report = SweepComparison.Of(Sweep([TableRun("darts", 0, 90) with { Genotype = genotype }]));
        Assert.Equal(expected, report.Arms[0].Structural.K);
        Assert.Contains("3.8 %", report.Arms[0].Structural.BaseRate);
    }

    [Theory]
    [InlineData("emnist-balanced", 100.0 / 47)]
    [InlineData("c10_test_200", 10.0)]
    [InlineData("c100_test_200", 1.0)]
    [InlineData("in16_test_200", 100.0 / 120)]
    [InlineData("unknown", null)]
    public void Chance_is_one_over_the_classes(string name, double? expected) => Assert.Equal(expected, ChanceAccuracy.Of(name));

    [Fact]
    public void Sizes_and_training_accuracies_of_the_table_are_no_scores()
    {
        var run = TableRun("darts", 0, 90) with { Table = new Dictionary<string, double> { ["flops_m_c10"] = 15, ["c10v_train_200"] = 99, ["in16_test_200"] = 40, [Column] = 90 } };
        var report = SweepComparison.Of(Sweep([run]));
        Assert.Equal(["table:c10_test_200", "table:in16_test_200"], report.Measures.Select(m => m.Id));
        Assert.Contains(",table:flops_m_c10,,15,table\n", Analysis.Export.SweepCsv.Runs(Sweep([run])));
    }

    [Fact]
    public void Table_spread_below_the_tables_noise_is_marked_and_the_user_sees_more()
    {
        var score = SweepComparison.Of(TableSweep(("darts", Spread(10, 0.02, 93))), resamples: 200).Arms[0].Scores[0];
        Assert.True(score.AtTableNoise);
        Assert.Equal(Math.Sqrt(score.Sd!.Value * score.Sd.Value + 0.31 * 0.31), score.SdUser!.Value, 12);
    }

    [Fact]
    public void Published_figures_stand_apart_and_only_where_the_benchmark_is_the_same()
    {
        Assert.NotEmpty(SweepComparison.Of(TableSweep(("darts", [90]))).Published);
        Assert.Empty(SweepComparison.Of(Sweep([RetrainRun("darts", 0, ("fashion-mnist", Fashion, [90]))])).Published);
        Assert.Equal(54.30, PublishedFigures.NasBench201.Single(f => f.Method.StartsWith("DARTS,")).Cifar10!.Mean);
    }
}
