using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using NasFarm.Farm.Telemetry;
using Orleans;
using Orleans.Runtime;

namespace NasFarm.Orleans.Programs;

/// <summary>Reports the cluster as this silo sees it.</summary>
internal sealed class SiloMeter : IDisposable
{
    private readonly Meter meter = Instruments.NewMeter();

    /// <param name="silo">The services of its host.</param>
    /// <param name="expected">Silos that there should be; null: nobody has said.</param>
    public SiloMeter(IServiceProvider silo, int? expected)
    {
        var membership = silo.GetRequiredService<IClusterMembershipService>();
        meter.Observe(MetricCatalog.Silos, () =>
        {
            var states = membership.CurrentSnapshot.Members.Values.Select(member => MetricLabels.Word(member.Status)).ToList();
            return MetricLabels.SiloState.Values.Select(state => MetricCatalog.Silos.Of(states.Count(of => of == state), state));
        });
        if (expected is { } silos)
            meter.Observe(MetricCatalog.SilosExpected, () => [MetricCatalog.SilosExpected.Of(silos)]);
    }

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();
}
