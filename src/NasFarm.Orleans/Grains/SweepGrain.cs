using System.Runtime.CompilerServices;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Orleans.Slots;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Grains;

/// <inheritdoc/>
public sealed class SweepGrain(
    [PersistentState("sweep", Storage.Name)] IPersistentState<SweepMemory> memory, IFarmStore store, SiloBoard board, AllAgents agents, TimeProvider time)
    : Grain, ISweepGrain
{
    /// <summary>How often it looks without being poked.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>How often what it knows is kept: what a new coordinator would read again is little.</summary>
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(10);

    /// <summary>Of one look to each silo. A nudge wakes every slot of a silo that has nothing to do.</summary>
    private const int MostOffers = 16;

    private readonly Pulses moved = new();
    private readonly UseReading use = new(store, time);

    /// <summary>Calls interleave at every await; what follows the sweep does one thing at a time.</summary>
    private readonly SemaphoreSlim following = new(1);
    private SweepFollower? follower;
    private IGrainTimer? timer;
    private long kept;
    private bool changed, isLooking, lookAgain;

    private string SweepId => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async Task<bool> StartAsync()
    {
        if (!await FollowAsync())
            return false;
        timer ??= this.RegisterGrainTimer(LookAsync, new GrainTimerCreationOptions(TimeSpan.Zero, Look) { KeepAlive = true, Interleave = true });
        return true;
    }

    /// <inheritdoc/>
    public async Task<string?> CommandAsync(SweepCommand command)
    {
        Target target = command switch
        {
            { UnitId: { } unit, RunId: { } run } => new Target.Unit(unit, run),
            { RunId: { } run } => new Target.SweepRun(SweepId, run),
            { Seed: { } seed } => new Target.Cohort(SweepId, seed),
            _ => new Target.Sweep(SweepId),
        };
        var id = command.OperationId;
        var report = command.Verb switch
        {
            SweepVerb.Pause => Text(await store.PauseAsync(target, command.By ?? "somebody", id)),
            SweepVerb.Resume => Text(await store.ResumeAsync(target, id)),
            SweepVerb.Cancel => Text(await store.CancelAsync(target, id)),
            SweepVerb.Retry => Text(await store.RetryFailedAsync(target, id)),
            SweepVerb.SetPriority => Text(await store.SetPriorityAsync(SweepId, command.Priority, id)),
            _ => throw new ArgumentOutOfRangeException(nameof(command), $"This silo does not know the verb {command.Verb}: it is older than who asks. Ask again when every silo is upgraded."),
        };
        if (report is not null)
        {
            await agents.EachAsync(silo => command.Verb is SweepVerb.Pause or SweepVerb.Cancel ? silo.HearWishesAsync() : silo.NudgeAsync());
            await StartAsync();
            await PokeAsync();
        }
        return report;

        static string? Text<T>(T? report) => report is null ? null : JsonSerializer.Serialize(report, CatalogJson.Compact);
    }

    /// <inheritdoc/>
    public async Task<string?> ReadAggregateAsync() =>
        await FollowAsync() && await ReadOnAsync() && follower is { Aggregate: var sweep } ? JsonSerializer.Serialize(sweep, CatalogJson.Compact) : null;

    /// <inheritdoc/>
    public async Task PokeAsync()
    {
        moved.Send();
        if (timer is not null)
            await LookAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> WatchAsync(WatchFrom? after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        // Each watcher reads by itself, from where it is: nobody is held up by another.
        if (await SweepFollower.StartAsync(store, time, SweepId, cancel) is not { } own)
            yield break;
        if (after is null)
            yield return Text(new([], own.Aggregate, own.Reached, Missed: false));
        else
            own.GoBack(new(after.Writer, after.Seq));
        var isAwaited = after is not null;
        while (true)
        {
            var next = moved.Next;
            if (await own.ReadOnAsync(cancel) is not { } news)
                yield break;
            if (isAwaited || news.Moves.Count > 0 || news.Missed)
                yield return Text(new(news.Moves, own.Aggregate, own.Reached, news.Missed));
            isAwaited = false;
            await next.WaitAsync(Look, time, cancel).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
        }

        static string Text(SweepNews news) => JsonSerializer.Serialize(news, CatalogJson.Compact);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await KeepAsync(now: true);
        }
        catch (Exception e) when (GrainCalls.IsNotKept(e))
        {
            // The next one reads the sweep anew.
        }
    }

    /// <summary>One look at a time; who comes meanwhile has it looked once more.</summary>
    private async Task LookAsync(CancellationToken cancel)
    {
        lookAgain = true;
        if (isLooking)
            return;
        isLooking = true;
        try
        {
            while (lookAgain)
            {
                lookAgain = false;
                if (!await ReadOnAsync())
                {
                    timer?.Dispose();
                    timer = null;
                    return;
                }
                if (follower is { Aggregate.Open: > 0 })
                    await OfferAsync(cancel);
            }
            var isOver = follower is { Aggregate.Open: 0 };
            await KeepAsync(now: isOver);
            // Nothing moves by itself any more: whoever lets it go on starts it again.
            if (isOver)
            {
                timer?.Dispose();
                timer = null;
            }
        }
        catch (Exception e) when (e is StoreUnavailableException || GrainCalls.IsNotKept(e))
        {
            // At the next look.
        }
        finally
        {
            isLooking = false;
        }
    }

    /// <summary>Lets those units of this sweep be nudged that the one ranking of all sweeps would start on the slots that are free.</summary>
    private async Task OfferAsync(CancellationToken cancel)
    {
        var free = board.SomeFree(MostOffers);
        if (free.Count == 0)
            return;
        var snapshot = await store.ReadQueueAsync(free.Count + 16, null, [.. free.Select(slot => slot.SlotId)], [], cancel);
        if (snapshot.Waiting.Count == 0)
            return;
        snapshot = await use.CompleteAsync(snapshot, cancel);
        var waiting = snapshot.Waiting.ToDictionary(unit => unit.UnitId);
        var offers = new List<UnitOffer>();
        foreach (var offer in Scheduler.Rank(snapshot).Offers)
        {
            var unit = waiting[offer.UnitId];
            var wish = new SlotWish(offer.Pool, offer.Request.MemoryBytes, offer.Request.Labels, unit.RunId);
            if (free.Find(wish.Fits) is not { } slot)
                continue;
            free.Remove(slot);
            if (unit.SweepId == SweepId)
                offers.Add(new(SweepId, unit.UnitId, unit.Kind == UnitKind.Search, wish));
            if (free.Count == 0)
                break;
        }
        await Task.WhenAll(offers.Select(OfferAsync));
    }

    private async Task OfferAsync(UnitOffer offer)
    {
        try
        {
            await GrainFactory.GetGrain<ISeedRunGrain>(offer.Wish.RunId).OfferAsync(offer);
        }
        catch (Exception e) when (GrainCalls.IsUnanswered(e))
        {
            // Slots look for work by themselves.
        }
    }

    private async Task<bool> FollowAsync()
    {
        await following.WaitAsync();
        try
        {
            follower ??= Remembered() is { } known ? SweepFollower.From(store, time, known) : await SweepFollower.StartAsync(store, time, SweepId, CancellationToken.None);
            return follower is not null;
        }
        finally
        {
            following.Release();
        }
    }

    private FollowedSweep? Remembered()
    {
        try
        {
            return memory.State.Known is { } text ? JsonSerializer.Deserialize<FollowedSweep>(text, CatalogJson.Compact) : null;
        }
        catch (JsonException)
        {
            // Of another build: the sweep is read anew.
            return null;
        }
    }

    /// <summary>False: the sweep is gone.</summary>
    private async Task<bool> ReadOnAsync()
    {
        await following.WaitAsync();
        try
        {
            if (follower is null)
                return false;
            var before = follower.Reached;
            if (await follower.ReadOnAsync(CancellationToken.None) is not { } news)
            {
                follower = null;
                memory.State.Known = null;
                return false;
            }
            changed |= follower.Reached != before;
            if (news.Moves.Count > 0)
                moved.Send();
            return true;
        }
        finally
        {
            following.Release();
        }
    }

    private async Task KeepAsync(bool now)
    {
        if (!changed || follower is null || (!now && kept != 0 && time.GetElapsedTime(kept) < Keep))
            return;
        (changed, kept) = (false, time.GetTimestamp());
        try
        {
            memory.State.Known = JsonSerializer.Serialize(follower.Known, CatalogJson.Compact);
            await memory.WriteStateAsync();
        }
        catch (Exception e) when (GrainCalls.IsNotKept(e))
        {
            changed = true;
            throw;
        }
    }
}

/// <summary>What a sweep's coordinator keeps. Lost, it is made again from the store.</summary>
public sealed class SweepMemory
{
    /// <summary><see cref="FollowedSweep"/> as JSON: the aggregate's runs and the position of the moves that it holds.</summary>
    public string? Known { get; set; }
}
