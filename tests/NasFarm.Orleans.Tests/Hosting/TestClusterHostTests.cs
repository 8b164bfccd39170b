using System.Globalization;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Hosting;
using NasFarm.Farm.Tests.Trainers;
using NasFarm.Orleans.Grains;
using NasFarm.Orleans.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Orleans.Tests.Hosting;

/// <summary>A cluster of silos in this process over a SQLite file. Slots poll so seldom that work which goes on was pushed.</summary>
public sealed class TestClusterHostTests : FarmHostConformance
{
    private readonly List<IFarmStore> stores = [];
    private InProcessTestCluster? cluster;
    private TimeSpan poll = TimeSpan.FromSeconds(10);
    private bool withGrains = true;

    [Fact]
    public async Task Without_any_grain_slots_finish_the_sweep_by_themselves()
    {
        (withGrains, poll) = (false, TimeSpan.FromMilliseconds(200));
        await BeginAsync([[], []], "normal");

        await Host.SubmitAsync(Plan("s1", Run("darts", 1, retrains: 1), Run("sgas", 1)));

        await UntilAsync(async () => (await Store.ReadCountsAsync("s1"))!.Finished == 2, "both runs are finished");
        await Assert.ThrowsAnyAsync<Exception>(() => cluster!.Client.GetGrain<ISweepGrain>("s1").StartAsync());
        Assert.Equal(2, (await Host.ReadAggregateAsync("s1"))!.Arms.Sum(arm => arm.Finished));
    }

    protected override async Task<(IFarmHost Host, IFarmStore Store)> StartAsync(IReadOnlyList<string[]> members, params string[] behaviour)
    {
        foreach (var _ in members)
            await OpenAsync();
        var trainer = FakeTrainer.Options(behaviour);
        // Some listen to nobody.
        trainer.StopGrace = TimeSpan.FromSeconds(1);
        var builder = new InProcessTestClusterBuilder((short)members.Count);
        builder.ConfigureSilo((options, silo) =>
        {
            var index = int.Parse(options.SiloName.Split('_')[1], CultureInfo.InvariantCulture);
            silo.AddMemoryGrainStorage(Storage.Name);
            if (!withGrains)
                silo.Configure<GrainTypeOptions>(types => types.Classes.RemoveWhere(type => type.Assembly == typeof(SweepGrain).Assembly));
            silo.UseFarm(new()
            {
                Store = stores[index], OpenArtifacts = _ => new LocalDirectory(Folder.File("artifacts")),
                Farm = owner => new LocalFarmOptions
                {
                    Owner = owner, Artifacts = Folder.File("artifacts"), Trainer = trainer, Labels = members[index],
                    PollInterval = poll,
                },
            });
        });
        cluster = builder.Build();
        await cluster.DeployAsync();
        var own = await OpenAsync();
        return (new ClusterHost(cluster.Client, own, TimeProvider.System), own);
    }

    protected override async Task StopAsync()
    {
        if (cluster is not null)
            await cluster.DisposeAsync();
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    private async Task<IFarmStore> OpenAsync()
    {
        stores.Add(await SqliteFarmStore.OpenAsync(Folder.File("farm.db"), TimeProvider.System));
        return stores[^1];
    }
}
