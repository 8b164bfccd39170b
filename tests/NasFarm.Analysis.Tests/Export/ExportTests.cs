using System.Text.Json;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Export;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Export;

public sealed class ExportTests
{
    private static SweepResult Sample
    {
        get
        {
            var run = RetrainRun("sgas-es", 1, ("fashion-mnist", "sgas-es-fashion-mnist", [94.25, 94.75])) with
            {
                Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>> { ["lambda_max"] = [new(0, 0, 0.1), new(1, 1, 0.25), new(2, 1, 0.125)] },
                Decisions = [Decision("rollback", 1, 1, new { from = 1, to = 0 })],
            };
            return Sweep([run, TableRun("darts", 1, 0) with { State = SeedRunState.Failed, Reason = "native-crash", Arm = "da\"rts, 1st" }]);
        }
    }

    [Fact]
    public void Every_declared_run_has_rows_and_hostile_labels_are_quoted()
    {
        var lines = SweepCsv.Runs(Sample).TrimEnd('\n').Split('\n');
        Assert.StartsWith("run_id,arm,method,", lines[0]);
        Assert.Contains(lines, l => l.EndsWith(",retrain:fashion-mnist:sgas-es-fashion-mnist,1,94.75,percent", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.EndsWith(",score:retrain:fashion-mnist:sgas-es-fashion-mnist,,94.5,percent", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("darts-1,\"da\"\"rts, 1st\",darts,", StringComparison.Ordinal) && l.Contains(",failed,native-crash,"));
    }

    [Fact]
    public void Trajectories_keep_both_counters()
    {
        var lines = SweepCsv.Trajectories(Sample).TrimEnd('\n').Split('\n');
        Assert.Equal("run_id,arm,search_seed,data_order_seed,metric,step,epoch,value", lines[0]);
        Assert.Equal("sgas-es-1,sgas-es,1,1,lambda_max,2,1,0.125", lines[3]);
    }

    [Fact]
    public void Decisions_carry_their_detail_as_json() =>
        Assert.Contains("rollback,\"{\"\"from\"\":1,\"\"to\"\":0}\"\n", SweepCsv.Decisions(Sample));

    [Fact]
    public void The_dictionary_explains_every_column_of_every_file()
    {
        var explained = SweepCsv.DataDictionary();
        foreach (var file in SweepCsv.All(Sample).Where(f => f.Name != "dictionary.csv"))
            Assert.All(file.Content.Split('\n')[0].Split(','), column => Assert.Contains(column, explained));
    }

    [Fact]
    public void A_comparison_is_valid_json_with_the_verdict_as_a_stable_word()
    {
        var report = SweepComparison.Of(TableSweep(("sgas-es", Spread(10, 0.1)), ("darts", Spread(10, 3)), ("random", Spread(10, 1))), resamples: 200);
        using var json = JsonDocument.Parse(ComparisonJson.Render(report));
        Assert.Equal("more-stable", json.RootElement.GetProperty("verdict").GetProperty("kind").GetString());
        Assert.Equal(10, json.RootElement.GetProperty("arms")[0].GetProperty("scores")[0].GetProperty("n").GetInt32());
        Assert.Equal(ComparisonJson.Render(report), ComparisonJson.Render(SweepComparison.Of(
            TableSweep(("sgas-es", Spread(10, 0.1)), ("darts", Spread(10, 3)), ("random", Spread(10, 1))), resamples: 200)));
    }
}
