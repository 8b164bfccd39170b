using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Spaces;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

/// <summary>What the comparison says about the cells found, λmax, and the search's own ranking.</summary>
public sealed class CellsAndLambdaTests
{
    // S1, CIFAR-10, drop-path 0, weight decay 3e-4, seeds 1 to 3 (spec/lambda-max.md §4.1).
    private static readonly string[] Logs =
    [
        ".179 .148 .170 .146 .121 .249 .231 .360 .225 .386 .208 .430 .508 .229 .410 .502 .500 .250 .457 .517 .644 .459 .707 1.319 .527 .521",
        ".174 .147 .263 .193 .167 .221 .209 .151 .220 .290 .314 .474 .305 .362 .323 .361 .900 .243 .301 .629 .647 .517 .821 .395 .395 .394",
        ".146 .208 .316 .197 .213 .183 .347 .203 .250 .171 .310 .305 .253 .261 .407 .592 .596 .789 .733 .481 .365 .786 .913 .312 .880 1.064",
    ];

    [Fact]
    public void The_published_lambda_summary_is_found_again()
    {
        var lambda = SweepComparison.Of(RobustDarts()).Arm("darts").Lambda!;
        Assert.Equal([.15, .19, .22], lambda.Runs.Select(r => Math.Round(r.First5, 2)));
        Assert.Equal([.71, .50, .79], lambda.Runs.Select(r => Math.Round(r.Last5, 2)));
        Assert.Equal([1.32, .90, 1.06], lambda.Runs.Select(r => Math.Round(r.Max, 2)));
        Assert.Equal(["22 → 10", "22 → 10", "30 → 18"], lambda.Runs.Select(ArmText.Trigger));
        Assert.Equal(("darts-es", 3, 3, "3 of 3 runs"), (lambda.Rule, lambda.Fires, lambda.Phases, ArmText.Fires(lambda)));
        Assert.Equal([46, 32, 49], lambda.Runs.Select(r => r.MaxEpoch));
        Assert.Equal(lambda.Runs[0].Last5 / lambda.Runs[0].First5, lambda.Runs[0].Growth);
    }

