using NasFarm.Catalog.Results;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Scripts;

namespace NasFarm.Farm.Scheduling;

/// <summary>A sweep's status in which every waiting run says what it waits for.</summary>
public static class SweepStatusReader
{
    /// <summary>Reads states and reasons. Null: no such sweep.</summary>
    public static async Task<SweepStatus?> ReadAsync(IFarmStore store, string sweepId, CancellationToken cancel = default)
    {
        if (await store.ReadSweepAsync(sweepId, cancel) is not { } status)
            return null;
        var snapshot = await store.ReadSnapshotAsync(cancel: cancel);
        return Explain(status, Scheduler.Rank(snapshot));
    }

    /// <summary>The same for the first runs only, from as much of the queue. Null: no such sweep.</summary>
    /// <param name="most">How many runs; the counts are of all.</param>
    public static async Task<SweepStatus?> ReadHeadAsync(IFarmStore store, string sweepId, int most, CancellationToken cancel = default) =>
        await store.ReadSweepHeadAsync(sweepId, most, cancel) is { } head ? await ExplainHeadAsync(store, head, most, cancel) : null;

    /// <summary>As <c>nasfarm status</c> shows it: every run in plan order, or, where there are more than wanted, those first that run or failed.
    /// Null: no such sweep.</summary>
    /// <param name="sweep">Which, and how many runs it has.</param>
    /// <param name="most">Runs wanted; null: every one.</param>
    public static Task<SweepStatus?> ReadMostAsync(IFarmStore store, SweepSummary sweep, int? most, CancellationToken cancel = default) =>
        sweep.Counts.Declared > most ? ReadHeadAsync(store, sweep.SweepId, most.Value, cancel) : ReadAsync(store, sweep.SweepId, cancel);

    /// <summary>Puts the scheduler's words to some runs of a sweep, from as much of the queue; those further behind are sent to <c>nasfarm why</c>.</summary>
    /// <param name="store">Where the queue is.</param>
    /// <param name="some">A sweep with those runs of it that are asked about.</param>
    /// <param name="most">How many units of each queue are ranked.</param>
    /// <param name="cancel">Gives up the wait for the database.</param>
    public static async Task<SweepStatus> ExplainHeadAsync(IFarmStore store, SweepStatus some, int most, CancellationToken cancel = default)
    {
        if (!some.Runs.Any(run => run.State == SeedRunState.Waiting))
            return some;
        var status = Explain(some, Scheduler.Rank(await store.ReadSnapshotAsync(most, cancel: cancel)));
        return status with
        {
            Runs = [.. status.Runs.Select(run => run is { State: SeedRunState.Waiting, ReasonText: null or "" }
                ? run with { Reason = Columns.Word(WaitReason.Queued), ReasonText = $"waits behind others; 'nasfarm why {run.RunId}' says when it may start" }
                : run)],
        };
    }

    /// <summary>Puts the scheduler's words to the runs that wait.</summary>
    public static SweepStatus Explain(SweepStatus status, Ranking ranking)
    {
        var waits = ranking.Waits.ToDictionary(w => w.UnitId);
        return status with
        {
            Runs = [.. status.Runs.Select(run =>
                run.State == SeedRunState.Waiting && run.OpenUnits.Select(waits.GetValueOrDefault).FirstOrDefault(w => w is not null) is { } wait
                    ? run with { Reason = Columns.Word(wait.Reason), ReasonText = wait.Sentence }
                    : run)],
        };
    }
}
