using System.Globalization;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>Sweeps and runs.</summary>
public sealed partial class CallerFarm
{
    /// <summary>Sweeps that the caller sees, the newest first.</summary>
    public async Task<SweepPage> ListSweepsAsync(SweepQuery query, CancellationToken cancel = default)
    {
        var limit = Paging.Limit(query.Limit);
        var fitting = (await farm.Store.ListSweepsAsync(cancel)).Behind(query.After)
            .Where(sweep => caller.Sees(sweep.Tenant) && (query.Tenant is null || sweep.Tenant == query.Tenant) && Fits(sweep, query.Name))
            .Select(ListedSweep.Of)
            .Where(listed => query.State is null || listed.State == query.State)
            .Take(limit + 1).ToList();
        return fitting.Count <= limit ? new(fitting, Next: null) : new(fitting[..limit], Paging.PlaceOf(fitting[limit - 1].Sweep));
    }

    /// <summary>One sweep.</summary>
    public async Task<ListedSweep> ReadSweepAsync(string sweepId, CancellationToken cancel = default) =>
        ListedSweep.Of(await MustSeeSweepAsync(sweepId, cancel));

    /// <summary>Runs of a sweep in plan order, each with what it waits for.</summary>
    public async Task<RunPage> ReadRunsAsync(string sweepId, RunQuery query, CancellationToken cancel = default)
    {
        var (limit, first) = (Paging.Limit(query.Limit), Paging.First(query.After));
        await MustSeeSweepAsync(sweepId, cancel);
        // Which runs, by the little that a question can ask of all of them; then everything about those that are shown.
        var all = await farm.Store.ReadGridAsync(sweepId, null, cancel) ?? throw RefusedException.NoSuch("sweep", sweepId);
        var fitting = all.Index().Where(x => (query.State is null || x.Item.State == query.State) && (query.Arm is null || x.Item.Arm == query.Arm)
            && (query.Seed is null || x.Item.SearchSeed == query.Seed)).ToList();
        var rest = fitting.Where(x => x.Index >= first).ToList();
        var shown = await farm.Store.ReadSweepRunsAsync(sweepId, [.. rest.Take(limit).Select(x => x.Item.RunId)], cancel) ?? throw RefusedException.NoSuch("sweep", sweepId);
        // What has moved in between does not fit any more.
        var told = await SweepStatusReader.ExplainHeadAsync(
            farm.Store, shown with { Runs = [.. shown.Runs.Where(run => query.State is null || run.State == query.State)] }, limit, cancel);
        return new(ListedSweep.Of(shown.Sweep), told.Runs, fitting.Count,
            rest.Count > limit ? rest[limit].Index.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>Everything about one run.</summary>
    public Task<RunDetails> ReadRunAsync(string runId, CancellationToken cancel = default) => MustSeeRunAsync(runId, cancel);

    /// <summary>Why a run is not further than it is, unit by unit: what <c>nasfarm why</c> says.</summary>
    public async Task<RunExplanation> ExplainRunAsync(string runId, CancellationToken cancel = default) =>
        RunExplanation.Of(await MustSeeRunAsync(runId, cancel), Scheduler.Rank(await farm.Store.ReadSnapshotAsync(cancel: cancel)));

    private static bool Fits(SweepSummary sweep, string? name) => name is null
        || sweep.Name.Contains(name, StringComparison.OrdinalIgnoreCase) || sweep.SweepId.StartsWith(name, StringComparison.Ordinal);
}
