using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Tests.Chaos;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Orleans.Tests.Programs;

/// <summary>People who ask a cluster over HTTP, and a supervisor of processes who asks a silo how it is.</summary>
public sealed class ApiRoleTests : IDisposable
{
    // No slot looks for wishes or work by itself while a test lasts: what it hears at once it has heard from grains.
    private static readonly (string, string)[] Patient = [("POLLSECONDS", "300"), ("LEASESECONDS", "1200")];
    private static readonly (string, string)[] Control = [("ROLE", "control"), ("CPUSLOTS", "0"), .. Patient];
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [PostgresFact]
    public async Task What_people_ask_reaches_the_cluster_and_when_every_silo_is_killed_the_store()
    {
        await using var silos = await SiloProcesses.StartAsync(folder, [], "polite");
        using var people = new HttpClient { BaseAddress = new($"http://127.0.0.1:{Ports.Free()}") };
        TinyImages.Write(folder.File("data"));
        // 1. Without a silo.
        var api = await silos.StartAsync(folder, [("ROLE", "api"), ("URLS", people.BaseAddress.ToString()), ("TRAINER", Path.Combine(AppContext.BaseDirectory, "nasfarm")),
            ("NASFARM_DATA", folder.File("data")), ("XDG_CACHE_HOME", folder.File("cache"))]);
        Assert.Equal(HttpStatusCode.OK, (await people.GetAsync("/health/ready")).StatusCode);
        var wrong = await people.PostAsync("/api/v1/plan", Yaml(Manifests.Sweep("tiny", 1, Manifests.SgasEs, Manifests.Sgas, Manifests.RandomCells)
            .Replace("name: fashion-mnist", "name: mnist", StringComparison.Ordinal)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        var said = await wrong.Content.ReadAsStringAsync();
        Assert.True(said.Contains("mnist", StringComparison.Ordinal), said);
        var answer = await people.PostAsync("/api/v1/sweeps", Yaml(Manifests.Sweep("tiny", 1, Manifests.SgasEs, Manifests.Sgas, Manifests.RandomCells)));
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var sweep = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sweep").GetString()!;

        // 2. With silos.
        var members = await Task.WhenAll(silos.StartAsync(folder, Patient, "polite"), silos.StartAsync(folder, Control));
        Assert.True(await Eventually.Holds(() => silos.Said.Any(line => line.Contains("silos answer", StringComparison.Ordinal))), string.Join('\n', silos.Said));
        await UntilAsync(silos.Store, sweep, counts => counts.Running == 1);
        Assert.Equal(HttpStatusCode.OK, (await people.PostAsync($"/api/v1/sweeps/{sweep}/pause", null)).StatusCode);
        await UntilAsync(silos.Store, sweep, counts => counts.Running == 0);

        // 3. With none again.
        foreach (var member in members)
            member.Kill(entireProcessTree: true);
        Assert.Contains(sweep, await people.GetStringAsync("/api/v1/sweeps"), StringComparison.Ordinal);
        var details = await people.GetStringAsync($"/api/v1/sweeps/{sweep}");
        Assert.Contains("\"state\":\"paused\"", details, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await people.PostAsync($"/api/v1/sweeps/{sweep}/resume", null)).StatusCode);
        Assert.Null(Assert.Single(await silos.Store.ListSweepsAsync()).Paused);

        Signals.Send(api.Id, Signals.Terminate);
        await api.WaitForExitAsync();
        Assert.Equal(0, api.ExitCode);
    }

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

    private static StringContent Yaml(string manifest) => new(manifest, Encoding.UTF8, "application/yaml");

    private static async Task UntilAsync(IFarmStore store, string sweep, Func<SweepCounts, bool> holds)
    {
        for (var look = 0; look < 600 && !holds((await store.ReadCountsAsync(sweep))!); look++)
            await Task.Delay(50);
        Assert.True(holds((await store.ReadCountsAsync(sweep))!));
    }

    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute() => Skip = PostgresServer.Absent;
    }
}
