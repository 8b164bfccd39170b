using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

/// <summary>A sweep that a dead process has left in the middle, and its way to the end. Golden databases of every schema level hold the
/// first; today's code goes the second.</summary>
internal static class HalfFinishedSweep
{
    public const string SweepId = "golden";

    private const int Steps = 3;

    private static readonly SweepPlan Golden = Plan(SweepId,
        Run("darts", 1, retrains: 1), Run("sgas-es", 2), Run("sgas-es-placebo", 3, 0, "sgas-es-s2"), Run("darts", 4), Run("darts", 5)) with
    { MaxAttempts = 3 };

    /// <summary>Finished: darts-s1. In its second phase when the process died: sgas-es-s2. Waiting for it: the placebo run. Failed once: darts-s4.
    /// Untouched: darts-s5.</summary>
    public static async Task BeginAsync(IFarmStore store)
    {
        await store.AnnounceSlotsAsync([Slot], Lease);
        await store.TryCoordinateAsync("host/1", Lease);
        await store.AcceptAsync(Golden);
        await ExecuteAsync(store, "darts-s1-p00", Steps);
        await ExecuteAsync(store, "darts-s1-t0", Steps);
        await ExecuteAsync(store, "sgas-es-s2-p00", Steps);
        await store.RenewAsync(await ExecuteAsync(store, "sgas-es-s2-p01", 2), TimeSpan.FromSeconds(-1));
        var failed = await ExecuteAsync(store, "darts-s4-p00", 1);
        await store.EndAttemptAsync(failed, FailureReason.NativeCrash, "the trainer died by signal 11", ["last words"]);
    }

    /// <summary>Every unit to its end, and the history of every run.</summary>
    public static async Task<string> FinishAsync(IFarmStore store)
    {
        await store.AcceptAsync(Golden);
        await store.ExpireLeasesAsync();
        while (await store.WaitingAsync() is [var unitId, ..])
            await ExecuteAsync(store, unitId, Steps);
        var histories = await Task.WhenAll(Golden.Runs.Select(run => store.EffectiveHistoryAsync(run.RunId)));
        return string.Concat(histories);
    }

    /// <summary>From the newest checkpoint to <paramref name="until"/> trained epochs; a unit with all of them is complete.</summary>
    private static async Task<AttemptKey> ExecuteAsync(IFarmStore store, string unitId, int until)
    {
        var claim = await store.MustClaimAsync(unitId);
        var key = claim.Key;
        var from = claim.ResumeFrom.FirstOrDefault(file => !file.EndOfUnit);
        await store.RecordStartedAsync(key, Started(key.Fence, from?.Trained ?? 0, from));
        for (var step = from?.Trained ?? 0; step < until; step++)
            await store.AppendAsync(key, [Metric(key.Fence, step, "train_loss", 1.0 / (step + 1)), Checkpoint(unitId, key.Fence, step + 1)]);
        if (until < Steps)
            return key;
        if (claim.Unit.Kind == UnitKind.Retrain)
            await store.CompleteAsync(key, RetrainDone(unitId, key.Fence), []);
        else
        {
            var last = claim.Unit.Phase == 1 || claim.Unit.SeedRun.Method != "sgas-es";
            if (claim.Unit.SeedRun.Method == "sgas-es")
                await store.AppendAsync(key, [Decision(key.Fence, 2, "phase_end", $$"""{"phase":{{claim.Unit.Phase}},"triggered":true,"triggerAfter":2,"returnTo":0}""")]);
            await store.CompleteAsync(key, SearchDone(unitId, key.Fence, finished: last, trained: Steps), []);
        }
        return key;
    }
}
