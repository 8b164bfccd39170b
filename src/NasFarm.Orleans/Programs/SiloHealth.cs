using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Programs;

/// <summary>How a silo of this process is, as far as it knows without asking anybody.</summary>
/// <param name="silo">The services of its host.</param>
internal sealed class SiloHealth(IServiceProvider silo)
{
    private readonly IHostApplicationLifetime host = silo.GetRequiredService<IHostApplicationLifetime>();
    private readonly SiloAddress self = silo.GetRequiredService<ILocalSiloDetails>().SiloAddress;
    private readonly IClusterMembershipService membership = silo.GetRequiredService<IClusterMembershipService>();

    /// <summary>Why it is not an active member; null: it is one.</summary>
    public string? Problem() =>
        host.ApplicationStopping.IsCancellationRequested ? "The silo was asked to stop."
        : membership.CurrentSnapshot.GetSiloStatus(self) is var status && status == SiloStatus.Active ? null
        : $"The silo's membership is {status}.";

    /// <summary>The cluster's grains. Throws <see cref="SiloUnavailableException"/> while it is no active member.</summary>
    public IGrainFactory Grains => Problem() is { } problem ? throw new SiloUnavailableException(problem) : silo.GetRequiredService<IGrainFactory>();
}
