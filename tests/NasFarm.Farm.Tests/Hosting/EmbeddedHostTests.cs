using NasFarm.Farm.Coordination;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Trainers;

namespace NasFarm.Farm.Tests.Hosting;

/// <summary>Farms that share a SQLite file.</summary>
public sealed class EmbeddedHostTests : FarmHostConformance
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<IFarmStore> stores = [];
    private readonly List<Task> running = [];

    protected override async Task<(IFarmHost Host, IFarmStore Store)> StartAsync(IReadOnlyList<string[]> members, params string[] behaviour)
    {
        foreach (var (index, labels) in members.Index())
        {
            var options = new LocalFarmOptions
            {
                Owner = $"member-{index}", Artifacts = Folder.File("artifacts"), Trainer = FakeTrainer.Options(behaviour), Labels = labels,
                PollInterval = TimeSpan.FromMilliseconds(200),
            };
            running.Add(new LocalFarm(await OpenAsync(), options, TimeProvider.System).RunAsync(null, stop.Token));
        }
        var own = await OpenAsync();
        return (new EmbeddedHost(own, TimeProvider.System, TimeSpan.FromMilliseconds(50)), own);
    }

    protected override async Task StopAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    private async Task<IFarmStore> OpenAsync()
    {
        stores.Add(await SqliteFarmStore.OpenAsync(Folder.File("farm.db"), TimeProvider.System));
        return stores[^1];
    }
}
