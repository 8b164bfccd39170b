using System.ComponentModel.DataAnnotations;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Coordination;

/// <summary>Why a farm returned.</summary>
public abstract record FarmEnding
{
    private FarmEnding() { }

    /// <summary>Every run of the sweeps is finished, failed or cancelled.</summary>
    public sealed record AllOver : FarmEnding;

    /// <summary>Stopped by request; what was running has been released after a checkpoint.</summary>
    public sealed record Stopped : FarmEnding;

    /// <summary>Nothing runs anywhere and nothing that is left can start here: one wait per unit of the sweeps says why.</summary>
    public sealed record Stuck(IReadOnlyList<UnitWait> Waits) : FarmEnding;
}

/// <summary>Coordinator and slots in one process: expires leases, ranks, claims, supervises. Several processes may share a store;
/// fences keep them from doing anything twice.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="options">Slots, folders, trainers. Throws <see cref="ArgumentException"/> with all problems.</param>
/// <param name="time">Timers.</param>
/// <param name="tell">Hears what happens, from any thread; must return soon.</param>
public sealed class LocalFarm(IFarmStore store, LocalFarmOptions options, TimeProvider time, Action<FarmEvent>? tell = null)
{
    private readonly ArtifactFolder artifacts = new(Checked(options).Artifacts);
    private readonly Pulse moved = new();
    private readonly Pulse idle = new();
    private readonly LocalSlot[] slots = LocalSlot.Of(options);

    private TimeSpan Lease => options.Trainer.Lease;

    private SlotInfo[] Living => [.. slots.Select(s => s.Info)];

