using System.Text.Json.Nodes;
using NasFarm.Helm.Tests.Engine;

namespace NasFarm.Helm.Tests;

/// <summary>A newer chart with other values over what an older one made. The engine of the tests installs and does not upgrade: its record is taken
/// away, and then it installs over its own objects, which it changes by patches as an upgrade does. The server refuses patches of what cannot be changed.</summary>
[Collection(nameof(ChartCollection))]
public sealed class UpgradeTests(ChartFixture chart)
{
    [ChartFact]
    public async Task A_newer_chart_with_other_values_changes_nothing_that_cannot_be_changed_and_keeps_what_was_drawn()
    {
        const string space = "upgrade";
        Assert.Null(await chart.Helm.InstallAsync(ChartFixture.Chart, "farm", space, []));
        var before = chart.Server.In(space);
        using var newer = new NewerChart();
        chart.Server.ForgetReleases(space);

        var problem = await chart.Helm.InstallAsync(newer.Folder, "farm", space, (JsonObject)YamlJson.ReadAll("""
            commonLabels: { team: search }
            images: { control: { tag: 0.2.0 }, gpu: { tag: 0.2.0 }, postgres: { tag: 17.7-bookworm } }
            cluster: { leaseSeconds: 30, siloPort: 12000 }
            database: { trial: { resources: { limits: { memory: 2Gi } } } }
            control: { replicas: 2, podAnnotations: { a: b } }
            api: { service: { type: NodePort } }
            gpu: { count: 2, drainSeconds: 300, nodeSelector: { pool: gpu } }
            networkPolicy: { enabled: false }
            monitoring: { podMonitor: true }
            """).Single());

        Assert.Null(problem);
        var after = chart.Server.In(space);
        // The patches have arrived.
        Assert.Contains(after, o => (string?)o["metadata"]!["labels"]?["team"] == "search" && (string)o["kind"]! == "StatefulSet");
        Assert.All(before.Where(o => (string)o["kind"]! == "Secret"), secret =>
            Assert.Equal(secret["data"]!.ToJsonString(), after.Single(o => (string)o["kind"]! == "Secret" && (string)o["metadata"]!["name"]! == (string)secret["metadata"]!["name"]!)["data"]!.ToJsonString()));
        Assert.Equal(2, (int)after.Single(o => (string)o["metadata"]!["name"]! == "farm-nasfarm-control" && (string)o["kind"]! == "Deployment")["spec"]!["replicas"]!);
    }

    [ChartTheory]
    [InlineData("volume", "database: { trial: { storage: 80Gi } }", "StatefulSet", "volumeClaimTemplates")]
    [InlineData("names", "nameOverride: other", "Deployment", "spec.selector")]
    [InlineData("access", "artifacts: { volume: { accessMode: ReadWriteMany } }", "PersistentVolumeClaim", "spec.accessModes")]
    public async Task What_cannot_be_changed_is_refused_as_a_real_server_would(string name, string values, string kind, string field)
    {
        var space = $"unchangeable-{name}";
        Assert.Null(await chart.Helm.InstallAsync(ChartFixture.Chart, "farm", space, name == "names" ? new() { ["fullnameOverride"] = "farm" } : []));
        chart.Server.ForgetReleases(space);
        var changed = (JsonObject)YamlJson.ReadAll(values).Single();
        if (name == "names")
            changed["fullnameOverride"] = "farm";

        var problem = await chart.Helm.InstallAsync(ChartFixture.Chart, "farm", space, changed);

        Assert.NotNull(problem);
        Assert.Contains(kind, problem, StringComparison.Ordinal);
        Assert.Contains($"{field}: field is immutable", problem, StringComparison.Ordinal);
    }

    /// <summary>The chart with the next version.</summary>
    private sealed class NewerChart : IDisposable
    {
        public NewerChart()
        {
            foreach (var file in Directory.GetFiles(ChartFixture.Chart, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(Folder, Path.GetRelativePath(ChartFixture.Chart, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
            var about = Path.Combine(Folder, "Chart.yaml");
            File.WriteAllText(about, File.ReadAllText(about).Replace("version: 0.1.0", "version: 0.2.0", StringComparison.Ordinal));
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("nasfarm-chart-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
