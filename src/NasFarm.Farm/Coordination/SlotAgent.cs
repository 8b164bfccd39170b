using System.Collections.Concurrent;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Slots;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;

namespace NasFarm.Farm.Coordination;

/// <summary>The slots of one process: each looks at the queue, claims the best unit that fits and supervises it to its end. It needs nobody who
/// coordinates: whoever nudges it saves the wait for its next poll and nothing else.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="options">Slots, folders, trainers. Throws <see cref="ArgumentException"/> with all problems.</param>
/// <param name="artifacts">Where checkpoints are kept.</param>
/// <param name="time">Timers.</param>
/// <param name="tell">Hears what happens, from any thread; must return soon.</param>
/// <param name="launcher">Starts trainers. Null: the program that the options name.</param>
public sealed class SlotAgent(
    IFarmStore store, LocalFarmOptions options, IArtifactStore artifacts, TimeProvider time, Action<FarmEvent> tell, ITrainerLauncher? launcher = null)
{
    private readonly LocalFarmOptions options = options.Checked();
    private readonly RowWriter writer = new(store);
    private readonly Pulse moved = new();
    private readonly Pulse idle = new();
    private readonly LocalSlot[] slots = LocalSlot.Of(options);
    private readonly UnitsInHand inHand = new();
    private Dictionary<string, SharedLook<SharedOffers>> looks = [];
    private readonly ConcurrentDictionary<string, TrainerSupervisor> supervisors = new();
    private long? announced;

    /// <summary>The slots, as the store knows them.</summary>
    public IReadOnlyList<SlotInfo> Slots { get; } = [.. LocalSlot.Of(options).Select(s => s.Info)];

    /// <summary>Attempts in execution, by slot.</summary>
    public IReadOnlyDictionary<string, AttemptKey> Executing => (
        from supervisor in supervisors
        let attempt = supervisor.Value.Executing
        where attempt is not null
        select (SlotId: supervisor.Key, attempt)).ToDictionary(s => s.SlotId, s => s.attempt!.Value);

    /// <summary>A slot that finds nothing to do pulses.</summary>
    internal PulseWait NextIdle => idle.Next;

    private TimeSpan Lease => options.Trainer.Lease;

    /// <summary>There may be work: every slot without any looks now.</summary>
    public void Nudge() => moved.Send();

    /// <summary>Announces the slots and works until stopped; what runs then is released after a checkpoint, and the slots are taken away. A store
    /// that is unavailable stops nothing.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] parts = [StayKnownAsync(ending.Token), WorkAsync(ending.Token)];
        await Task.WhenAny(parts);
        ending.Cancel();
        Nudge();
        await Task.WhenAll(parts);
        await LeaveAsync();
    }

    private async Task StayKnownAsync(CancellationToken stop)
    {
        var away = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await AnnounceAsync();
                await HearWishesAsync();
                if (away)
                    tell(new FarmEvent.StoreBack());
                away = false;
            }
            catch (StoreUnavailableException e)
            {
                if (!away)
                    tell(new FarmEvent.StoreAway(e.Message));
                away = true;
                ForgetAnnouncement();
            }
            await Task.Delay(options.PollInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Every slot's life, until stopped; a slot that breaks ends the others.</summary>
    internal async Task WorkAsync(CancellationToken stop)
    {
        looks = Slots.Select(s => s.Device).Distinct().ToDictionary(device => device, device => new SharedLook<SharedOffers>(() => LookAsync(device)));
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] parts = [.. slots.Select(slot => WorkAsync(slot, ending.Token))];
        await Task.WhenAny(parts);
        ending.Cancel();
        Nudge();
        await Task.WhenAll(parts);
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
        var snapshot = WithOwnSlots(await store.ReadSnapshotAsync(2 * Slots.Count + 16, device, CancellationToken.None));
        return new(snapshot, Scheduler.Rank(snapshot), inHand);
    }

    /// <summary>Says that the slots live, where that is due: a third of a lease after the last time.</summary>
    internal async Task AnnounceAsync()
    {
        if (announced is { } last && time.GetElapsedTime(last) < Lease / 3)
            return;
        await store.AnnounceSlotsAsync(Slots, Lease, CancellationToken.None);
        announced = time.GetTimestamp();
    }

    /// <summary>A store that was away may have forgotten the slots.</summary>
    internal void ForgetAnnouncement() => announced = null;

    /// <summary>What people ask of a running unit is heard at its renewals, and at every poll: whoever is asked to stop, or has lost its unit,
    /// renews at once and learns what.</summary>
    public async Task HearWishesAsync()
    {
        var executing = slots.Select(s => supervisors.GetValueOrDefault(s.Info.SlotId)).OfType<TrainerSupervisor>().Where(s => s.Executing is not null).ToList();
        if (executing.Count == 0)
            return;
        var undisturbed = (await store.ReadUndisturbedAsync(options.Owner, CancellationToken.None)).ToHashSet();
        foreach (var supervisor in executing.Where(s => s.Executing is { } attempt && !undisturbed.Contains(attempt)))
            supervisor.RenewNow();
    }

    /// <summary>Takes the slots away. A store that cannot hear it forgets them one lease later.</summary>
    internal async Task LeaveAsync()
    {
        try
        {
            await store.AnnounceSlotsAsync(Slots, TimeSpan.Zero, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Nothing is lost.
        }
    }

    /// <summary>Our own slots live, whatever the store remembers: a process that was suspended is forgotten until it announces them again.</summary>
    internal FarmSnapshot WithOwnSlots(FarmSnapshot snapshot) =>
        snapshot with { Slots = [.. snapshot.Slots, .. Slots.ExceptBy(snapshot.Slots.Select(s => s.SlotId), own => own.SlotId)] };
}
