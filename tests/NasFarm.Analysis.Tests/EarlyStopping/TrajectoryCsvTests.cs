using NasFarm.Analysis.Csv;
using NasFarm.Analysis.EarlyStopping;
using NasFarm.Analysis.Export;
using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.EarlyStopping;

public sealed class TrajectoryCsvTests
{
    [Fact]
    public void Columns_that_name_runs_tell_trajectories_apart()
    {
        var read = Read("seed,epoch,lambda_max\n1,0,.1\n2,0,.2\n1,2,.3\n2,2,.4\n");
        Assert.Equal(["seed 1", "seed 2"], read.Select(t => t.Name));
        Assert.Equal([new(0, .1), new(2, .3)], read[0].Measurements);
        Assert.Equal(["a seed 1", "b seed 1"], Read("run,seed,epoch,ev\na,1,0,.1\nb,1,0,.2\n").Select(t => t.Name));
        Assert.Equal("table", Assert.Single(Read("epoch,lambda_max\n0,.1\n")).Name);
    }

    [Fact]
    public void Rows_in_any_order_give_one_trajectory() =>
        Assert.Equal([0, 2, 4], Assert.Single(Read("epoch,lambda_max\n4,.3\n0,.1\n2,.2\n")).Measurements.Select(m => m.Epoch));

    [Fact]
    public void An_empty_value_is_an_epoch_without_a_measurement() =>
        Assert.Equal([0, 2], Assert.Single(Read("epoch,lambda_max\n0,.1\n1,\n2,.2\n")).Measurements.Select(m => m.Epoch));

    [Fact]
    public void A_phase_column_gives_phases_with_their_first_epochs()
    {
        var read = Assert.Single(Read("phase,epoch,lambda_max\n1,1,\n0,0,.1\n0,1,.2\n1,2,.4\n"));
        Assert.Equal([0, 1], read.Phases.Select(p => p.Start));
        Assert.Equal([new(2, .4)], read.Phases[1].Measurements);
    }

    [Fact]
    public void What_the_export_writes_is_read_back_with_its_rollbacks()
    {
        var run = TableRun("sgas-es", 3, 90) with
        {
            Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>>
            {
                ["lambda_max"] = [new(0, 0, .1), new(1, 1, .2), new(2, 2, .5), new(3, 1, .3), new(4, 2, .4)],
                ["valid_accuracy"] = Curve(50, 60, 70, 65, 72),
            },
            Decisions = [Decision("trigger", 3, 3), Decision("rollback", 3, 1), Decision("edge_normal", 3, 1), Decision("edge_reduce", 3, 1)],
        };
        var read = Assert.Single(TrajectoryCsv.Read(CsvFile.Parse(SweepCsv.Trajectories(Sweep([run])), "trajectories.csv")));
        var own = RunTrajectory.Of(run)!;
        Assert.Equal("sgas-es seed 3", own.Name);
        Assert.Equal(own.Phases.Select(p => p.Start), read.Phases.Select(p => p.Start));
        Assert.Equal(own.Phases.SelectMany(p => p.Measurements), read.Measurements);
        Assert.Equal([0, 1, 2], own.Kept().Select(m => m.Epoch));
        Assert.Equal([.1, .3, .4], own.Kept().Select(m => m.Value));
    }

    [Fact]
    public void A_decision_begins_a_phase_even_where_no_epoch_is_repeated()
    {
        var run = TableRun("sgas", 0, 90) with
        {
            Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>> { ["lambda_max"] = Curve(.1, .2, .3, double.NaN, .5) },
            Decisions = [Decision("edge_normal", 2, 2), Decision("genotype", 5, 5)],
        };
        Assert.Equal(["0: 0 1", "2: 2 4"], RunTrajectory.Of(run)!.Phases.Select(p => $"{p.Start}: {string.Join(' ', p.Measurements.Select(m => m.Epoch))}"));
        Assert.Null(RunTrajectory.Of(TableRun("random", 0, 90)));
    }

    [Theory]
    [InlineData("epochs,loss\n0,1\n", "table.csv:1:", "no column 'lambda_max'", "columns are epochs, loss")]
    [InlineData("lambda_max\n1\n", "table.csv:1:", "no column 'epoch'")]
    [InlineData("epoch,lambda_max\n0,.1\n1,NaN\n", "table.csv:3:", "'NaN'", "finite")]
    [InlineData("epoch,lambda_max\n0,.1\n1,inf\n", "table.csv:3:", "'inf'", "finite")]
    [InlineData("epoch;lambda_max\n0;0,1\n", "table.csv:2:", "'0,1'", "decimal point")]
    [InlineData("epoch,lambda_max\n1.5,.1\n", "table.csv:2:", "'1.5'", "whole number")]
    [InlineData("epoch,lambda_max\n-2,.1\n", "table.csv:2:", "'-2'", "at least 0")]
    [InlineData("epoch,lambda_max\n0,.1\n2,.2\n0,.3\n", "table.csv:4:", "epoch 0", "first in line 2", "run or seed")]
    [InlineData("epoch,lambda_max\n0,\n1,\n", "no row has a value in column 'lambda_max'")]
    [InlineData("epoch,step,lambda_max\n0,0,.1\n1,0,.2\n", "table.csv:3:", "step 0", "line 2")]
    [InlineData("epoch,metric,value\n0,loss,.1\n", "metric 'lambda_max'")]
    [InlineData("epoch,metric,lambda_max\n0,lambda_max,.1\n", "no column 'value'")]
    [InlineData("phase,epoch,lambda_max\n0,1,.1\n0,1,.2\n", "table.csv:3:", "epoch 1", "line 2")]
    public void A_table_that_holds_no_trajectory_is_refused_with_line_and_remedy(string text, params string[] said)
    {
        var wrong = Assert.Throws<InvalidDataException>(() => Read(text));
        Assert.All(said, words => Assert.Contains(words, wrong.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void The_text_shows_triggers_averages_and_notes()
    {
        var trajectory = LambdaTrajectory.Whole("worked", [.. new[] { .10, .11, .12, .11, .13, .20 }.Select((v, i) => new LambdaMeasurement(i, v))]);
        var text = ReplayText.Render([.. EarlyStoppingRules.All.Select(rule => RuleReplay.Of(rule, trajectory))]);
        Assert.Matches("worked +sgas-es +5 +0 +1\\.3968 +0\\.1467 +0\\.1050", text);
        Assert.Matches("worked +darts-es +– +– +– +– +–", text);
        Assert.Matches("5 +0\\.2000 +0\\.1467 +1\\.3968 +fires: back to 0", text);
        Assert.Contains("darts-es, worked: Too short", text, StringComparison.Ordinal);
    }

    private static IReadOnlyList<LambdaTrajectory> Read(string text) => TrajectoryCsv.Read(CsvFile.Parse(text, "table.csv"));
}
