using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Hosting;
using Xunit.Abstractions;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Orleans.Tests.Programs;

/// <summary>Silos of two builds in one cluster. The other build is one that was made before: <c>NASFARM_OTHER_SILO</c> names its <c>nasfarm-silo.dll</c>.</summary>
public sealed class RollingUpgradeTests(ITestOutputHelper output) : IDisposable
{
    private static readonly (string, string)[] Control = [("ROLE", "control"), ("CPUSLOTS", "0")];
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [OtherSiloFact, Trait("Tier", "chaos")]
    public async Task A_sweep_goes_on_while_one_silo_after_the_other_is_replaced()
    {
        var old = OtherSiloFactAttribute.Path!;
        (string, string)[][] shapes = [[], [], Control];
        await using var silos = await SiloProcesses.StartAsync(old, folder, shapes, "normal");
        var host = new ClusterHost(silos.Grains, silos.Store, TimeProvider.System);
        const int runs = 600;
        await host.SubmitAsync(Plan("s1", [.. Enumerable.Range(1, runs).Select(seed => Run("darts", seed, retrains: 1))]));

        var mixed = 0;
        for (var n = 0; n < shapes.Length; n++)
        {
            var before = (await silos.Store.ReadCountsAsync("s1"))!.Finished;
            await silos.StartAsync(folder, shapes[n], "normal");
            await UntilAsync(silos.Store, before + 30);
            Signals.Send(silos.All[n].Id, Signals.Terminate);
            await silos.All[n].WaitForExitAsync();
            Assert.Equal(0, silos.All[n].ExitCode);
            await UntilAsync(silos.Store, (await silos.Store.ReadCountsAsync("s1"))!.Finished + 30);
            mixed = n < shapes.Length - 1 ? (await silos.Store.ReadCountsAsync("s1"))!.Finished : mixed;
        }
        await UntilAsync(silos.Store, runs);

        Assert.Equal(new SweepCounts(runs, runs, 0, 0, 0, 0), await silos.Store.ReadCountsAsync("s1"));
        foreach (var run in (await silos.Store.ReadSweepAsync("s1"))!.Runs)
            Assert.Equal(3, run.Attempts - (await silos.Store.ReadRunAsync(run.RunId))!.Units.Sum(unit => unit.Attempts.Count(attempt => attempt.Ending == "host-stopping")));
        Assert.Equal(runs, (await host.ReadAggregateAsync("s1"))!.Arms.Single().Scored);
        output.WriteLine($"measured: {mixed} of {runs} runs were finished while silos of both builds were members");
    }

    private static async Task UntilAsync(PostgresFarmStore store, int finished)
    {
        for (var look = 0; look < 2400 && (await store.ReadCountsAsync("s1"))!.Finished < finished; look++)
            await Task.Delay(50);
        Assert.True((await store.ReadCountsAsync("s1"))!.Finished >= finished, $"The sweep stands still before {finished} runs.");
    }

    private sealed class OtherSiloFactAttribute : FactAttribute
    {
        public OtherSiloFactAttribute() => Skip = PostgresServer.Absent ?? (Path is null ? "no other build: NASFARM_OTHER_SILO names no nasfarm-silo.dll" : null);

        public static string? Path { get; } = Environment.GetEnvironmentVariable("NASFARM_OTHER_SILO") is { Length: > 0 } path && System.IO.File.Exists(path) ? path : null;
    }
}
