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

    private readonly ConcurrentDictionary<string, string> executing = new(), lastRun = new();
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

    /// <summary>Whoever has been asked to stop has no slot for anybody.</summary>
    private async Task TellAsync(SlotAgent slots, CancellationToken leaving, CancellationToken stop)
    {
        await using var wake = leaving.Register(changed.Send);
        while (!stop.IsCancellationRequested)
        {
            var next = changed.Next;
            var said = new SiloSlots(details.SiloAddress, Interlocked.Increment(ref version), leaving.IsCancellationRequested ? [] :
            [
                .. slots.Slots.Select(slot => new OfferedSlot(
                    slot.SlotId, slot.Device, slot.MemoryBytes, [.. slot.Labels], executing.GetValueOrDefault(slot.SlotId), lastRun.GetValueOrDefault(slot.SlotId))),
            ]);
            await agents.EachAsync(other => other.TellAsync(said));
            await next.WaitAsync(TellAgain, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

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
