using System.Globalization;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.EarlyStopping;
using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Analysis.Tests.EarlyStopping;

/// <summary>The summary of RobustDARTS' published logs (spec/lambda-max.md §4.2), from the largest eigenvalues of its published Hessians.</summary>
public sealed class PublishedLogsTests
{
    private static readonly IReadOnlyList<LambdaTrajectory> Logs = Read();

    [Theory] // trigger epoch → returned epoch by seed; – never
    [InlineData("S1 0 0.0003", "22→10 22→10 30→18", ".15 .19 .22", ".71 .50 .79", "1.32 .90 1.06")]
    [InlineData("S1 0 0.0009", "22→10 32→20 32→20", ".18 .14 .16", ".50 .66 .50", ".86 .94 .56")]
    [InlineData("S1 0 0.0027", "42→30 40→28 34→22", ".13 .15 .13", ".46 .37 .32", ".61 .49 .41")]
    [InlineData("S1 0 0.0081", "– – 48→36", ".13 .13 .14", ".19 .18 .18", ".27 .27 .24")]
    [InlineData("S1 0 0.0243", "– – –", ".14 .12 .13", ".16 .22 .16", ".27 .34 .25")]
    [InlineData("S1 0.2 0.0003", "36→24 – 38→26", ".19 .19 .14", ".29 .26 .24", ".39 .31 .35")]
    [InlineData("S1 0.4 0.0003", "– – 26→14", ".17 .15 .15", ".22 .27 .25", ".25 .41 .39")]
    [InlineData("S1 0.6 0.0003", "22→10 24→12 –", ".13 .17 .16", ".36 .28 .24", ".70 .33 .35")]
    [InlineData("S3 0 0.0003", "34→22 30→18 24→12", ".12 .12 .09", ".23 .26 .19", ".29 .39 .42")]
    [InlineData("S3 0 0.0729", "– – –", ".00 .00 .00", ".00 .00 .00", ".01 .01 .01")]
    [InlineData("S3 0 0.0081", "– – –", ".12 .13 .10", ".10 .20 .13", ".19 .28 .21")]
    public void Every_row_of_the_published_summary_is_found_again(string setting, string triggers, string first5, string last5, string max)
    {
        var runs = Of(setting);
        Assert.Equal(triggers, string.Join(' ', runs.Select(Trigger)));
        Near(first5, runs.Select(r => r.Kept().Take(5).Average(m => m.Value)));
        Near(last5, runs.Select(r => r.Kept().TakeLast(5).Average(m => m.Value)));
        Near(max, runs.Select(r => r.Kept().Max(m => m.Value)));
    }

    [Theory] // false alarms on flat runs (spec/lambda-max.md §4.3)
    [InlineData("S1 0 0.0729", 2)]
    [InlineData("S1 0 0.2187", 3)]
    public void Flat_runs_fire_as_often_as_published(string setting, int fires)
    {
        Assert.Equal(fires, Of(setting).Count(run => Trigger(run) != "–"));
        Assert.All(Of(setting), run => Assert.True(run.Kept().Max(m => m.Value) < 0.3));
    }

    [Fact]
    public void The_published_measurements_end_with_48_and_49() => Assert.All(Logs, run => Assert.Equal([48, 49], run.Kept().TakeLast(2).Select(m => m.Epoch)));

    private static IReadOnlyList<LambdaTrajectory> Of(string setting)
    {
        var (space, dropPath, weightDecay) = setting.Split(' ') is [var s, var d, var w] ? (s, d, w) : default;
        var found = Logs.Where(t => t.Name.StartsWith($"space {space} drop_path {dropPath} weight_decay {weightDecay} seed ", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, found.Count);
        return found;
    }

    private static string Trigger(LambdaTrajectory run) =>
        RuleReplay.Of(EarlyStoppingRules.All.Single(r => r.Name == "darts-es"), run).Trigger is { } t ? $"{t.Epoch}→{t.ReturnTo}" : "–";

    // Published with two decimals.
    private static void Near(string published, IEnumerable<double> found) => Assert.All(
        published.Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).Zip(found), pair => Assert.Equal(pair.First, pair.Second, 0.0051));

    private static IReadOnlyList<LambdaTrajectory> Read()
    {
        using var reader = new StreamReader(typeof(PublishedLogsTests).Assembly.GetManifestResourceStream("robustdarts-lambda.csv")!);
        return TrajectoryCsv.Read(CsvFile.Parse(reader.ReadToEnd(), "robustdarts-lambda.csv"));
    }
}
