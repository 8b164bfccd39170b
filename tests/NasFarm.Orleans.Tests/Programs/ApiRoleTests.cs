using System.Net;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Tests.Chaos;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Orleans.Tests.Programs;

/// <summary>People and a supervisor of processes who ask a silo over HTTP.</summary>
public sealed class ApiRoleTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [PostgresFact]
    public async Task A_silo_that_was_asked_to_stop_lives_and_is_not_ready_and_goes_on_serving_people()
    {
        var (health, people) = ($"http://127.0.0.1:{Ports.Free()}", $"http://127.0.0.1:{Ports.Free()}");
        await using var silos = await SiloProcesses.StartAsync(folder, [[("HEALTHURL", health), ("URLS", people), ("DRAINSECONDS", "2")]], "hang");
        using var client = new HttpClient();
        Assert.True(await Eventually.Holds(() => silos.Said.Any(line => line.Contains("all silo", StringComparison.Ordinal))), string.Join('\n', silos.Said));
        foreach (var question in new[] { "started", "ready", "live" })
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{health}/health/{question}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"{health}/api/v1/sweeps")).StatusCode);
        await silos.Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await UntilAsync(silos.Store, "s1", counts => counts.Running == 1);

        // What runs does not leave before its time is over.
        Signals.Send(silos.All[0].Id, Signals.Terminate);
        while ((await client.GetAsync($"{health}/health/ready")).StatusCode != HttpStatusCode.ServiceUnavailable)
            await Task.Delay(20);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{health}/health/live")).StatusCode);
        Assert.Contains("s1", await client.GetStringAsync($"{people}/api/v1/sweeps"), StringComparison.Ordinal);
        await silos.All[0].WaitForExitAsync();
        Assert.Equal(0, silos.All[0].ExitCode);
    }

    private static async Task UntilAsync(IFarmStore store, string sweep, Func<SweepCounts, bool> holds)
    {
        for (var look = 0; look < 1200 && !holds((await store.ReadCountsAsync(sweep))!); look++)
            await Task.Delay(50);
        Assert.True(holds((await store.ReadCountsAsync(sweep))!));
    }

    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute() => Skip = PostgresServer.Absent;
    }
}
