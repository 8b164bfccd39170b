using System.Text.Json.Nodes;
using NasFarm.Farm.Tests.Store;
using NasFarm.Helm.Tests.Engine;

namespace NasFarm.Helm.Tests;

/// <summary>helm upgrade, over a server that refuses patches of what cannot be changed.</summary>
[Collection(nameof(ChartCollection))]
public sealed class UpgradeTests(ChartFixture chart) : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ChartFact]
    public async Task A_newer_chart_with_other_values_changes_nothing_that_cannot_be_changed_and_keeps_what_was_drawn()
    {
        Assert.Equal("", await HelmAsync("install", ChartFixture.Chart, "upgrade", ""));
        var before = chart.Server.In("upgrade");
        using var newer = new NewerChart();

        Assert.Equal("", await HelmAsync("upgrade", newer.Folder, "upgrade", """
            commonLabels: { team: search }
            images: { control: { tag: 0.2.0 }, gpu: { tag: 0.2.0 }, postgres: { tag: 17.7-bookworm } }
            cluster: { leaseSeconds: 30, siloPort: 12000 }
            database: { trial: { resources: { limits: { memory: 2Gi } } } }
            control: { replicas: 2, podAnnotations: { a: b } }
            api: { service: { type: NodePort } }
            gpu: { count: 2, drainSeconds: 300, nodeSelector: { pool: gpu } }
            networkPolicy: { enabled: false }
            monitoring: { podMonitor: true }
            """));

        var after = chart.Server.In("upgrade");
        Assert.Contains(after, o => (string)o["kind"]! == "StatefulSet" && (string?)o["metadata"]!["labels"]?["team"] == "search");
        Assert.DoesNotContain(after, o => (string)o["kind"]! == "NetworkPolicy");
        Assert.Contains(after, o => (string)o["kind"]! == "PodMonitor");
        Assert.Equal(2, (int)Find(after, "Deployment", "farm-nasfarm-control")["spec"]!["replicas"]!);
        // The migration runs again, as another job.
        Assert.Equal("nasfarm-control:0.2.0", (string)Find(after, "Job", "farm-nasfarm-migrate")["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]!);
        var secrets = before.Where(o => (string)o["kind"]! == "Secret").ToList();
        Assert.Equal(2, secrets.Count);
        Assert.All(secrets, secret => Assert.Equal(secret["data"]!.ToJsonString(), Find(after, "Secret", (string)secret["metadata"]!["name"]!)["data"]!.ToJsonString()));
    }

    [ChartTheory]
    [InlineData("volume", "fullnameOverride: farm", "database: { trial: { storage: 80Gi } }", "volumeClaimTemplates")]
    [InlineData("names", "fullnameOverride: farm", "nameOverride: other", "spec.selector")]
    [InlineData("access", "fullnameOverride: farm", "artifacts: { volume: { accessMode: ReadWriteMany } }", "spec.accessModes")]
    public async Task What_cannot_be_changed_is_refused_as_a_real_server_would(string name, string values, string changed, string field)
    {
        Assert.Equal("", await HelmAsync("install", ChartFixture.Chart, $"unchangeable-{name}", values));

        var problem = await HelmAsync("upgrade", ChartFixture.Chart, $"unchangeable-{name}", $"{values}\n{changed}");

        Assert.True(problem.Contains($"{field}: field is immutable", StringComparison.Ordinal), problem);
    }

    [ChartFact]
    public async Task What_is_uninstalled_leaves_the_database_and_the_checkpoints()
    {
        Assert.Equal("", await HelmAsync("install", ChartFixture.Chart, "uninstall", ""));

        Assert.Equal("", await HelmAsync("uninstall", null, "uninstall", null));

        // The database's volume is of its StatefulSet's template, which Kubernetes keeps; its password is kept with it. Jobs of hooks stay until the next one.
        Assert.Equal(["Job farm-nasfarm-migrate", "PersistentVolumeClaim farm-nasfarm-artifacts", "Secret farm-nasfarm-database"],
            chart.Server.In("uninstall").Select(o => $"{o["kind"]} {o["metadata"]!["name"]}").Order(StringComparer.Ordinal));
    }

    [ChartFact]
    public async Task Helm_has_nothing_to_say_against_the_chart()
    {
        var (code, said, _) = await ClusterTools.HelmAsync("lint", "--strict", "--quiet", ChartFixture.Chart);
        Assert.True(code == 0, said);
    }

    /// <summary>Nothing: it is done; else what Helm said.</summary>
    private async Task<string> HelmAsync(string verb, string? source, string space, string? values)
    {
        await File.WriteAllTextAsync(folder.File("kubeconfig"), HelmEngine.KubeConfig(chart.Server.Url));
        await File.WriteAllTextAsync(folder.File("values.yaml"), values ?? "");
        var (code, _, errors) = await ClusterTools.HelmAsync(
            [verb, "farm", .. source is null ? Array.Empty<string>() : [source, "--values", folder.File("values.yaml")], "--kubeconfig", folder.File("kubeconfig"), "--namespace", space]);
        return code == 0 ? "" : errors;
    }

    private static JsonObject Find(IReadOnlyList<JsonObject> objects, string kind, string name) =>
        objects.Single(o => (string)o["kind"]! == kind && (string)o["metadata"]!["name"]! == name);

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
