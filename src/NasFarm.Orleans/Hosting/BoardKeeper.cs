using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Orleans.Slots;
using Orleans.Runtime;

namespace NasFarm.Orleans.Hosting;

/// <summary>Takes silos that are no members any more off this silo's board.</summary>
public sealed class BoardKeeper(SiloBoard board, IClusterMembershipService membership, IHostApplicationLifetime host, ILogger<BoardKeeper> log) : SiloDuty(host, log)
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stop))
            {
                foreach (var gone in snapshot.Members.Values.Where(m => m.Status is SiloStatus.Dead or SiloStatus.ShuttingDown or SiloStatus.Stopping))
                    board.Forget(gone.SiloAddress);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The board goes with the silo.
        }
    }
}