    [Fact]
    public void Text_report_and_export_show_lambda_and_cells()
    {
        var sweep = RobustDarts();
        var report = SweepComparison.Of(sweep);
        var text = ComparisonText.Render(report);
        Assert.Matches("darts +3 +0\\.1888 +0\\.7066 +1\\.064 +[0-9.]+ +darts-es +3 of 3 runs", text);
        Assert.Matches("darts +2 +0\\.216 +0\\.791 +1\\.064 +49 +3\\.66 +30 → 18", text);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= ComparisonText.Width, $"{line.Length}: {line}"));
        var html = HtmlReport.Render(sweep, report);
        Assert.Contains("λmax by run", html, StringComparison.Ordinal);
        Assert.Contains("30 → 18", html, StringComparison.Ordinal);
        Assert.Contains("Commonest choice by edge", html, StringComparison.Ordinal);
        Assert.Contains(",lambda_max_last5,,0.7066", SweepCsv.Runs(sweep), StringComparison.Ordinal);
        Assert.Contains(",depth:normal,,3,count\n", SweepCsv.Runs(sweep), StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_that_decides_edge_by_edge_is_replayed_phase_by_phase_with_its_own_rule()
    {
        // The worked example of spec/algorithms.md §3.3, back to epoch 0, then a flat phase that its cap ends.
        var run = TableRun("sgas-es", 0, 90) with
        {
            Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>>
            {
                ["lambda_max"] = [.. new[] { .10, .11, .12, .11, .13, .20 }.Select((v, i) => new TrajectoryPoint(i, i, v)), .. Enumerable.Range(1, 15).Select(e => new TrajectoryPoint(e + 5, e, .1))],
            },
            Decisions = [Decision("trigger", 6, 6), Decision("rollback", 6, 1), Decision("edge_normal", 6, 1), Decision("edge_normal", 21, 16)],
        };
        var lambda = SweepComparison.Of(Sweep([run])).Arm("sgas-es").Lambda!;
        var only = Assert.Single(lambda.Runs);
        Assert.Equal(("sgas-es", 1, 2, 1, 21), (lambda.Rule, only.Fires, only.Phases, only.Recorded, only.Measurements));
        Assert.Equal((5, 0), (only.Trigger!.Epoch, only.Trigger.ReturnTo));
        Assert.Equal(.10, only.First5, 1e-12);
        Assert.Equal((.20, 5), (only.Max, only.MaxEpoch));
    }

    [Theory]
    [InlineData(new[] { -.1, -.1, -.1, -.1, -.1, .4 }, null)]
    [InlineData(new[] { .1, .1, .1, .1, .1, .6 }, 2.0)]
    [InlineData(new[] { .1, .1, .1, .1, .6 }, null)] // the first five are the last five
    public void Growth_from_0_or_below_or_to_itself_is_no_number(double[] values, double? growth)
    {
        var run = TableRun("darts", 0, 90) with { Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>> { ["lambda_max"] = Curve(values) } };
        Assert.Equal(growth, Assert.Single(SweepComparison.Of(Sweep([run])).Arm("darts").Lambda!.Runs).Growth is { } g ? Math.Round(g, 9) : null);
    }

    [Fact]
    public void Runs_without_lambda_have_no_lambda() => Assert.Null(SweepComparison.Of(TableSweep(("random", [90, 91]))).Arm("random").Lambda);

    [Fact]
    public void Shapes_distance_and_agreement_are_what_pairs_and_edges_say()
    {
        string[] texts = [GoodCell, GoodCell, SkipCell, "|nor_conv_1x1~0|+|skip_connect~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_3x3~2|"];
        var runs = texts.Select((text, seed) => TableRun("darts", seed, 90) with { Genotype = text }).ToList();
        var cells = SweepComparison.Of(Sweep(runs)).Arm("darts").Cells!;

        var genotypes = texts.Select(t => GenotypeText.Parse("nas-bench-201", t)).ToList();
        var distances = from i in Enumerable.Range(0, 4) from j in Enumerable.Range(i + 1, 3 - i) select genotypes[i].DistanceTo(genotypes[j]);
        Assert.Equal(distances.Average(), cells.MeanDistance!.Value, 1e-12);
        Assert.Equal((4, 3, 6), (cells.N, cells.Different, cells.KeptEdges));
        Assert.Equal([.5, .5, .75, 1, .5, .75], cells.Edges.Select(e => e.Share));
        Assert.Equal(4.0 / 6, cells.MeanAgreement!.Value, 1e-12);
        Assert.Equal(Operations.SkipConnect, cells.Edges[3].Choice);
        Assert.Equal(new MeanAndRange((1 + 1 + 6 + 2) / 4.0, 1, 6), Assert.Single(cells.Shapes).Skips);
    }

    [Fact]
    public void A_cell_with_two_operations_on_an_edge_keeps_that_edge_once()
    {
        var text = PublishedGenotypes.Get("DARTS_V2").ToString();
        const string Head = "Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ";
        var rest = text[(Head + "('sep_conv_3x3', 0), ('sep_conv_3x3', 1)").Length..];
        string[] third = ["('sep_conv_3x3', 0), ('skip_connect', 0)", "('sep_conv_3x3', 1), ('sep_conv_3x3', 2)", "('sep_conv_3x3', 1), ('sep_conv_3x3', 2)"];
        var runs = third.Select((node, seed) => TableRun("gdas", seed, 90) with { Spec = Spec("gdas", seed, "darts", "cifar-10"), Genotype = Head + node + rest });
        var cells = SweepComparison.Of(Sweep(runs)).Arm("gdas").Cells!;
        var edge = cells.Edges.Single(e => e is { Type: CellType.Normal, Source: 0, Target: 3 });
        Assert.Equal((null, 2, 2.0 / 3), (edge.Choice, edge.Count, edge.Share));
    }

    [Fact]
    public void The_order_in_which_a_node_lists_its_edges_makes_no_other_cell()
    {
        var text = PublishedGenotypes.Get("DARTS_V2").ToString();
        var turned = "Genotype(normal=[('sep_conv_3x3', 1), ('sep_conv_3x3', 0)" + text["Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1)".Length..];
        var runs = new[] { text, turned }.Select((t, seed) => TableRun("darts", seed, 90) with { Spec = Spec("darts", seed, "darts", "cifar-10"), Genotype = t });
        var arm = SweepComparison.Of(Sweep(runs)).Arm("darts");
        Assert.Equal((1, 1, 0.0, 1.0), (arm.Cells!.Different, arm.Behaviour.DistinctGenotypes, arm.Cells.MeanDistance, arm.Cells.MeanAgreement));
        Assert.Equal((3.5, 3.0), (arm.Cells.Shapes[0].Width.Mean, arm.Cells.Shapes[0].Depth.Mean));
        Assert.Equal(12, arm.Cells.Edges.Count(e => e.Choice is null));
    }

    [Theory] // SGAS's own table (spec/headline-results.md §2, spec/algorithms.md §2.7): errors in the order of the search's validation accuracy.
    [InlineData(new[] { 2.44, 2.50, 2.39, 2.63, 2.78, 2.68, 2.51, 2.61, 3.18, 2.87 }, 0.5556)]
    [InlineData(new[] { 2.57, 2.60, 2.44, 2.49, 2.52, 3.12, 2.58, 2.85, 2.851, 2.66 }, 0.4222)]   // the equal 2.85 in the order of the README's ranks
    public void The_published_rank_agreement_of_Sgas_is_found_again(double[] errors, double tau)
    {
        var runs = errors.Select((error, i) => RetrainRun("sgas", i, ("cifar-10", "darts", [100 - error])) with
        {
            Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>> { ["valid_accuracy"] = Curve(50, 90 - i) },
        });
        var report = SweepComparison.Of(Sweep(runs));
        var agreement = report.Arm("sgas").SearchAgreement!;
        Assert.Equal(10, agreement.N);
        Assert.Equal(tau, agreement.Tau!.Value, 5e-5);
        Assert.Contains($"{tau:0.00}, n 10, p ", ComparisonText.Render(report), StringComparison.Ordinal);
    }

    private static SweepResult RobustDarts() => Sweep(Logs.Select((log, seed) => TableRun("darts", seed, 90 + seed) with
    {
        Spec = Spec("darts", seed, "darts", "cifar-10"),
        Genotype = PublishedGenotypes.Get("DARTS_V2").ToString(),
        Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>>
        {
            ["lambda_max"] = [.. log.Split(' ').Select((v, i) => new TrajectoryPoint(Math.Min(2 * i, 49), Math.Min(2 * i, 49), double.Parse(v, System.Globalization.CultureInfo.InvariantCulture)))],
        },
    }));
}
