using System.Text.Json.Nodes;
using NasFarm.Farm.Tests;
using NasFarm.Helm.Tests.Engine;
using NasFarm.Helm.Tests.Models;

namespace NasFarm.Helm.Tests;

/// <summary>The chart, installed by Helm into a server that keeps what it gets: once with its own values, once with each file of <c>helm/nasfarm/ci</c>; and what
/// kubectl makes of the overlays.</summary>
public sealed class ChartFixture : IAsyncLifetime
{
    /// <summary>The chart's folder.</summary>
    public static readonly string Chart = RepositoryFile.Path("helm/nasfarm");

    /// <summary>Values as the chart has them.</summary>
    public const string Default = "default";

    private readonly Dictionary<string, Installed> installed = [];

    /// <summary>Why nothing can be installed; null: it can.</summary>
    public static string? Absent => ClusterTools.Absent ?? KubernetesModels.Absent;

    /// <summary>Names of the sets of values.</summary>
    public static IReadOnlyList<string> Sets { get; } =
        [Default, .. Directory.GetFiles(Path.Combine(Chart, "ci"), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    /// <summary>Names of the overlays of <c>k8s</c>.</summary>
    public static IReadOnlyList<string> Overlays { get; } =
        [.. Directory.GetDirectories(RepositoryFile.Path("k8s/overlays")).Select(folder => $"k8s/overlays/{Path.GetFileName(folder)}").Order(StringComparer.Ordinal)];

    public ApiServerStub Server { get; private set; } = null!;

    public HelmEngine Helm { get; private set; } = null!;

    public Installed this[string set] => installed[set];

    public static JsonObject Values(string set) => set == Default ? [] : YamlJson.ReadFile(Path.Combine(Chart, "ci", $"{set}.yaml"));

    public async Task InitializeAsync()
    {
        if (Absent is not null)
            return;
        Server = await ApiServerStub.StartAsync();
        Helm = await HelmEngine.StartAsync(Server.Url);
        foreach (var set in Sets)
        {
            var problem = await Helm.InstallAsync(Chart, "farm", set, Values(set));
            var record = problem is null ? Server.Record(set) : new("", []);
            installed[set] = new(problem, problem is null ? Server.In(set) : [],
                [.. record.Hooks.Where(hook => hook.Events.Contains("test")).SelectMany(hook => YamlJson.ReadAll(hook.Manifest)).Cast<JsonObject>()], record.Notes);
        }
        foreach (var overlay in Overlays)
        {
            var (code, output, errors) = await ClusterTools.KubectlAsync("kustomize", RepositoryFile.Path(overlay));
            installed[overlay] = new(code == 0 ? null : errors, [.. YamlJson.ReadAll(output).Cast<JsonObject>()], [], "");
        }
    }

    public async Task DisposeAsync()
    {
        if (Absent is not null)
            return;
        await Helm.DisposeAsync();
        await Server.DisposeAsync();
    }
}

/// <summary>What came of an installation.</summary>
/// <param name="Problem">What Helm said; null: it is installed.</param>
/// <param name="Objects">What the server got.</param>
/// <param name="Tests">What 'helm test' would make.</param>
/// <param name="Notes">What people are told.</param>
public sealed record Installed(string? Problem, IReadOnlyList<JsonObject> Objects, IReadOnlyList<JsonObject> Tests, string Notes)
{
    /// <summary>Everything.</summary>
    public IEnumerable<JsonObject> All => Objects.Concat(Tests);

    public JsonObject Find(string kind, string name) => Objects.Single(o => (string)o["kind"]! == kind && (string)o["metadata"]!["name"]! == name);

    public IEnumerable<JsonObject> Of(string kind) => Objects.Where(o => (string)o["kind"]! == kind);

    /// <summary>Every pod that would be made of it.</summary>
    public IEnumerable<RenderedPod> Pods => All.Select(RenderedPod.Of).OfType<RenderedPod>();

    /// <summary>The pod of a part.</summary>
    public RenderedPod Pod(string part) => Pods.Single(pod => pod.Part == part);
}

/// <summary>Installed once for every class of this collection.</summary>
[CollectionDefinition(nameof(ChartCollection))]
public sealed class ChartCollection : ICollectionFixture<ChartFixture>;

/// <summary>Skipped, with a sentence, where Helm or the schemas are not there.</summary>
public sealed class ChartFactAttribute : FactAttribute
{
    public ChartFactAttribute() => Skip = ChartFixture.Absent;
}

/// <inheritdoc cref="ChartFactAttribute"/>
public sealed class ChartTheoryAttribute : TheoryAttribute
{
    public ChartTheoryAttribute() => Skip = ChartFixture.Absent;
}