    /// <summary>Works until the runs of <paramref name="sweepIds"/> are over, until nothing can go on, or until stopped. Work of other
    /// sweeps in the store is done too, by rank. Null: works for whatever comes until stopped.</summary>
    public async Task<FarmEnding> RunAsync(IReadOnlyList<string>? sweepIds, CancellationToken stop)
    {
        await store.AnnounceSlotsAsync(Living, Lease, CancellationToken.None).ConfigureAwait(false);
        // One for "stop", whoever asks: the caller, the end of the work, or a part that broke.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<FarmEnding> coordinating = CoordinateAsync(sweepIds, ending.Token);
        Task[] parts = [coordinating, .. slots.Select(slot => WorkAsync(slot, ending.Token))];
        try
        {
            await Task.WhenAny(parts).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            moved.Send();
        }
        await Task.WhenAll(parts).ConfigureAwait(false);
        await store.AnnounceSlotsAsync(Living, TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        return await coordinating.ConfigureAwait(false);
    }

    /// <summary>The life of a slot: look, claim the best that fits, execute it to its end.</summary>
    private async Task WorkAsync(LocalSlot local, CancellationToken stop)
    {
        var slot = local.Info;
        await using var supervisor = new TrainerSupervisor(store, slot, local.VisibleDevice, options.Trainer, artifacts, time, tell ?? (_ => { }));
        while (!stop.IsCancellationRequested)
        {
            var news = moved.Next;
            var snapshot = await store.ReadSnapshotAsync(4 * slots.Length + 16, slot.Device, CancellationToken.None).ConfigureAwait(false);
            // The store knows the fingerprint that this slot has shown.
            var known = snapshot.Slots.FirstOrDefault(s => s.SlotId == slot.SlotId) ?? slot;
            var offers = Scheduler.Rank(snapshot).For(known);
            var claim = offers.Count == 0 ? null : await store.ClaimAsync(offers, known, Lease, CancellationToken.None).ConfigureAwait(false);
            if (claim is null)
            {
                idle.Send();
                await news.OrAfter(options.PollInterval, time, stop).ConfigureAwait(false);
                continue;
            }
            await supervisor.ExecuteAsync(claim, stop).ConfigureAwait(false);
            moved.Send();
        }
    }

    /// <summary>Keeps slots announced; the process that holds the coordinator's row expires leases and collects; each looks for the end,
    /// at every poll and when a slot finds nothing to do, not at every finished unit: counting a large sweep costs more than a short unit.</summary>
    private async Task<FarmEnding> CoordinateAsync(IReadOnlyList<string>? sweepIds, CancellationToken stop)
    {
        var collector = new CheckpointCollector(store, new LocalDirectory(options.Artifacts), options.Retention, Lease, time);
        var counts = new Dictionary<string, SweepCounts>();
        long announced = time.GetTimestamp();
        long? collected = null;
        var (counted, countCost) = (time.GetTimestamp(), TimeSpan.Zero);
        while (!stop.IsCancellationRequested)
        {
            var news = idle.Next;
            if (time.GetElapsedTime(announced) >= Lease / 3)
            {
                await store.AnnounceSlotsAsync(Living, Lease, CancellationToken.None).ConfigureAwait(false);
                announced = time.GetTimestamp();
            }
            if (await store.TryCoordinateAsync(options.Owner, Lease, CancellationToken.None).ConfigureAwait(false))
            {
                await ExpireAsync().ConfigureAwait(false);
                if (collected is null || time.GetElapsedTime(collected.Value) >= options.CollectInterval)
                {
                    var report = await collector.CollectAsync(cancel: CancellationToken.None).ConfigureAwait(false);
                    if (report.Files > 0)
                        tell?.Invoke(new FarmEvent.Collected(report.Files, report.Bytes));
                    collected = time.GetTimestamp();
                }
            }
            // Counting may take a tenth of the time: on a large sweep it is not done at every poll.
            var rest = 10 * countCost - time.GetElapsedTime(counted);
            if (sweepIds is not null && rest <= TimeSpan.Zero)
            {
                var began = time.GetTimestamp();
                if (await EndAsync(sweepIds, counts).ConfigureAwait(false) is { } end)
                    return end;
                (counted, countCost) = (time.GetTimestamp(), time.GetElapsedTime(began));
            }
            await news.OrAfter(rest > TimeSpan.Zero && rest < options.PollInterval ? rest : options.PollInterval, time, stop).ConfigureAwait(false);
        }
        return new FarmEnding.Stopped();
    }

    private async Task ExpireAsync()
    {
        var expired = await store.ExpireLeasesAsync(CancellationToken.None).ConfigureAwait(false);
        foreach (var lease in expired)
            tell?.Invoke(new FarmEvent.LeaseExpired(lease));
        if (expired.Count > 0)
            moved.Send();
    }

    private async Task<FarmEnding?> EndAsync(IReadOnlyList<string> sweepIds, Dictionary<string, SweepCounts> before)
    {
        foreach (var sweepId in sweepIds)
        {
            var counts = await store.ReadCountsAsync(sweepId, CancellationToken.None).ConfigureAwait(false)
                ?? throw new ArgumentException($"There is no sweep {sweepId} in the store.", nameof(sweepIds));
            if (!counts.Equals(before.GetValueOrDefault(sweepId)))
                tell?.Invoke(new FarmEvent.SweepMoved(sweepId, counts));
            before[sweepId] = counts;
        }
        if (sweepIds.All(id => before[id].Open == 0))
            return new FarmEnding.AllOver();
        // The whole queue is read only when the head of no pool can move.
        foreach (var pool in slots.Select(s => s.Info.Device).Distinct())
        {
            if (CanMove(await store.ReadSnapshotAsync(1, pool, CancellationToken.None).ConfigureAwait(false), out _))
                return null;
        }
        if (CanMove(await store.ReadSnapshotAsync(cancel: CancellationToken.None).ConfigureAwait(false), out var ranking))
            return null;
        var ours = (await Task.WhenAll(sweepIds.Select(id => store.ReadSweepAsync(id, CancellationToken.None))).ConfigureAwait(false))
            .SelectMany(sweep => sweep!.Runs).Select(run => run.RunId).ToHashSet();
        var waits = ranking.Waits.Where(w => ours.Contains(w.RunId)).ToList();
        // None: the last of them ended between the two readings.
        return waits.Count == 0 ? null : new FarmEnding.Stuck(waits);
    }

    private bool CanMove(FarmSnapshot snapshot, out Ranking ranking)
    {
        // Our own slots live, whatever the store remembers: a process that was suspended is forgotten until it announces them again.
        var forgotten = Living.ExceptBy(snapshot.Slots.Select(s => s.SlotId), own => own.SlotId);
        ranking = Scheduler.Rank(snapshot with { Slots = [.. snapshot.Slots, .. forgotten] });
        return snapshot.Running.Count > 0 || ranking.Offers.Count > 0 || ranking.Waits.Any(w => w.Reason == WaitReason.BackingOff);
    }

    private static LocalFarmOptions Checked(LocalFarmOptions options)
    {
        var problems = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true)
            ? options
            : throw new ArgumentException(string.Join(" ", problems.Select(p => p.ErrorMessage)), nameof(options));
    }
}
