using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Quarantine;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>What one process does for the whole farm while it holds the coordinator's row: expires leases, asks victims to make room, bundles what
/// is quarantined, makes digests and collects checkpoints. Done by two for a moment, it is done once: the store decides.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="artifacts">Where checkpoints are.</param>
/// <param name="options">How often, how long, who.</param>
/// <param name="time">Timers.</param>
/// <param name="tell">Hears what was done.</param>
internal sealed class Housekeeping(IFarmStore store, IArtifactStore artifacts, LocalFarmOptions options, TimeProvider time, Action<FarmEvent> tell)
{
    private const int DigestsAtOnce = 500;

    /// <summary>Moves that stay for those who watch: hours of a busy farm.</summary>
    private const int MovesKept = 1_000_000;

    private readonly CheckpointCollector collector = new(store, artifacts, options.Retention, options.Trainer.Lease, time);

    private readonly QuarantineKeeper? quarantine = options.Quarantine is null ? null : new(store, artifacts, options.Trainer, options.Quarantine, tell);

    private long? collected;
    private bool coordinated;
    private Task? collecting, bundling;

    /// <summary>Does what is due. Throws <see cref="StoreUnavailableException"/>: then less, or nothing, was done.</summary>
    public async Task<Kept> KeepAsync(CancellationToken stop)
    {
        var coordinates = await store.TryCoordinateAsync(options.Owner, options.Trainer.Lease, CancellationToken.None);
        if (coordinates != coordinated)
            tell(new FarmEvent.Coordinating(coordinates));
        coordinated = coordinates;
        if (!coordinates)
            return new(Coordinates: false, Freed: false);
        var freed = await ExpireAsync();
        await PreemptAsync();
        if (quarantine is not null && (bundling ??= quarantine.KeepAsync(stop)).IsCompleted)
        {
            await bundling;
            bundling = null;
        }
        if (collecting is null && collected is { } last && time.GetElapsedTime(last) < options.CollectInterval)
            return new(Coordinates: true, freed);
        // Beside the rounds: a large or slow storage holds up nothing else.
        collecting ??= CollectAsync(stop);
        if (collecting.IsCompleted)
        {
            await collecting;
            (collecting, collected) = (null, time.GetTimestamp());
        }
        return new(Coordinates: true, freed);
    }

    /// <summary>What a round of housekeeping has found.</summary>
    /// <param name="Coordinates">False: another process does.</param>
    /// <param name="Freed">Leases have expired: their units wait again.</param>
    public readonly record struct Kept(bool Coordinates, bool Freed);

    /// <summary>Ends what goes on beside the rounds, and makes the digests of what has finished since.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        await (collecting ?? Task.CompletedTask);
        await (bundling ?? Task.CompletedTask);
        await DigestAsync(stop);
        if (coordinated)
            tell(new FarmEvent.Coordinating(false));
        coordinated = false;
    }

    private async Task<bool> ExpireAsync()
    {
        var expired = await store.ExpireLeasesAsync(CancellationToken.None);
        foreach (var lease in expired)
            tell(new FarmEvent.LeaseExpired(lease));
        return expired.Count > 0;
    }

    /// <summary>Asks the victims that the scheduler names to make room. The heads of the queues are enough: who may preempt stands there.</summary>
    private async Task PreemptAsync()
    {
        if (!await store.MayPreemptAsync(CancellationToken.None))
            return;
        var snapshot = await store.ReadSnapshotAsync(options.CpuSlots + options.Gpus.Count + 16, cancel: CancellationToken.None);
        foreach (var preemption in Scheduler.Rank(snapshot).Preemptions)
        {
            var answer = await store.PreemptAsync(new(preemption.VictimId, preemption.VictimFence), preemption.UnitId, CancellationToken.None);
            if (answer == FenceAnswer.Held)
                tell(new FarmEvent.Preempting(preemption));
        }
    }

    /// <summary>What has finished is made ready to be compared. What this process leaves, the next one does.</summary>
    private async Task DigestAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && await store.DigestAsync(DigestsAtOnce, CancellationToken.None) >= DigestsAtOnce)
            {
                // There is more.
            }
        }
        catch (StoreUnavailableException)
        {
            // Until then the rows themselves are read.
        }
    }

    private async Task CollectAsync(CancellationToken stop)
    {
        await DigestAsync(stop);
        try
        {
            await store.ForgetMovesAsync(MovesKept, CancellationToken.None);
            var report = await collector.CollectAsync(cancel: stop);
            if (report.Files > 0)
                tell(new FarmEvent.Collected(report.Files, report.Bytes));
        }
        catch (ArtifactsUnavailableException away)
        {
            tell(new FarmEvent.NotCollected(away.Message));
        }
        catch (StoreUnavailableException)
        {
            // The next collection does what this one left.
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // So does another process's.
        }
    }
}
