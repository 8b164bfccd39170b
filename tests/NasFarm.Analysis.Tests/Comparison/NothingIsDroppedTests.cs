using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

/// <summary>No aggregate silently leaves out runs: over random sweeps, every place that shows a count adds up to what was declared.</summary>
public sealed class NothingIsDroppedTests
{
    private static readonly SeedRunState[] States = Enum.GetValues<SeedRunState>();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

    [Theory, MemberData(nameof(Seeds))]
    public void Declared_is_the_sum_in_every_output(int seed)
    {
        var sweep = Random(seed);
        var report = SweepComparison.Of(sweep, resamples: 200);
        var finished = sweep.Runs.Count(r => r.State == SeedRunState.Finished);
        var missing = finished < sweep.Runs.Count;

        // 1. The values.
        Assert.Equal(sweep.Runs.Count, report.Declared.Declared);
        Assert.Equal(sweep.Runs.Count, report.Arms.Sum(a => a.Declared.Declared));
        Assert.All(report.Arms.Select(a => a.Declared).Append(report.Declared), Sums);
        foreach (var arm in report.Arms)
        {
            var runs = sweep.Runs.Where(r => r.Arm == arm.Label).ToList();
            Assert.Equal(Tally.Of(runs), arm.Declared);
            Assert.Equal(arm.Declared.Finished, arm.Structural.N);
            Assert.Equal(arm.Declared.Finished, arm.Behaviour.Runs);
            Assert.Equal(arm.Declared.Finished, arm.On(report.MainMeasure)?.N ?? 0);
            var diverged = runs.Where(r => r is { State: SeedRunState.Finished, SearchDiverged: true }).ToList();
            Assert.Equal(diverged.Count, arm.Diverged);
            Assert.Subset(arm.Structural.RunIds.ToHashSet(), diverged.Select(r => r.RunId).ToHashSet());
            Assert.All(arm.On(report.MainMeasure)?.Dots.Where(d => d.Diverged) ?? [], d => Assert.Equal(10.0, d.Value));
        }

        // 2. A run that has no result blocks every test and the verdict.
        Assert.Equal(missing, report.Verdict.Kind == VerdictKind.Incomplete);
        if (missing)
        {
            Assert.Equal($"{finished} of {sweep.Runs.Count}", report.Verdict.Headline);
            Assert.Empty(report.Contrasts);
            Assert.Empty(report.PValues);
            Assert.Empty(report.Rankings);
            Assert.All(report.Arms.SelectMany(a => a.Scores), s => Assert.True(s is { Sd: null, SdNormal: null, SdBootstrap: null, Components: null, BetterThanRandom: null }));
        }

        // 3. JSON.
        using var json = JsonDocument.Parse(ComparisonJson.Render(report));
        foreach (var tally in json.RootElement.GetProperty("arms").EnumerateArray().Select(a => a.GetProperty("declared")).Append(json.RootElement.GetProperty("declared")))
        {
            int Of(string name) => tally.GetProperty(name).GetInt32();
            Assert.Equal(Of("declared"), Of("finished") + Of("failed") + Of("cancelled") + Of("open"));
        }
        Assert.DoesNotContain("NaN", json.RootElement.GetRawText());

        // 4. CSV.
        Assert.Equal(sweep.Runs.Select(r => r.RunId).Order(), Rows(SweepCsv.Runs(sweep)).Select(r => r["run_id"]).Distinct().Order());
        var arms = Rows(ComparisonCsv.All(report).Single(f => f.Name == "arms.csv").Content);
        Assert.Equal(report.Arms.Select(a => a.Label), arms.Select(r => r["arm"]).Distinct());
        Assert.All(arms, r => Assert.Equal(int.Parse(r["declared"]), int.Parse(r["finished"]) + int.Parse(r["failed"]) + int.Parse(r["cancelled"]) + int.Parse(r["open"])));
        foreach (var figure in FigureFiles.All(sweep, report).Where(f => f.Name is "collapse.csv"))
            Assert.All(Rows(figure.Content), r => Assert.Equal(report.Arm(r["arm"]).Declared.Declared, int.Parse(r["declared"])));

        // 5. Text and page.
        var text = ComparisonText.Render(report);
        Assert.Contains($"{report.Declared}\n", text);
        var page = XDocument.Parse(Regex.Replace(HtmlReport.Render(sweep, report), "<!DOCTYPE html>|<meta[^>]*>|<br[^>]*>", ""));
        var table = page.Descendants("table").Single(t => t.Element("caption")?.Value == "Runs by arm");
        Assert.Equal(report.Arms.Count, table.Element("tbody")!.Elements("tr").Count());
        foreach (var (row, arm) in table.Element("tbody")!.Elements("tr").Zip(report.Arms))
        {
            int[] cells = [.. row.Elements("td").Select(c => int.Parse(c.Value))];
            Assert.Equal([arm.Declared.Declared, arm.Declared.Finished, arm.Declared.Failed, arm.Declared.Cancelled, arm.Declared.Open, arm.Diverged], cells);
        }
        foreach (var arm in report.Arms.Where(a => a.Declared.Finished < a.Declared.Declared))
        {
            // What an arm's mean, cost and collapses leave out is written beside them, in words and on the page.
            var d = arm.Declared;
            Assert.Matches($@"\n{arm.Label} +{d.Declared} +{d.Finished} +{d.Failed} +{d.Cancelled} +{d.Open} +{arm.Diverged}\n", text);
            if (d.Finished > 0) Assert.Matches($@"\n{arm.Label} +{d.Finished} of {d.Declared} ", text);
            Assert.Contains($"{d.Declared - d.Finished} without", text);
            foreach (var caption in new[] { "Mean cost per finished run", "Search behaviour by arm" })
            {
                Assert.Contains(page.Descendants("table").Single(t => t.Element("caption")?.Value == caption).Descendants("tr"),
                    row => row.Element("th")?.Value == arm.Label && row.Elements("td").First().Value == $"{d.Finished} of {d.Declared}");
            }
        }
    }

