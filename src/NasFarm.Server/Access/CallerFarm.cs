using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Server.Comparisons;
using NasFarm.Server.Events;

namespace NasFarm.Server.Access;

/// <summary>The farm as one caller may see it, and the only way to it for routes and pages. What is another tenant's is answered exactly like
/// what does not exist. Every member throws <see cref="RefusedException"/> where it does not do as asked, and
/// <see cref="StoreUnavailableException"/> while the store is away.</summary>
public sealed partial class CallerFarm(FarmServerOptions farm, SweepWatches watches, Caller caller)
{
    private const int LongestId = 200;

    /// <summary>Who asks.</summary>
    public Caller Caller => caller;

    /// <summary>Where a sweep stands, arm by arm.</summary>
    public async Task<SweepAggregate> ReadAggregateAsync(string sweepId, CancellationToken cancel = default)
    {
        await MustSeeSweepAsync(sweepId, cancel);
        return await farm.Host.ReadAggregateAsync(sweepId, cancel) ?? throw RefusedException.NoSuch("sweep", sweepId);
    }

    /// <summary>Where a sweep stands, then every move of its units: <see cref="SweepWatches.WatchAsync"/>. Refuses before the first news.</summary>
    public async Task<IAsyncEnumerable<SweepEvent>> WatchAsync(string sweepId, MovePosition? after, CancellationToken cancel = default)
    {
        await MustSeeSweepAsync(sweepId, cancel);
        return watches.WatchAsync(sweepId, after, cancel);
    }

    /// <summary>The comparison of a sweep's arms.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="withCurves">Pictures and tables of every epoch will be made of it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<ComparedSweep> CompareAsync(string sweepId, bool withCurves, CancellationToken cancel = default)
    {
        await MustSeeSweepAsync(sweepId, cancel);
        return await ComparedSweep.ReadAsync(farm.Store, sweepId, farm.Tables, withCurves, cancel) ?? throw RefusedException.NoSuch("sweep", sweepId);
    }

    /// <summary>The sweep, if there is one and the caller sees it.</summary>
    private async Task<SweepSummary> MustSeeSweepAsync(string sweepId, CancellationToken cancel) =>
        IsId(sweepId) && await farm.Store.ReadSweepHeadAsync(sweepId, most: 0, cancel) is { } head && caller.Sees(head.Sweep.Tenant)
            ? head.Sweep : throw RefusedException.NoSuch("sweep", sweepId);

    /// <summary>The run, likewise.</summary>
    private async Task<RunDetails> MustSeeRunAsync(string runId, CancellationToken cancel) =>
        IsId(runId) && await farm.Store.ReadRunAsync(runId, cancel) is { } run && caller.Sees(run.Spec.Tenant) ? run : throw RefusedException.NoSuch("run", runId);

    /// <summary>The tenant that a command is about, if the caller sees it.</summary>
    private async Task<string> MustSeeAsync(Target target, CancellationToken cancel) => target switch
    {
        Target.Sweep sweep => (await MustSeeSweepAsync(sweep.SweepId, cancel)).Tenant,
        Target.Cohort cohort => (await MustSeeSweepAsync(cohort.SweepId, cancel)).Tenant,
        Target.SweepRun { RunId: var runId } when !IsId(runId) => throw RefusedException.NoSuch("run", runId),
        Target.SweepRun run => (await MustSeeSweepAsync(run.SweepId, cancel)).Tenant,
        Target.Run run => (await MustSeeRunAsync(run.RunId, cancel)).Spec.Tenant,
        Target.Unit unit => (await MustSeeRunAsync(unit.RunId, cancel)).Spec.Tenant,
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "a target of no known kind"),
    };

    /// <summary>Could it be an id? What is none is not asked for: no database takes every character.</summary>
    private static bool IsId(string text) => text.Length is > 0 and <= LongestId && text.All(c => c is > ' ' and < (char)127);

    private void Must(Role least, string tenant)
    {
        if (!caller.May(least, tenant))
            throw RefusedException.NeedsRole(caller, least, tenant);
    }
}
