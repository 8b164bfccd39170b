using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>Coordinates without slots of its own: keeps house and takes looks, at every poll, while it holds the coordinator's row. Any number may
/// run; one of them works.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="options">How often, who, where; its slots count for nothing here.</param>
/// <param name="artifacts">Where checkpoints are kept.</param>
/// <param name="time">Timers.</param>
/// <param name="tell">Hears what happens, from any thread; must return soon.</param>
/// <param name="lookRule">Judges the looks of sweeps that have some. Null: another process does.</param>
public sealed class Coordinator(
    IFarmStore store, LocalFarmOptions options, IArtifactStore artifacts, TimeProvider time, Action<FarmEvent> tell, LookRule? lookRule = null)
{
    private readonly Housekeeping housekeeping = new(store, artifacts, options, time, tell);
    private readonly LookTaker? lookTaker = lookRule is null ? null : new(store, lookRule, tell);

    /// <summary>Works until stopped.</summary>
    /// <param name="freed">Called when units may have become free to run.</param>
    /// <param name="stop">Asks to stop.</param>
    public async Task RunAsync(Action freed, CancellationToken stop)
    {
        var away = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var kept = await housekeeping.KeepAsync(stop);
                var released = kept.Coordinates && lookTaker is not null && await lookTaker.TakeAsync(null);
                if (kept.Freed || released)
                    freed();
                if (away)
                    tell(new FarmEvent.StoreBack());
                away = false;
            }
            catch (StoreUnavailableException e)
            {
                if (!away)
                    tell(new FarmEvent.StoreAway(e.Message));
                away = true;
            }
            await Task.Delay(options.PollInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
        await housekeeping.EndAsync(stop);
    }
}