    [Fact]
    public void Twenty_seven_of_thirty()
    {
        var whole = TableSweep(("sgas-es", Spread(10, 0.1)), ("darts", Spread(10, 2)), ("random", Spread(10, 1)));
        var sweep = whole with { Runs = [.. whole.Runs.Select((r, i) => i % 10 == 3 ? r with { State = SeedRunState.Failed, Reason = "out-of-memory", Genotype = null, Table = new Dictionary<string, double>() } : r)] };
        var report = SweepComparison.Of(sweep);
        Assert.Equal("27 of 30", report.Verdict.Headline);
        Assert.StartsWith("synthetic: 27 of 30\n", ComparisonText.Render(report));
        Assert.Contains("<strong>27 of 30</strong>", HtmlReport.Render(sweep, report));
    }

    // One to three arms, up to twelve seeds; half of the sweeps are complete, some runs diverge, the others stand anywhere.
    private static SweepResult Random(int seed)
    {
        var random = new Random(seed);
        var complete = random.Next(2) == 0;
        var n = 1 + random.Next(12);
        string[] arms = [.. new[] { "sgas-es", "darts", "random" }.Take(1 + random.Next(3))];
        return Sweep(
            from arm in arms
            from i in Enumerable.Range(0, n)
            let run = TableRun(arm, i, Math.Round(70 + 24 * random.NextDouble(), 2))
            let state = complete ? SeedRunState.Finished : States[random.Next(States.Length)]
            select state == SeedRunState.Finished ? run with { SearchDiverged = random.Next(8) == 0 }
                : run with { State = state, Reason = "slot", Genotype = null, Table = new Dictionary<string, double>() });
    }

    private static void Sums(Tally tally) => Assert.Equal(tally.Declared, tally.Finished + tally.Failed + tally.Cancelled + tally.Open);

    // No cell of these files holds a line break, and none before the columns read here a comma.
    private static List<Dictionary<string, string>> Rows(string csv)
    {
        var lines = csv.TrimEnd('\n').Split('\n');
        var header = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => header.Zip(line.Split(',')).ToDictionary(c => c.First, c => c.Second))];
    }
}
