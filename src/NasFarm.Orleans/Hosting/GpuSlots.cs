using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Coordination;
using NasFarm.Orleans.Grains;
using NasFarm.Orleans.Slots;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>The slots of this silo at work: claims are rows, trainers are processes, and no grain call waits for either. Tells every silo which slots are
/// free, and runs that a unit of theirs has moved.</summary>
public sealed class GpuSlots(
    FarmSiloOptions silo, ILocalSiloDetails details, SiloAgent agent, AllAgents agents, IGrainFactory grains, TimeProvider time,
    IHostApplicationLifetime host, ILogger<GpuSlots> log) : SiloDuty(host, log)
{
    /// <summary>How often it tells its slots though nothing has changed: a silo that has joined since hears of them.</summary>
    private static readonly TimeSpan TellAgain = TimeSpan.FromSeconds(2);

    /// <summary>How long a slot is free before others hear of it.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<string, string> executing = new(), lastRun = new();
    private readonly ConcurrentDictionary<string, long> freeSince = new();
    private readonly Pulses changed = new();
    private long version;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        if (!silo.Role.HasFlag(SiloRole.Gpu))
            return;
        var options = silo.Farm(FarmSiloOptions.OwnerOf(details.SiloAddress));
        using var ended = new CancellationTokenSource();
        await using var artifacts = silo.OpenArtifacts(options.Owner);
        var slots = new SlotAgent(silo.Store, options, artifacts, time, Hear, silo.Launcher);
        agent.Agent = slots;
        var telling = TellAsync(slots, stop, ended.Token);
        try
        {
            await slots.RunAsync(stop);
        }
        finally
        {
            agent.Agent = null;
            await ended.CancelAsync();
            await telling;
            // Nobody is to be sent here any more.
            await agents.EachAsync(other => other.TellAsync(new(details.SiloAddress, Interlocked.Increment(ref version), [])));
        }
    }

    /// <summary>Tells what is free when it has been so for a moment: a slot that goes on with the next unit was never free. Whoever has been asked to
    /// stop has no slot for anybody.</summary>
    private async Task TellAsync(SlotAgent slots, CancellationToken leaving, CancellationToken stop)
    {
        await using var wake = leaving.Register(changed.Send);
        var (told, toldAt) = (new List<FreeSlot>(), 0L);
        while (!stop.IsCancellationRequested)
        {
            var next = changed.Next;
            var idle = leaving.IsCancellationRequested ? [] : slots.Slots.Where(slot => !executing.ContainsKey(slot.SlotId)).ToList();
            var free = idle.Where(slot => !freeSince.TryGetValue(slot.SlotId, out var since) || time.GetElapsedTime(since) >= Settle)
                .Select(slot => new FreeSlot(slot.SlotId, slot.Device, slot.MemoryBytes, [.. slot.Labels], lastRun.GetValueOrDefault(slot.SlotId))).ToList();
            if (toldAt == 0 || time.GetElapsedTime(toldAt) >= TellAgain || !free.Select(Word).SequenceEqual(told.Select(Word)))
            {
                (told, toldAt) = (free, time.GetTimestamp());
                var said = new SiloSlots(details.SiloAddress, Interlocked.Increment(ref version), [.. free]);
                await agents.EachAsync(other => other.TellAsync(said));
            }
            // What is not free for long enough is looked at again soon.
            await Task.Delay(Settle, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (free.Count == idle.Count)
                await next.WaitAsync(TellAgain, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static (string, string?) Word(FreeSlot slot) => (slot.SlotId, slot.LastRunId);

    private void Hear(FarmEvent happened)
    {
        switch (happened)
        {
            case FarmEvent.Claimed claimed:
                executing[claimed.SlotId] = claimed.Claim.Key.UnitId;
                lastRun[claimed.SlotId] = claimed.Claim.RunId;
                Moved(claimed);
                break;
            case FarmEvent.Completed or FarmEvent.Ended:
                var over = (FarmEvent.OfAttempt)happened;
                freeSince[over.SlotId] = time.GetTimestamp();
                executing.TryRemove(over.SlotId, out _);
                Moved(over);
                break;
        }
        silo.Tell(happened);
    }

    private void Moved(FarmEvent.OfAttempt at)
    {
        changed.Send();
        try
        {
            grains.GetGrain<ISeedRunGrain>(at.Claim.RunId).MovedAsync().Ignore();
        }
        catch (Exception e) when (GrainCalls.IsUnanswered(e))
        {
            // Whoever watches looks by himself.
        }
    }
}
