using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Scheduling;
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
    private readonly LocalFarmOptions options = options.Checked();
    private readonly Action<FarmEvent> tell = tell ?? (_ => { });
    private readonly IArtifactStore artifacts = artifacts ?? new LocalDirectory(options.Artifacts);
    private readonly LookTaker? lookTaker = lookRule is null ? null : new(store, lookRule, tell);

    /// <summary>Works until the runs of <paramref name="sweepIds"/> are over, until nothing can go on, or until stopped. Work of other
    /// sweeps in the store is done too, by rank. Null: works for whatever comes until stopped, or until it is idle where the options say so.</summary>
    public async Task<FarmEnding> RunAsync(IReadOnlyList<string>? sweepIds, CancellationToken stop)
    {
        // One for "stop", whoever asks: the caller, the end of the work, or a part that broke.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var agent = new SlotAgent(store, options, artifacts, time, tell, launcher);
        var housekeeping = new Housekeeping(store, artifacts, options, time, tell);
        Task<FarmEnding> coordinating = CoordinateAsync(sweepIds, agent, housekeeping, ending.Token);
        Task[] parts = [coordinating, agent.WorkAsync(ending.Token)];
        try
        {
            await Task.WhenAny(parts);
        }
        finally
        {
            ending.Cancel();
            agent.Nudge();
        }
        await Task.WhenAll(parts);
        await housekeeping.EndAsync(stop);
        await agent.LeaveAsync();
        return await coordinating;
    }

    /// <summary>Keeps slots announced; the process that holds the coordinator's row expires leases and collects; each looks for the end,
    /// at every poll and when a slot finds nothing to do, not at every finished unit: counting a large sweep costs more than a short unit.</summary>
    private async Task<FarmEnding> CoordinateAsync(
        IReadOnlyList<string>? sweepIds, SlotAgent agent, Housekeeping housekeeping, CancellationToken stop)
    {
        var round = new Round();
        var endOfWork = new EndOfWork(store, lookTaker, options.Owner, [.. agent.Slots.Select(s => s.Device).Distinct()], agent.WithOwnSlots, tell);
        while (!stop.IsCancellationRequested)
        {
            var news = agent.NextIdle;
            var rest = TimeSpan.Zero;
            try
            {
                await agent.AnnounceAsync();
                // Once in a poll, however often a slot finds nothing to do in between.
                if (round.Kept is not { } last || time.GetElapsedTime(last) >= options.PollInterval)
                {
                    var began = time.GetTimestamp();
                    await agent.HearWishesAsync();
                    var kept = await housekeeping.KeepAsync(stop);
                    round.Coordinates = kept.Coordinates;
                    if (kept.Freed)
                        agent.Nudge();
                    round.Kept = began;
                }
                if (round.StoreIsAway)
                    tell(new FarmEvent.StoreBack());
                round.StoreIsAway = false;
                // Of its own sweeps each takes the looks; of the others, who coordinates. Done twice, it is done once.
                if (lookTaker is not null && await lookTaker.TakeAsync(round.Coordinates ? null : sweepIds ?? []))
                    agent.Nudge();
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
                (round.StoreIsAway, round.Kept) = (true, null);
                agent.ForgetAnnouncement();
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
        public bool StoreIsAway { get; set; }

        public long? Kept { get; set; }

        public bool Coordinates { get; set; }

        public long Counted { get; set; }

        public TimeSpan CountCost { get; set; }
    }
}
