using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;

namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>The same for PostgreSQL, from dumps.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresUpgradeTests(SharedPostgres shared)
{
    private const string Schema = "golden";

    [PostgresFact]
    public async Task A_half_finished_sweep_of_each_level_goes_on()
    {
        var newest = (await PostgresFarmStore.ReadSchemaAsync(await shared.Server.NewSchemaAsync(), TimeProvider.System)).Known;
        for (var level = 1; level <= newest; level++)
        {
            var golden = RepositoryFile.Path($"tests/NasFarm.Farm.Tests/Store/Golden/postgres-{level}.sql");
            if (level == newest && !System.IO.File.Exists(golden) && Environment.GetEnvironmentVariable("NASFARM_UPDATE_GOLDEN") == "1")
                await System.IO.File.WriteAllTextAsync(golden, await WriteAsync());
            await shared.Server.ExecuteAsync($"CREATE DATABASE level_{level}");
            var old = $"{shared.Server.Address($"level_{level}")};Search Path={Schema}";
            await shared.Server.ExecuteAsync(await System.IO.File.ReadAllTextAsync(golden), shared.Server.Address($"level_{level}"));
            Assert.Equal(level, (await PostgresFarmStore.ReadSchemaAsync(old, TimeProvider.System)).Level);

            var continued = await FinishAsync(old);

            Assert.Equal(newest, (await PostgresFarmStore.ReadSchemaAsync(old, TimeProvider.System)).Level);
            Assert.Equal(await FinishAsync(await shared.Server.NewSchemaAsync()), continued);
        }
    }

    private async Task<string> WriteAsync()
    {
        await shared.Server.ExecuteAsync("CREATE DATABASE written");
        var address = $"{shared.Server.Address("written")};Search Path={Schema}";
        await shared.Server.ExecuteAsync($"CREATE SCHEMA {Schema}", address);
        await using (var store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System))
            await HalfFinishedSweep.BeginAsync(store);
        return await shared.Server.DumpAsync("written", Schema);
    }

    private static async Task<string> FinishAsync(string address)
    {
        await using var store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System);
        var histories = await HalfFinishedSweep.FinishAsync(store);
        Assert.Equal(new SweepCounts(5, 5, 0, 0, 0, 0), await store.ReadCountsAsync(HalfFinishedSweep.SweepId));
        return histories;
    }
}
