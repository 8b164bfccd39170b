using System.Text.Json;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog;
using NasFarm.Cli.Commands;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Journals;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Search.Data;
using NasFarm.Server.Access;
using NasFarm.Server.Api;
using NasFarm.Server.Events;

namespace NasFarm.Cli.Farms;

/// <summary>A farm whose store this program opens.</summary>
internal sealed class StoreAccess : IFarmAccess
{
    /// <summary>How often a watcher looks for moves.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly FarmHome home;
    private readonly IFarmStore store;
    private readonly EmbeddedHost host;
    private readonly SweepWatches watches;

    private StoreAccess(FarmHome home, IFarmStore store)
    {
        (this.home, this.store) = (home, store);
        host = new(store, TimeProvider.System, Look);
        watches = new(host, TimeProvider.System);
    }

    /// <summary>Opens the store of a farm that exists.</summary>
    public static async Task<StoreAccess> OpenAsync(FarmHome home, CancellationToken cancel) => new(home, await home.OpenAsync(create: false, cancel));

    public Task<SweepSummary> FindSweepAsync(string? wanted, CancellationToken cancel) => FarmHome.FindSweepAsync(store, wanted, cancel);

    public Task<string> FindRunAsync(string wanted, CancellationToken cancel) => FarmRuns.FindAsync(store, wanted, cancel);

    public Task<Target> FindTargetAsync(string text, CancellationToken cancel) => Targets.FindAsync(store, text, cancel);

    public async Task<SweepStatus> ReadStatusAsync(SweepSummary sweep, int? most, CancellationToken cancel) =>
        await SweepStatusReader.ReadMostAsync(store, sweep, most, cancel) ?? throw Gone("sweep", sweep.SweepId);

    public async Task<RunExplanation> ExplainAsync(string runId, CancellationToken cancel) =>
        await RunExplanation.ReadAsync(store, runId, cancel) ?? throw Gone("run", runId);

    public async Task<RunJournal> ReadJournalAsync(string runId, Action<string>? tell, CancellationToken cancel) => RunJournal.Of(await RunAsync(runId, cancel));

    public async Task<string> ReadSweepAsync(string sweepId, CancellationToken cancel)
    {
        var listed = ListedSweep.Of(await FindSweepAsync(sweepId, cancel));
        var aggregate = await host.ReadAggregateAsync(sweepId, cancel) ?? throw Gone("sweep", sweepId);
        return JsonSerializer.Serialize(new SweepDetails(listed.State, listed.Sweep, aggregate), CatalogJson.Pretty);
    }

    public async Task<string> ReadRunAsync(string runId, CancellationToken cancel) => JsonSerializer.Serialize(await RunAsync(runId, cancel), CatalogJson.Pretty);

    public Task<IReadOnlyList<RunArtifact>> ListArtifactsAsync(string runId, CancellationToken cancel) => Reader(null).ListArtifactsAsync(runId, cancel);

    public async Task<Stream> OpenArtifactAsync(string runId, string sha256, CancellationToken cancel)
    {
        await using var artifacts = FarmArtifacts.Open(home, ProcessName.Current);
        return (await Reader(artifacts).OpenArtifactAsync(runId, sha256, cancel)).Content;
    }

    public async Task<WrittenComparison> CompareAsync(string sweepId, ComparisonWants wants, CancellationToken cancel)
    {
        var (result, comparison) = await Planning.CompareAsync(store, sweepId, withCurves: wants.Report || wants.Figures, cancel);
        return new(wants.Json ? ComparisonJson.Render(comparison) : ComparisonText.Render(comparison),
            wants.Report ? HtmlReport.Render(result, comparison) : null, wants.Figures ? FigureFiles.All(result, comparison) : null);
    }

    public async Task<IReadOnlyList<ExportFile>> ExportAsync(string sweepId, bool json, CancellationToken cancel)
    {
        var (result, comparison) = await Planning.CompareAsync(store, sweepId, withCurves: true, cancel);
        return json ? [SweepFiles.Whole(result)] : SweepFiles.Tables(result, comparison);
    }

    public Task<Commanded<PauseReport>> PauseAsync(Target target, string operation, CancellationToken cancel) =>
        Done(target, operation, store.PauseAsync(target, Environment.UserName, operation, cancel));

    public Task<Commanded<ResumeReport>> ResumeAsync(Target target, string operation, CancellationToken cancel) =>
        Done(target, operation, store.ResumeAsync(target, operation, cancel));

    public Task<Commanded<CancelReport>> CancelAsync(Target target, string operation, CancellationToken cancel) =>
        Done(target, operation, store.CancelAsync(target, operation, cancel));

    public Task<Commanded<RetryReport>> RetryAsync(Target target, string operation, CancellationToken cancel) =>
        Done(target, operation, store.RetryFailedAsync(target, operation, cancel));

    public Task<Commanded<PriorityReport>> SetPriorityAsync(string sweepId, int priority, string operation, CancellationToken cancel) =>
        Done(new Target.Sweep(sweepId), operation, store.SetPriorityAsync(sweepId, priority, operation, cancel));

    public IAsyncEnumerable<SweepNews> WatchAsync(string sweepId, Action<string> tell, CancellationToken cancel) => host.WatchAsync(sweepId, null, cancel);

    public async ValueTask DisposeAsync()
    {
        await watches.DisposeAsync();
        await store.DisposeAsync();
    }

    private async Task<RunDetails> RunAsync(string runId, CancellationToken cancel) => await store.ReadRunAsync(runId, cancel) ?? throw Gone("run", runId);

    private static async Task<Commanded<T>> Done<T>(Target target, string operation, Task<T?> command) where T : class =>
        new(operation, await command ?? throw new InputException($"There is no {target} any more."));

    private static InputException Gone(string what, string id) => new($"There is no {what} '{id}' any more.");

    /// <summary>The readings that a server gives to the person at its own machine.</summary>
    private CallerFarm Reader(Farm.Artifacts.IArtifactStore? artifacts) => new(
        new()
        {
            Store = store, Host = host, Data = DataCatalog.FromEnvironment(null), CodeVersion = CodeVersion.Current, Time = TimeProvider.System,
            NewId = () => ProcessName.Current, Artifacts = artifacts,
        },
        watches, Caller.LocalAdmin(Environment.UserName));
}
