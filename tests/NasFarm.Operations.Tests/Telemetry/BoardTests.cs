using System.Text.Json;
using System.Text.RegularExpressions;
using NasFarm.Farm.Telemetry;
using NasFarm.Farm.Tests;
using NasFarm.Grafana;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>Boards as files. Whether Grafana draws them nobody asks here; that their queries are answered, <see cref="ScrapedClusterTests"/> does.</summary>
public sealed partial class BoardTests
{
    public static TheoryData<string> Uids => [.. Boards.All.Select(board => board.Uid)];

    private static Board Of(string uid) => Boards.All.Single(board => board.Uid == uid);

    [Fact]
    public void Uids_stay_and_every_file_has_a_source()
    {
        Assert.Equal(["nasfarm-farm", "nasfarm-sweep", "nasfarm-silos", "nasfarm-control", "nasfarm-reliability"], Boards.All.Select(board => board.Uid));
        Assert.Equal(Boards.All.Select(board => $"{board.Uid}.json").Order(),
            Directory.EnumerateFiles(RepositoryFile.Path("grafana/boards")).Select(file => Path.GetFileName(file)!).Order());
    }

    [Theory, MemberData(nameof(Uids))]
    public void The_file_is_what_the_source_says(string uid) => RepositoryFile.AssertGolden($"grafana/boards/{uid}.json", BoardJson.Text(Of(uid)));

    [Theory, MemberData(nameof(Uids))]
    public void The_file_has_what_Grafana_asks_of_a_board(string uid)
    {
        using var file = JsonDocument.Parse(File.ReadAllText(RepositoryFile.Path($"grafana/boards/{uid}.json")));
        var board = file.RootElement;
        Assert.Equal(uid, board.GetProperty("uid").GetString());
        Assert.True(board.GetProperty("schemaVersion").GetInt32() >= 39);
        var variables = board.GetProperty("templating").GetProperty("list").EnumerateArray().ToList();
        Assert.Contains(variables, variable => variable.GetProperty("name").GetString() == "prometheus" && variable.GetProperty("type").GetString() == "datasource");
        var panels = board.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        var places = panels.SelectMany(panel => Cells(panel.GetProperty("gridPos"))).ToList();
        Assert.Equal(places.Count, places.Distinct().Count());
        foreach (var panel in panels.Where(panel => panel.GetProperty("type").GetString() != "row"))
        {
            Assert.NotEmpty(panel.GetProperty("description").GetString()!);
            Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString()!);
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
            {
                var source = target.GetProperty("datasource");
                Assert.Contains((source.GetProperty("type").GetString(), source.GetProperty("uid").GetString()),
                    new (string?, string?)[] { ("prometheus", "${prometheus}"), ("grafana-postgresql-datasource", "${postgres}") });
            }
        }
    }

    [Theory, MemberData(nameof(Uids))]
    public void Every_panel_says_what_it_shows_and_links_to_pages_that_are_there(string uid)
    {
        foreach (var panel in Of(uid).Panels)
        {
            Assert.True(panel.Description.Length > 5 && panel.Description.EndsWith('.'), $"{panel.Title} lacks a description.");
            Assert.Contains(panel.Unit, new[] { "none", "s", "bytes", "ops", "reqps", "percentunit" });
            if (panel.Runbook is { } runbook)
                Assert.True(File.Exists(RepositoryFile.Path($"docs/runbooks/{runbook}.md")), $"{panel.Title} links to docs/runbooks/{runbook}.md, which is not there.");
        }
    }

    [Fact]
    public void Queries_of_boards_and_rules_name_metrics_and_labels_of_the_catalogue()
    {
        var texts = Boards.All.SelectMany(board => board.Panels).SelectMany(panel => panel.Queries).Where(query => query.Source == Source.Prometheus).Select(query => query.Text)
            .Concat(AlertRules.All.Select(rule => rule.Expression(span => $"{span.TotalSeconds}s")));
        var named = texts.SelectMany(text => MetricName().Matches(text)).Select(match => match.Value).Distinct();
        var known = MetricCatalog.All.SelectMany(metric => metric.Kind == MetricKind.Histogram
            ? new[] { metric.Prometheus + "_bucket", metric.Prometheus + "_sum", metric.Prometheus + "_count" } : [metric.Prometheus]).ToHashSet();
        Assert.DoesNotContain(named, name => !known.Contains(name));
        var selected =
            from text in texts
            from match in Selector().Matches(text).Cast<Match>()
            let metric = MetricCatalog.All.First(metric => match.Groups["metric"].Value.StartsWith(metric.Prometheus, StringComparison.Ordinal)
                && (match.Groups["metric"].Value == metric.Prometheus || metric.Kind == MetricKind.Histogram))
            from label in LabelName().Matches(match.Groups["labels"].Value).Select(label => label.Groups["name"].Value)
            where metric.Labels.All(known => known.Name != label)
            select $"{metric.Prometheus} has no label {label}: {text}";
        Assert.Empty(selected);
    }

    private static IEnumerable<(int, int)> Cells(JsonElement place) =>
        from x in Enumerable.Range(place.GetProperty("x").GetInt32(), place.GetProperty("w").GetInt32())
        from y in Enumerable.Range(place.GetProperty("y").GetInt32(), place.GetProperty("h").GetInt32())
        select (x, y);

    [GeneratedRegex("nasfarm_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("(?<metric>nasfarm_[a-z_]+){(?<labels>[^}]*)}")]
    private static partial Regex Selector();

    [GeneratedRegex("(?<name>[a-z_]+)(=|!=|=~|!~)\"")]
    private static partial Regex LabelName();
}
