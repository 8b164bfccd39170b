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
    /// <summary>Units of a queue that are read beyond those that the slots of this process may take: others take some meanwhile.</summary>
    private const int MoreOffers = 64;

    /// <summary>How often in a row a slot looks again at once when others were first.</summary>
    private const int MostBeaten = 8;

    private readonly LocalFarmOptions options = options.Checked();
    private readonly RowWriter writer = new(store);
    private readonly Pulse moved = new();
    private readonly Pulse idle = new();
    private readonly LocalSlot[] slots = LocalSlot.Of(options);
    private readonly UnitsInHand inHand = new();
    private readonly UseReading use = new(store, time);

    /// <summary>Slots that wait for a look.</summary>
    private readonly ConcurrentDictionary<string, SlotInfo> asking = new(StringComparer.Ordinal);

    /// <summary>Slots whose last call was not answered, and each before its first: something may run on them that nobody here knows of.</summary>
    private readonly ConcurrentDictionary<string, bool> inDoubt =
        new(LocalSlot.Of(options).Select(slot => KeyValuePair.Create(slot.Info.SlotId, true)), StringComparer.Ordinal);

    /// <summary>Slots whose last unit is done, and nothing else has happened to it.</summary>
    private readonly ConcurrentDictionary<string, bool> isDone = new(StringComparer.Ordinal);

    /// <summary>Every slot may claim what any other may.</summary>
    private readonly bool areAlike = LocalSlot.Of(options).DistinctBy(slot => (slot.Info.Device, slot.Info.MemoryBytes, string.Join(',', slot.Info.Labels))).Count() == 1;
    private Dictionary<string, SharedLook<SharedOffers>> looks = [];
    private readonly ConcurrentDictionary<string, TrainerSupervisor> supervisors = new();
    private readonly long began = time.GetTimestamp();
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
            store, slot, local.VisibleDevice, options.Trainer, artifacts, time, Hear, launcher, writer);
        supervisors[slot.SlotId] = supervisor;
        var (worked, finished, beaten) = (time.GetTimestamp(), false, 0);
        while (!stop.IsCancellationRequested)
        {
            var news = moved.Next;
            var (claim, asked, offers) = await TryClaimAsync(slot);
            // Others hear of a unit's end after this slot has claimed: what follows from it finds a warm trainer here, and a cold one there. They
            // need not where nothing is left that this slot might have taken.
            if (finished && !(areAlike && isDone.ContainsKey(slot.SlotId) && offers == (claim is null ? 0 : 1)))
                moved.Send();
            finished = false;
            // Others were first at all that it was sent to: the next look does not show those.
            beaten = claim is null && offers > 0 ? beaten + 1 : 0;
            if (beaten is > 0 and < MostBeaten)
                continue;
            if (claim is null)
            {
                idle.Send();
                // A slot gives its machine back when there is nothing to do; what comes within a poll finds a warm trainer.
                if (time.GetElapsedTime(worked) >= options.PollInterval)
                    await supervisor.RestAsync();
                await news.OrAfter(UntilPoll(), time, stop);
                continue;
            }
            await supervisor.ExecuteAsync(claim, stop, asked);
            inHand.Hold(slot.SlotId, null);
            (worked, finished) = (time.GetTimestamp(), true);
        }
        moved.Send();
    }

    /// <summary>Slots without work look for some together.</summary>
    private TimeSpan UntilPoll() => options.PollInterval - TimeSpan.FromTicks(time.GetElapsedTime(began).Ticks % options.PollInterval.Ticks);

    /// <summary>The best unit that fits, when it was asked for, and of how many. Null: none, or the store is unavailable.</summary>
    /// <returns>Offers: null when the slot may not take what others may.</returns>
    private async Task<(Claim? Claim, long Asked, int? Offers)> TryClaimAsync(SlotInfo slot)
    {
        asking[slot.SlotId] = slot;
        try
        {
            var look = await looks[slot.Device].LookAsync();
            asking.TryRemove(slot.SlotId, out _);
            // Who looks for work executes nothing: what runs on a slot in doubt was claimed or ended in a call whose answer was lost.
            foreach (var unheard in look.Snapshot.Running.Where(unit => unit.SlotId == slot.SlotId))
            {
                await store.EndAttemptAsync(new(unheard.UnitId, unheard.Fence), FailureReason.HostStopping,
                    $"slot {slot.SlotId} never heard that it had claimed the unit, or that its end was written", [], CancellationToken.None);
            }
            inDoubt.TryRemove(slot.SlotId, out _);
            // The store knows the fingerprint that this slot has shown.
            var known = look.Snapshot.Slots.First(s => s.SlotId == slot.SlotId);
            var offers = look.For(known);
            var asked = time.GetTimestamp();
            var claim = offers.Count == 0 ? null : await store.ClaimAsync(offers, known, Lease, CancellationToken.None);
            inHand.Hold(slot.SlotId, claim?.Key.UnitId);
            return (claim, asked, known is { Closed: null, KeptFor: null } ? offers.Count : null);
        }
        catch (StoreUnavailableException)
        {
            inHand.Hold(slot.SlotId, null);
            inDoubt[slot.SlotId] = true;
            return (null, 0, null);
        }
    }

    private void Hear(FarmEvent happened)
    {
        switch (happened)
        {
            case FarmEvent.Completed done:
                isDone[done.SlotId] = true;
                break;
            case FarmEvent.Ended ended:
                isDone.TryRemove(ended.SlotId, out _);
                if (ended.Ending is AttemptEnding.FenceLost)
                    inDoubt[ended.SlotId] = true;
                break;
        }
        tell(happened);
    }

    /// <summary>The queue of one device kind as all its slots see it.</summary>
    private async Task<SharedOffers> LookAsync(string device)
    {
        var idle = asking.Values.Where(slot => slot.Device == device).OrderBy(slot => slot.SlotId, StringComparer.Ordinal).ToList();
        var queue = await store.ReadQueueAsync(
            2 * idle.Count + MoreOffers, device, [.. idle.Select(slot => slot.SlotId)], [.. inDoubt.Keys.Order(StringComparer.Ordinal)], CancellationToken.None);
        var snapshot = With(idle, await use.CompleteAsync(queue, CancellationToken.None));
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
    internal FarmSnapshot WithOwnSlots(FarmSnapshot snapshot) => With(Slots, snapshot);

    private static FarmSnapshot With(IEnumerable<SlotInfo> own, FarmSnapshot snapshot) =>
        snapshot with { Slots = [.. snapshot.Slots, .. own.ExceptBy(snapshot.Slots.Select(s => s.SlotId), slot => slot.SlotId)] };
}
