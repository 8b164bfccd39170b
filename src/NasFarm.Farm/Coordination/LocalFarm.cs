using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Quarantine;
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

    /// <summary>Nothing runs on this farm's pools and nothing waits that one of its slots could take (<see cref="LocalFarmOptions.UntilIdle"/>).</summary>
    public sealed record Idle : FarmEnding;

    /// <summary>Nothing runs anywhere and nothing that is left can start here: one wait per unit of the sweeps says why.</summary>
    public sealed record Stuck(IReadOnlyList<UnitWait> Waits) : FarmEnding;
}

/// <summary>Coordinator and slots in one process: expires leases, ranks, claims, supervises. Several processes may share a store;
/// fences keep them from doing anything twice.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="options">Slots, folders, trainers. Throws <see cref="ArgumentException"/> with all problems.</param>
/// <param name="time">Timers.</param>
/// <param name="tell">Hears what happens, from any thread; must return soon.</param>
/// <param name="launcher">Starts trainers. Null: the program that the options name.</param>
/// <param name="artifacts">Where checkpoints are kept. Null: the folder that the options name.</param>
/// <param name="lookRule">Judges the looks of sweeps that have some. Null: their later seeds wait for a process that can.</param>
/// <remarks>A store that is unavailable stops nothing: looking is repeated at every poll, and a running unit's supervisor goes on while its
/// lease holds.</remarks>
public sealed class LocalFarm(
    IFarmStore store, LocalFarmOptions options, TimeProvider time, Action<FarmEvent>? tell = null, ITrainerLauncher? launcher = null,
    IArtifactStore? artifacts = null, LookRule? lookRule = null)
{
    private readonly LocalFarmOptions options = Checked(options);
    private readonly Action<FarmEvent> tell = tell ?? (_ => { });
    private readonly IArtifactStore artifacts = artifacts ?? new LocalDirectory(options.Artifacts);
    private readonly RowWriter writer = new(store);
    private readonly LookTaker? lookTaker = lookRule is null ? null : new(store, lookRule, tell);
    private readonly Pulse moved = new();
    private readonly Pulse idle = new();
    private readonly LocalSlot[] slots = LocalSlot.Of(options);
    private readonly UnitsInHand inHand = new();
    private Dictionary<string, SharedLook<SharedOffers>> looks = [];
    private readonly ConcurrentDictionary<string, TrainerSupervisor> supervisors = new();

    private readonly string[] pools = [.. LocalSlot.Of(options).Select(s => s.Info.Device).Distinct()];

    private TimeSpan Lease => options.Trainer.Lease;

    private SlotInfo[] Living => [.. slots.Select(s => s.Info)];

    /// <summary>Works until the runs of <paramref name="sweepIds"/> are over, until nothing can go on, or until stopped. Work of other
    /// sweeps in the store is done too, by rank. Null: works for whatever comes until stopped, or until it is idle where the options say so.</summary>
    public async Task<FarmEnding> RunAsync(IReadOnlyList<string>? sweepIds, CancellationToken stop)
    {
        looks = slots.Select(s => s.Info.Device).Distinct().ToDictionary(device => device, device => new SharedLook<SharedOffers>(() => LookAsync(device)));
        // One for "stop", whoever asks: the caller, the end of the work, or a part that broke.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var housekeeping = new Housekeeping(store, artifacts, options, time, tell);
        Task<FarmEnding> coordinating = CoordinateAsync(sweepIds, housekeeping, ending.Token);
        Task[] parts = [coordinating, .. slots.Select(slot => WorkAsync(slot, ending.Token))];
        try
        {
            await Task.WhenAny(parts);
        }
        finally
        {
            ending.Cancel();
            moved.Send();
        }
        await Task.WhenAll(parts);
        await housekeeping.EndAsync(stop);
        await LeaveAsync();
        return await coordinating;
    }

    /// <summary>The life of a slot: look, claim the best that fits, execute it to its end.</summary>
    private async Task WorkAsync(LocalSlot local, CancellationToken stop)
    {
        var slot = local.Info;
        await using var supervisor = new TrainerSupervisor(
            store, slot, local.VisibleDevice, options.Trainer, artifacts, time, tell, launcher, writer);
        supervisors[slot.SlotId] = supervisor;
        var (worked, finished) = (time.GetTimestamp(), false);
        while (!stop.IsCancellationRequested)
        {
            var news = moved.Next;
            var (claim, asked) = await TryClaimAsync(slot);
            // Others hear of a unit's end after this slot has claimed: what follows from it finds a warm trainer here, and a cold one there.
            if (finished)
                moved.Send();
            finished = false;
            if (claim is null)
            {
                idle.Send();
                // A slot gives its machine back when there is nothing to do; what comes within a poll finds a warm trainer.
                if (time.GetElapsedTime(worked) >= options.PollInterval)
                    await supervisor.RestAsync();
                await news.OrAfter(options.PollInterval, time, stop);
                continue;
            }
            await supervisor.ExecuteAsync(claim, stop, asked);
            inHand.Hold(slot.SlotId, null);
            (worked, finished) = (time.GetTimestamp(), true);
        }
        moved.Send();
    }

    /// <summary>The best unit that fits, and when it was asked for. Null: none, or the store is unavailable.</summary>
    private async Task<(Claim? Claim, long Asked)> TryClaimAsync(SlotInfo slot)
    {
        try
        {
            var look = await looks[slot.Device].LookAsync();
            // Who looks for work executes nothing: what runs on this slot was claimed or ended in a call whose answer was lost.
            foreach (var unheard in look.Snapshot.Running.Where(unit => unit.SlotId == slot.SlotId))
            {
                await store.EndAttemptAsync(new(unheard.UnitId, unheard.Fence), FailureReason.HostStopping,
                    $"slot {slot.SlotId} never heard that it had claimed the unit, or that its end was written", [], CancellationToken.None);
            }
            // The store knows the fingerprint that this slot has shown.
            var known = look.Snapshot.Slots.First(s => s.SlotId == slot.SlotId);
            var offers = look.For(known);
            var asked = time.GetTimestamp();
            var claim = offers.Count == 0 ? null : await store.ClaimAsync(offers, known, Lease, CancellationToken.None);
            inHand.Hold(slot.SlotId, claim?.Key.UnitId);
            return (claim, asked);
        }
        catch (StoreUnavailableException)
        {
            inHand.Hold(slot.SlotId, null);
            return (null, 0);
        }
    }

    /// <summary>The queue of one device kind as all its slots see it.</summary>
    private async Task<SharedOffers> LookAsync(string device)
    {
        var snapshot = WithOwnSlots(await store.ReadSnapshotAsync(2 * slots.Length + 16, device, CancellationToken.None));
        return new(snapshot, Scheduler.Rank(snapshot), inHand);
    }

    /// <summary>Keeps slots announced; the process that holds the coordinator's row expires leases and collects; each looks for the end,
    /// at every poll and when a slot finds nothing to do, not at every finished unit: counting a large sweep costs more than a short unit.</summary>
    private async Task<FarmEnding> CoordinateAsync(IReadOnlyList<string>? sweepIds, Housekeeping housekeeping, CancellationToken stop)
    {
        var round = new Round();
        var endOfWork = new EndOfWork(store, lookTaker, options.Owner, pools, WithOwnSlots, tell);
        while (!stop.IsCancellationRequested)
        {
            var news = idle.Next;
            var rest = TimeSpan.Zero;
            try
            {
                await AnnounceAsync(round);
                // Once in a poll, however often a slot finds nothing to do in between.
                if (round.Kept is not { } last || time.GetElapsedTime(last) >= options.PollInterval)
                {
                    var began = time.GetTimestamp();
                    await HearWishesAsync();
                    var kept = await housekeeping.KeepAsync(stop);
                    round.Coordinates = kept.Coordinates;
                    if (kept.Freed)
                        moved.Send();
                    round.Kept = began;
                }
                if (round.StoreIsAway)
                    tell(new FarmEvent.StoreBack());
                round.StoreIsAway = false;
                // Of its own sweeps each takes the looks; of the others, who coordinates. Done twice, it is done once.
                if (lookTaker is not null && await lookTaker.TakeAsync(round.Coordinates ? null : sweepIds ?? []))
                    moved.Send();
                if (sweepIds is null && options.UntilIdle && await endOfWork.IsIdleAsync() && (lookTaker is null || !await lookTaker.IsDueAsync(null)))
                    return new FarmEnding.Idle();
                // Counting may take a tenth of the time: on a large sweep it is not done at every poll.
                rest = 10 * round.CountCost - time.GetElapsedTime(round.Counted);
                if (sweepIds is not null && rest <= TimeSpan.Zero)
                {
                    var counting = time.GetTimestamp();
                    if (await endOfWork.OfAsync(sweepIds) is { } end)
                        return end;
                    (round.Counted, round.CountCost) = (time.GetTimestamp(), time.GetElapsedTime(counting));
                }
            }
            catch (StoreUnavailableException away)
            {
                // The next poll asks again; a store that was away may have forgotten the slots.
                if (!round.StoreIsAway)
                    tell(new FarmEvent.StoreAway(away.Message));
                (round.StoreIsAway, round.Announced, round.Kept) = (true, null, null);
            }
            var toKeep = round.Kept is { } before ? options.PollInterval - time.GetElapsedTime(before) : options.PollInterval;
            var wait = rest > TimeSpan.Zero && rest < toKeep ? rest : toKeep;
            // Timers count whole milliseconds, and one of none would not wait at all.
            await news.OrAfter(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), time, stop);
        }
        return new FarmEnding.Stopped();
    }

    /// <summary>What coordinating remembers from poll to poll.</summary>
    private sealed class Round
    {
        public long? Announced { get; set; }

        public bool StoreIsAway { get; set; }

        public long? Kept { get; set; }

        public bool Coordinates { get; set; }

        public long Counted { get; set; }

        public TimeSpan CountCost { get; set; }
    }

    private async Task AnnounceAsync(Round round)
    {
        if (round.Announced is { } announced && time.GetElapsedTime(announced) < Lease / 3)
            return;
        await store.AnnounceSlotsAsync(Living, Lease, CancellationToken.None);
        round.Announced = time.GetTimestamp();
    }

    /// <summary>What people ask of a running unit is heard at its renewals, and at every poll: whoever is asked to stop, or has lost its unit,
    /// renews at once and learns what.</summary>
    private async Task HearWishesAsync()
    {
        var executing = slots.Select(s => supervisors.GetValueOrDefault(s.Info.SlotId)).OfType<TrainerSupervisor>().Where(s => s.Executing is not null).ToList();
        if (executing.Count == 0)
            return;
        var undisturbed = (await store.ReadUndisturbedAsync(options.Owner, CancellationToken.None)).ToHashSet();
        foreach (var supervisor in executing.Where(s => s.Executing is { } attempt && !undisturbed.Contains(attempt)))
            supervisor.RenewNow();
    }

    /// <summary>Takes the slots away. A store that cannot hear it forgets them one lease later.</summary>
    private async Task LeaveAsync()
    {
        try
        {
            await store.AnnounceSlotsAsync(Living, TimeSpan.Zero, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Nothing is lost.
        }
    }

    /// <summary>Our own slots live, whatever the store remembers: a process that was suspended is forgotten until it announces them again.</summary>
    private FarmSnapshot WithOwnSlots(FarmSnapshot snapshot) =>
        snapshot with { Slots = [.. snapshot.Slots, .. Living.ExceptBy(snapshot.Slots.Select(s => s.SlotId), own => own.SlotId)] };

    private static LocalFarmOptions Checked(LocalFarmOptions options)
    {
        var problems = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true)
            ? options
            : throw new ArgumentException(string.Join(" ", problems.Select(p => p.ErrorMessage)), nameof(options));
    }
}
