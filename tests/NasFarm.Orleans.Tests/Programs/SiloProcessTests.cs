using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Hosting;
using NasFarm.Orleans.Hosting;

namespace NasFarm.Orleans.Tests.Programs;

/// <summary>The suite of engines with real silos on PostgreSQL.</summary>
[Trait("Tier", "all")]
public sealed class SiloProcessTests : FarmHostConformance
{
    private SiloProcesses? silos;

    protected override async Task<(IFarmHost Host, IFarmStore Store)> StartAsync(IReadOnlyList<string[]> members, params string[] behaviour)
    {
        // Three silos at least: where slots are fewer, the others coordinate.
        List<(string, string)[]> settings = [.. members.Select(labels => new[] { ("LABELS", string.Join(',', labels)) })];
        while (settings.Count < 3)
            settings.Add([("ROLE", "control"), ("CPUSLOTS", "0")]);
        silos = await SiloProcesses.StartAsync(Folder, settings, behaviour);
        return (new ClusterHost(silos.Grains, silos.Store, TimeProvider.System), silos.Store);
    }

    protected override async Task StopAsync()
    {
        if (silos is not null)
            await silos.DisposeAsync();
    }
}
