using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Orleans.Grains;
using NasFarm.Orleans.Slots;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>What a control silo does besides its grains: keeps house for the farm, takes up sweeps that nobody coordinates, and ends the attempts of
/// silos that have left the cluster without a word. Any number of silos may do all of it; the store lets each thing happen once.</summary>
public sealed class ControlDuties(
    FarmSiloOptions silo, ILocalSiloDetails details, IClusterMembershipService membership, AllAgents agents, IGrainFactory grains, TimeProvider time,
    IHostApplicationLifetime host, ILogger<ControlDuties> log) : SiloDuty(host, log)
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        if (!silo.Role.HasFlag(SiloRole.Control))
            return;
        var owner = FarmSiloOptions.OwnerOf(details.SiloAddress) + "-control";
        await using var artifacts = silo.OpenArtifacts(owner);
        var coordinator = new Coordinator(silo.Store, silo.Farm(owner), artifacts, time, silo.Tell, silo.LookRule);
        await Task.WhenAll(coordinator.RunAsync(() => NudgeAsync().Ignore(), stop), ScanAsync(stop), RevokeAsync(stop));
    }

    private Task NudgeAsync() => agents.EachAsync(other => other.NudgeAsync());

    private async Task ScanAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                foreach (var sweepId in await silo.Store.ListOpenSweepsAsync(stop))
                    await grains.GetGrain<ISweepGrain>(sweepId).StartAsync();
            }
            catch (Exception e) when (e is StoreUnavailableException || GrainCalls.IsUnanswered(e))
            {
                // At the next scan.
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(silo.ScanInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Silos that membership calls dead lose their fences, all of a silo in one transaction, long before their leases run out.</summary>
    private async Task RevokeAsync(CancellationToken stop)
    {
        var revoked = new HashSet<SiloAddress>();
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stop))
            {
                foreach (var dead in snapshot.Members.Values.Where(m => m.Status == SiloStatus.Dead && !revoked.Contains(m.SiloAddress)))
                    await RevokeAsync(dead.SiloAddress, revoked, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // So do the others.
        }
    }

    private async Task RevokeAsync(SiloAddress dead, HashSet<SiloAddress> revoked, CancellationToken stop)
    {
        try
        {
            var ended = await silo.Store.RevokeAsync(FarmSiloOptions.OwnerOf(dead), $"silo {dead.Endpoint} has left the cluster", stop);
            revoked.Add(dead);
            foreach (var lease in ended)
                silo.Tell(new FarmEvent.LeaseExpired(lease));
            if (ended.Count > 0)
                await NudgeAsync();
        }
        catch (StoreUnavailableException)
        {
            // Its leases run out by themselves.
        }
    }
}
