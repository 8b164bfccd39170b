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
    private readonly IArtifactStore artifacts = artifacts ?? new LocalDirectory(Checked(options).Artifacts);
    private readonly RowWriter writer = new(store);
    private readonly LookTaker? lookTaker = lookRule is null ? null : new(store, lookRule, tell);
    private readonly Pulse moved = new();
    private Task? collecting;
    private Task? bundling;
    private readonly Pulse idle = new();
    private readonly LocalSlot[] slots = LocalSlot.Of(options);
    private Dictionary<string, SharedLook<SharedOffers>> looks = [];
    private readonly ConcurrentDictionary<string, TrainerSupervisor> supervisors = new();

    private readonly string[] pools = [.. LocalSlot.Of(options).Select(s => s.Info.Device).Distinct()];

    private readonly QuarantineKeeper? quarantine = options.Quarantine is null ? null
        : new(store, artifacts ?? new LocalDirectory(options.Artifacts), options.Trainer, options.Quarantine, tell ?? (_ => { }));

    private TimeSpan Lease => options.Trainer.Lease;

    private SlotInfo[] Living => [.. slots.Select(s => s.Info)];

    /// <summary>Works until the runs of <paramref name="sweepIds"/> are over, until nothing can go on, or until stopped. Work of other
    /// sweeps in the store is done too, by rank. Null: works for whatever comes until stopped, or until it is idle where the options say so.</summary>
    public async Task<FarmEnding> RunAsync(IReadOnlyList<string>? sweepIds, CancellationToken stop)
    {
        looks = slots.Select(s => s.Info.Device).Distinct().ToDictionary(device => device, device => new SharedLook<SharedOffers>(() => LookAsync(device)));
        // One for "stop", whoever asks: the caller, the end of the work, or a part that broke.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<FarmEnding> coordinating = CoordinateAsync(sweepIds, ending.Token);
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
        await (collecting ?? Task.CompletedTask);
        await (bundling ?? Task.CompletedTask);
        await DigestAsync(stop);
        await LeaveAsync();
        return await coordinating;
    }

    /// <summary>The life of a slot: look, claim the best that fits, execute it to its end.</summary>
    private async Task WorkAsync(LocalSlot local, CancellationToken stop)
    {
        var slot = local.Info;
        await using var supervisor = new TrainerSupervisor(
            store, slot, local.VisibleDevice, options.Trainer, artifacts, time, tell ?? (_ => { }), launcher, writer);
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
            return (offers.Count == 0 ? null : await store.ClaimAsync(offers, known, Lease, CancellationToken.None), asked);
        }
        catch (StoreUnavailableException)
        {
            return (null, 0);
        }
    }

    /// <summary>The queue of one device kind as all its slots see it.</summary>
    private async Task<SharedOffers> LookAsync(string device)
    {
        var snapshot = WithOwnSlots(await store.ReadSnapshotAsync(4 * slots.Length + 16, device, CancellationToken.None));
        return new(snapshot, Scheduler.Rank(snapshot));
    }

    /// <summary>Keeps slots announced; the process that holds the coordinator's row expires leases and collects; each looks for the end,
    /// at every poll and when a slot finds nothing to do, not at every finished unit: counting a large sweep costs more than a short unit.</summary>
    private async Task<FarmEnding> CoordinateAsync(IReadOnlyList<string>? sweepIds, CancellationToken stop)
    {
        var round = new Round(new CheckpointCollector(store, artifacts, options.Retention, Lease, time));
        while (!stop.IsCancellationRequested)
        {
            var news = idle.Next;
            var rest = TimeSpan.Zero;
            try
            {
                await AnnounceAsync(round);
                // Once in a poll, however often a slot finds nothing to do in between.
                if (round.Kept is not { } kept || time.GetElapsedTime(kept) >= options.PollInterval)
                {
                    var began = time.GetTimestamp();
                    await HearWishesAsync();
                    round.Coordinates = await KeepHouseAsync(round, stop);
                    round.Kept = began;
                }
                if (round.StoreIsAway)
                    tell?.Invoke(new FarmEvent.StoreBack());
                round.StoreIsAway = false;
                // Of its own sweeps each takes the looks; of the others, who coordinates. Done twice, it is done once.
                if (lookTaker is not null && await lookTaker.TakeAsync(round.Coordinates ? null : sweepIds ?? []))
                    moved.Send();
                if (sweepIds is null && options.UntilIdle && await IsIdleAsync() && (lookTaker is null || !await lookTaker.IsDueAsync(null)))
                    return new FarmEnding.Idle();
                // Counting may take a tenth of the time: on a large sweep it is not done at every poll.
                rest = 10 * round.CountCost - time.GetElapsedTime(round.Counted);
                if (sweepIds is not null && rest <= TimeSpan.Zero)
                {
                    var counting = time.GetTimestamp();
                    if (await EndAsync(sweepIds, round) is { } end)
                        return end;
                    (round.Counted, round.CountCost) = (time.GetTimestamp(), time.GetElapsedTime(counting));
                }
            }
            catch (StoreUnavailableException away)
            {
                // The next poll asks again; a store that was away may have forgotten the slots.
                if (!round.StoreIsAway)
                    tell?.Invoke(new FarmEvent.StoreAway(away.Message));
                (round.StoreIsAway, round.Announced, round.Kept) = (true, null, null);
            }
            var toKeep = round.Kept is { } last ? options.PollInterval - time.GetElapsedTime(last) : options.PollInterval;
            var wait = rest > TimeSpan.Zero && rest < toKeep ? rest : toKeep;
            // Timers count whole milliseconds, and one of none would not wait at all.
            await news.OrAfter(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(wait.TotalMilliseconds))), time, stop);
        }
        return new FarmEnding.Stopped();
    }

    /// <summary>What coordinating remembers from poll to poll.</summary>
    private sealed class Round(CheckpointCollector collector)
    {
        public CheckpointCollector Collector => collector;

        public Dictionary<string, SweepCounts> Counts { get; } = [];

        public bool ToldOfPause { get; set; }

        public long? Announced { get; set; }

        public bool StoreIsAway { get; set; }

        public long? Kept { get; set; }

        public bool Coordinates { get; set; }

        public long? Collected { get; set; }

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

    /// <summary>False: another process coordinates.</summary>
    private async Task<bool> KeepHouseAsync(Round round, CancellationToken stop)
    {
        if (!await store.TryCoordinateAsync(options.Owner, Lease, CancellationToken.None))
            return false;
        await ExpireAsync();
        await PreemptAsync();
        if (quarantine is not null && (bundling ??= quarantine.KeepAsync(stop)).IsCompleted)
        {
            await bundling;
            bundling = null;
        }
        if (collecting is null && round.Collected is { } collected && time.GetElapsedTime(collected) < options.CollectInterval)
            return true;
        // Beside the rounds: a large or slow storage holds up nothing else.
        collecting ??= CollectAsync(round.Collector, stop);
        if (!collecting.IsCompleted)
            return true;
        await collecting;
        (collecting, round.Collected) = (null, time.GetTimestamp());
        return true;
    }

    private const int DigestsAtOnce = 500;

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

    private async Task CollectAsync(CheckpointCollector collector, CancellationToken stop)
    {
        await DigestAsync(stop);
        try
        {
            var report = await collector.CollectAsync(cancel: stop);
            if (report.Files > 0)
                tell?.Invoke(new FarmEvent.Collected(report.Files, report.Bytes));
        }
        catch (ArtifactsUnavailableException away)
        {
            tell?.Invoke(new FarmEvent.NotCollected(away.Message));
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

    private async Task ExpireAsync()
    {
        var expired = await store.ExpireLeasesAsync(CancellationToken.None);
        foreach (var lease in expired)
            tell?.Invoke(new FarmEvent.LeaseExpired(lease));
        if (expired.Count > 0)
            moved.Send();
    }

    /// <summary>Asks the victims that the scheduler names to make room. The heads of the queues are enough: who may preempt stands there.</summary>
    private async Task PreemptAsync()
    {
        if (!await store.MayPreemptAsync(CancellationToken.None))
            return;
        var snapshot = await store.ReadSnapshotAsync(slots.Length + 16, cancel: CancellationToken.None);
        foreach (var preemption in Scheduler.Rank(snapshot).Preemptions)
        {
            var answer = await store.PreemptAsync(new(preemption.VictimId, preemption.VictimFence), preemption.UnitId, CancellationToken.None);
            if (answer == FenceAnswer.Held)
                tell?.Invoke(new FarmEvent.Preempting(preemption));
        }
    }

    private async Task<FarmEnding?> EndAsync(IReadOnlyList<string> sweepIds, Round round)
    {
        var before = round.Counts;
        foreach (var sweepId in sweepIds)
        {
            var counts = await store.ReadCountsAsync(sweepId, CancellationToken.None)
                ?? (before.ContainsKey(sweepId) ? Deleted : throw new ArgumentException($"There is no sweep {sweepId} in the store.", nameof(sweepIds)));
            if (!counts.Equals(before.GetValueOrDefault(sweepId)))
                tell?.Invoke(new FarmEvent.SweepMoved(sweepId, counts));
            before[sweepId] = counts;
        }
        if (sweepIds.All(id => before[id].Open == 0))
            return lookTaker is not null && await lookTaker.IsDueAsync(sweepIds) ? null : new FarmEnding.AllOver();
        if (sweepIds.Any(id => before[id].Running > 0))
            return null;
        // The whole queue is read only when the head of no pool can move.
        foreach (var pool in pools)
        {
            if (CanMove(await store.ReadSnapshotAsync(1, pool, CancellationToken.None), out _))
                return null;
        }
        if (CanMove(await store.ReadSnapshotAsync(cancel: CancellationToken.None), out var ranking))
            return null;
        // A look that is due is taken soon; one that somebody took meanwhile shows in what is read after asking.
        if (lookTaker is not null && (await lookTaker.IsDueAsync(sweepIds) || CanMove(await store.ReadSnapshotAsync(cancel: CancellationToken.None), out ranking)))
            return null;
        var ours = (await Task.WhenAll(sweepIds.Select(id => store.ReadSweepAsync(id, CancellationToken.None))))
            .SelectMany(sweep => sweep?.Runs ?? []).Select(run => run.RunId).ToHashSet();
        var waits = ranking.Waits.Where(w => ours.Contains(w.RunId)).ToList();
        // Whoever paused will let it go on.
        if (waits.Exists(w => w.Reason == WaitReason.Paused))
        {
            if (!round.ToldOfPause)
                tell?.Invoke(new FarmEvent.OnlyPausedLeft(waits));
            round.ToldOfPause = true;
            return null;
        }
        // None: the last of them ended between the two readings.
        if (waits.Count == 0)
            return null;
        var missing = sweepIds.Sum(id => before[id].Failed + before[id].Cancelled - before[id].NotNeeded);
        return new FarmEnding.Stuck(lookTaker is null ? waits : [.. waits.Select(wait => lookTaker.Explain(wait, sweepIds, missing))]);
    }

    private static SweepCounts Deleted { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The whole queue is read only when the head of no pool gives work.</summary>
    private async Task<bool> IsIdleAsync()
    {
        foreach (var pool in pools)
        {
            if (MayWork(await store.ReadSnapshotAsync(1, pool, CancellationToken.None)))
                return false;
        }
        return !MayWork(await store.ReadSnapshotAsync(cancel: CancellationToken.None));
    }

    /// <summary>Something runs on a pool of ours, and more may follow from it, or one of our slots may take something now or later.</summary>
    private bool MayWork(FarmSnapshot snapshot)
    {
        var farm = WithOwnSlots(snapshot);
        if (farm.Running.Any(unit => pools.Contains(unit.Device)))
            return true;
        var ranking = Scheduler.Rank(farm);
        var own = farm.Slots.Where(slot => slot.Owner == options.Owner).ToList();
        if (ranking.Offers.Any(offer => own.Exists(offer.Fits)))
            return true;
        var later = ranking.Waits.Where(MovesByItself).Select(wait => wait.UnitId).ToHashSet();
        own.RemoveAll(slot => slot.Closed is { Until: null });
        return farm.Waiting.Any(unit => later.Contains(unit.UnitId) && own.Exists(slot => slot.Device == unit.Device && unit.Request.Fits(slot)));
    }

    private bool CanMove(FarmSnapshot snapshot, out Ranking ranking)
    {
        ranking = Scheduler.Rank(WithOwnSlots(snapshot));
        return snapshot.Running.Count > 0 || ranking.Offers.Count > 0 || ranking.Waits.Any(MovesByItself);
    }

    /// <summary>A backoff ends, and so does the exclusion of a slot; a cordon does not.</summary>
    private static bool MovesByItself(UnitWait wait) =>
        wait.Reason == WaitReason.BackingOff || wait is { Reason: WaitReason.SlotsClosed, ExpectedStart: not null };

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
