using System.Text.Json.Nodes;
using NasFarm.Farm.Tests;
using NasFarm.Farm.Tests.Store;
using NasFarm.Helm.Tests.Engine;
using NasFarm.Helm.Tests.Models;

namespace NasFarm.Helm.Tests;

/// <summary>Boards and rules: written in <c>grafana</c>, and, since a chart reads nothing outside its folder, copied into it.</summary>
public sealed class MonitoringTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, InlineData("boards", "*.json"), InlineData("rules", "*.yaml")]
    public void The_chart_holds_the_same_files_as_grafana(string kind, string pattern)
    {
        string[] Names(string path) => Directory.Exists(path) ? [.. Directory.GetFiles(path, pattern).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)] : [];
        var source = RepositoryFile.Path($"grafana/{kind}");
        foreach (var name in Names(source))
            RepositoryFile.AssertGolden($"helm/nasfarm/files/{kind}/{name}", File.ReadAllText(Path.Combine(source, name)));
        Assert.Equal(Names(source), Names(Path.Combine(ChartFixture.Chart, "files", kind)));
    }

    [ChartTheory, InlineData("PrometheusRule"), InlineData("ConfigMap")]
    public async Task A_board_is_a_ConfigMap_that_Grafana_finds_and_rules_are_what_is_asked_for(string kind)
    {
        foreach (var file in Directory.GetFiles(ChartFixture.Chart, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/files/boards/", StringComparison.Ordinal) && !file.Contains("/files/rules/", StringComparison.Ordinal)))
        {
            var copy = folder.File(Path.GetRelativePath(ChartFixture.Chart, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        Directory.CreateDirectory(folder.File("files/boards"));
        Directory.CreateDirectory(folder.File("files/rules"));
        const string board = """{ "title": "Farm", "panels": [{ "legendFormat": "{{ pod }}" }] }""";
        await File.WriteAllTextAsync(folder.File("files/boards/farm_overview.json"), board);
        await File.WriteAllTextAsync(folder.File("files/rules/nasfarm.rules.yaml"), """
            # Why.
            groups:
              - name: nasfarm
                rules:
                  - alert: NoProgress
                    expr: sum(nasfarm_queue_depth) > 0
                    for: 10m
                    annotations: { summary: "{{ $value }} units wait" }
            """);

        var (code, output, errors) = await ClusterTools.HelmAsync(
            "template", "farm", folder.Path, "--set", $"monitoring.dashboards=true,monitoring.rules={kind},monitoring.labels.release=prometheus");

        Assert.True(code == 0, errors);
        var objects = YamlJson.ReadAll(output).Cast<JsonObject>().ToList();
        Assert.Empty((await KubernetesModels.CheckAsync([objects])).Single());
        var map = Assert.Single(objects, o => (string?)o["metadata"]!["labels"]?["grafana_dashboard"] == "1");
        Assert.Equal(board, (string)map["data"]!["farm_overview.json"]!);
        Assert.Equal("farm-nasfarm-board-farm-overview", (string)map["metadata"]!["name"]!);
        var rules = Assert.Single(objects, o => (string)o["kind"]! == kind && o != map);
        Assert.Equal("prometheus", (string)rules["metadata"]!["labels"]!["release"]!);
        Assert.Contains("{{ $value }} units wait", rules.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }), StringComparison.Ordinal);
    }
}
