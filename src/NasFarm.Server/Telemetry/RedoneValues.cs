using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Telemetry;

namespace NasFarm.Server.Telemetry;

/// <summary>Compares what a resumed unit has measured with what was measured before it, once it is done and beside everything else.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="meter">Hears of differences.</param>
internal sealed class RedoneValues(IFarmStore store, FarmMeter meter) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private Task last = Task.CompletedTask;

    /// <summary>Hears of completed units.</summary>
    public void Tell(FarmEvent happened)
    {
        if (happened is not FarmEvent.Completed { Claim.Key: { Fence: > 1 } attempt })
            return;
        lock (gate)
            last = CompareAsync(last, attempt);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task waiting;
        lock (gate)
        {
            stop.Cancel();
            waiting = last;
        }
        await waiting;
        stop.Dispose();
    }

    // One after the other: a farm that recovers from an outage has other things to ask its store.
    private async Task CompareAsync(Task before, AttemptKey attempt)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            meter.RedoneDifferently(await store.CountRedoneDifferentlyAsync(attempt, stop.Token));
        }
        catch (StoreUnavailableException)
        {
            // Nothing is known of this one.
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nor of those that are left.
        }
    }
}
