using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using NasFarm.Analysis.Export;
using NasFarm.Catalog;
using NasFarm.Cli.Commands;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Journals;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Api;

namespace NasFarm.Cli.Remote;

/// <summary>A farm that a server has open.</summary>
internal sealed class ServerAccess(ServerClient client) : IFarmAccess
{
    /// <summary>Where it is.</summary>
    public ServerAddress Address => client.Address;

    /// <summary>Who asks.</summary>
    public Task<Me> ReadMeAsync(CancellationToken cancel) => client.GetAsync<Me>("me", cancel);

    /// <summary>Takes a manifest in. Sent again after a lost answer it is the same sweep.</summary>
    public async Task<SubmittedSweep> SubmitAsync(FileInfo manifest, bool fresh, CancellationToken cancel)
    {
        var text = await TextAsync(manifest, cancel);
        var generation = fresh ? $"?generation={(await client.PostManifestAsync<FreshManifest>("manifests/fresh", manifest, text, cancel)).Generation}" : "";
        return await client.PostManifestAsync<SubmittedSweep>($"sweeps{generation}", manifest, text, cancel);
    }

    /// <summary>What a manifest would run; nothing is timed.</summary>
    public async Task<PlanReport> PlanAsync(FileInfo manifest, bool fresh, CancellationToken cancel) =>
        await client.PostManifestAsync<PlanReport>($"plan{(fresh ? "?fresh=true" : "")}", manifest, await TextAsync(manifest, cancel), cancel);

    public async Task<SweepSummary> FindSweepAsync(string? wanted, CancellationToken cancel)
    {
        var found = await client.GetAsync<FoundName>($"find?kind=sweep{(wanted is null ? "" : $"&text={Uri.EscapeDataString(wanted)}")}", cancel);
        return (await client.GetAsync<SweepDetails>(Sweep(found.Sweep!), cancel)).Sweep;
    }

    public async Task<string> FindRunAsync(string wanted, CancellationToken cancel) =>
        (await client.GetAsync<FoundName>($"find?kind=run&text={Uri.EscapeDataString(wanted)}", cancel)).Run!;

    public async Task<Target> FindTargetAsync(string text, CancellationToken cancel)
    {
        var path = $"find?kind=target&text={Uri.EscapeDataString(text)}";
        return (await client.GetAsync<FoundName>(path, cancel)).ToTarget() ?? throw client.Unreadable($"GET {path}", "it names nothing");
    }

    public Task<SweepStatus> ReadStatusAsync(SweepSummary sweep, int? most, CancellationToken cancel) =>
        client.GetAsync<SweepStatus>(Sweep(sweep.SweepId, $"/status{(most is { } n ? $"?runs={n}" : "")}"), cancel);

    public Task<RunExplanation> ExplainAsync(string runId, CancellationToken cancel) => client.GetAsync<RunExplanation>(Run(runId, "/why"), cancel);

    public Task<RunJournal> ReadJournalAsync(string runId, Action<string>? tell, CancellationToken cancel) =>
        client.GetAsync<RunJournal>(Run(runId, "/journal"), cancel, tell is null ? null : Patience.Long(tell));

    public Task<string> ReadSweepAsync(string sweepId, CancellationToken cancel) => PrettyAsync(Sweep(sweepId), cancel);

    public Task<string> ReadRunAsync(string runId, CancellationToken cancel) => PrettyAsync(Run(runId), cancel);

    public async Task<IReadOnlyList<RunArtifact>> ListArtifactsAsync(string runId, CancellationToken cancel) =>
        (await client.GetAsync<RunArtifacts>(Run(runId, "/artifacts"), cancel)).Artifacts;

    public Task<Stream> OpenArtifactAsync(string runId, string sha256, CancellationToken cancel) =>
        client.OpenAsync(Run(runId, $"/artifacts/{sha256}"), null, null, cancel);

    public async Task<WrittenComparison> CompareAsync(string sweepId, ComparisonWants wants, CancellationToken cancel) => new(
        await client.GetTextAsync(Sweep(sweepId, $"/comparison?format={(wants.Json ? "json" : "text")}"), wants.Json ? "application/json" : "text/plain", cancel),
        wants.Report ? await client.GetTextAsync(Sweep(sweepId, "/report"), "text/html", cancel) : null,
        wants.Figures ? (await client.GetAsync<FileSet>(Sweep(sweepId, "/figures"), cancel)).Files : null);

    public async Task<IReadOnlyList<ExportFile>> ExportAsync(string sweepId, bool json, CancellationToken cancel) =>
        (await client.GetAsync<FileSet>(Sweep(sweepId, $"/export?format={(json ? "json" : "csv")}"), cancel)).Files;

    public Task<Commanded<PauseReport>> PauseAsync(Target target, string operation, CancellationToken cancel) => CommandAsync<PauseReport>("pause", target, operation, cancel);

    public Task<Commanded<ResumeReport>> ResumeAsync(Target target, string operation, CancellationToken cancel) => CommandAsync<ResumeReport>("resume", target, operation, cancel);

    public Task<Commanded<CancelReport>> CancelAsync(Target target, string operation, CancellationToken cancel) => CommandAsync<CancelReport>("cancel", target, operation, cancel);

    public Task<Commanded<RetryReport>> RetryAsync(Target target, string operation, CancellationToken cancel) => CommandAsync<RetryReport>("retry", target, operation, cancel);

    public Task<Commanded<PriorityReport>> SetPriorityAsync(string sweepId, int priority, string operation, CancellationToken cancel) =>
        client.PostAsync<Commanded<PriorityReport>>(Sweep(sweepId, "/priority"), new NewPriority(priority), operation, cancel);

    public async IAsyncEnumerable<SweepNews> WatchAsync(string sweepId, Action<string> tell, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var watch = new ServerWatch(client, sweepId, Patience.Long(tell));
        while (await watch.NextAsync(cancel) is { } news)
            yield return news;
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<Commanded<T>> CommandAsync<T>(string verb, Target target, string operation, CancellationToken cancel) where T : class
    {
        var (path, part) = target switch
        {
            Target.Sweep sweep => (Sweep(sweep.SweepId, $"/{verb}"), null),
            Target.Cohort cohort => (Sweep(cohort.SweepId, $"/{verb}"), new SweepPart(Seed: cohort.Seed)),
            Target.SweepRun run => (Sweep(run.SweepId, $"/{verb}"), new SweepPart(Run: run.RunId)),
            Target.Run run => (Run(run.RunId, $"/{verb}"), null),
            Target.Unit unit => (Run(unit.RunId, $"/units/{Uri.EscapeDataString(unit.UnitId)}/{verb}"), (SweepPart?)null),
            _ => throw new ArgumentOutOfRangeException(nameof(target), target, "a target of no known kind"),
        };
        return client.PostAsync<Commanded<T>>(path, part, operation, cancel);
    }

    private async Task<string> PrettyAsync(string path, CancellationToken cancel) => (await client.GetAsync<JsonNode>(path, cancel)).ToJsonString(CatalogJson.Pretty);

    private static async Task<byte[]> TextAsync(FileInfo manifest, CancellationToken cancel)
    {
        Planning.MustExist(manifest);
        return await File.ReadAllBytesAsync(manifest.FullName, cancel);
    }

    private static string Sweep(string id, string rest = "") => $"sweeps/{Uri.EscapeDataString(id)}{rest}";

    private static string Run(string id, string rest = "") => $"runs/{Uri.EscapeDataString(id)}{rest}";
}
