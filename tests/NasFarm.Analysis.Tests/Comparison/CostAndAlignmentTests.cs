using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

/// <summary>What searches cost beside gradients, and how far their layers agree, wherever it is shown.</summary>
public sealed class CostAndAlignmentTests
{
    private static SweepResult Sample => Sweep([
        .. Enumerable.Range(0, 3).Select(seed => TableRun("lambda-darts", seed, 90) with
        {
            Cost = Cost() with { ForwardEvals = 1200 + 300 * seed, LambdaMaxSeconds = 60 * (seed + 1) },
            Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>>
            {
                ["lambda_max"] = Curve(.1, .2, .3),
                ["lambda_max_batches"] = Curve(2, 2, 2),
                ["layer_alignment"] = Curve(.1, .1, .1, .1, .1, .3 + .1 * seed),
            },
        }),
        .. Enumerable.Range(0, 3).Select(seed => TableRun("random", seed, 91)),
    ]);

    [Fact]
    public void The_comparison_the_report_and_the_export_count_passes_without_a_gradient()
    {
        var report = SweepComparison.Of(Sample, resamples: 200);
        Assert.Equal(1500, report.Arm("lambda-darts").Cost!.ForwardEvals);
        var text = ComparisonText.Render(report);
        Assert.Contains("forward", text.Split('\n').Single(l => l.Contains("grads H", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= ComparisonText.Width, $"{line.Length}: {line}"));
        Assert.Contains("forward only", HtmlReport.Render(Sample, report), StringComparison.Ordinal);
        Assert.Contains(",forward_evals,,1800,count\n", SweepCsv.Runs(Sample), StringComparison.Ordinal);
    }

    [Fact]
    public void Lambda_max_says_its_window_its_batches_and_its_seconds()
    {
        var report = SweepComparison.Of(Sample, resamples: 200);
        var lambda = report.Arm("lambda-darts").Lambda!;
        Assert.Equal((5, 2, 120.0), (lambda.Window, lambda.Batches, lambda.Seconds));
        Assert.Matches(@"lambda-darts +3 .* 0 of 3 runs +5 +2 +2[: ]", ComparisonText.Render(report));
        Assert.Contains(",lambda_max_batches,,2,count\n", SweepCsv.Runs(Sample), StringComparison.Ordinal);
        Assert.Contains(",lambda_max_window,,5,count\n", SweepCsv.Runs(Sample), StringComparison.Ordinal);
        Assert.Contains(",lambda_max_seconds,,180,s\n", SweepCsv.Runs(Sample), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_did_not_record_its_batches_has_those_of_its_settings()
    {
        var run = TableRun("darts", 0, 90) with { Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>> { ["lambda_max"] = Curve(.1, .2) } };
        Assert.Equal(1, Assert.Single(SweepComparison.Of(Sweep([run])).Arm("darts").Lambda!.Runs).Batches);
    }

    [Fact]
    public void The_alignment_of_the_layers_is_shown_as_the_eigenvalue_is()
    {
        var report = SweepComparison.Of(Sample, resamples: 200);
        var alignment = report.Arm("lambda-darts").Alignment!;
        Assert.Equal(3, alignment.Runs);
        Assert.Equal(.4, alignment.Last, 1e-12);
        Assert.Null(report.Arm("random").Alignment);
        Assert.Contains("Λ, alignment of the layers' gradients (medians", ComparisonText.Render(report), StringComparison.Ordinal);
        Assert.Contains("alignment of the layers", HtmlReport.Render(Sample, report), StringComparison.Ordinal);
        Assert.Contains(",layer_alignment,,0.5,number", SweepCsv.Runs(Sample), StringComparison.Ordinal);
    }
}
