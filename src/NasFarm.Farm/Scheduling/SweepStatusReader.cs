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
