using System.Diagnostics;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Programs;
using Xunit.Abstractions;

namespace NasFarm.Orleans.Tests.Chaos;

/// <summary>Three silos on one PostgreSQL, real searches, and no rest for them.</summary>
[Trait("Tier", "chaos")]
public sealed class SiloChaosTests(ITestOutputHelper output)
{
    private const int Silos = 3, Seeds = 18, Arms = 4, Blows = 50;

    private static string Manifest => Manifests.Sweep("chaos", Seeds, Manifests.SgasEs, Manifests.Sgas, Manifests.Darts, Manifests.RandomCells);

    [PostgresFact]
    public async Task Fifty_kills_and_freezes_of_silos_and_of_the_database_lose_and_double_nothing()
    {
        const int seed = 20261123;
        var random = new Random(seed);
        var embedded = await EmbeddedAsync();
        await using var postgres = await PostgresServer.StartAsync();
        using var place = new Workplace();
        var address = await postgres.NewSchemaAsync();
        (string, string)[] environment =
            [("NASFARM_STORE", address), ("NASFARM_ARTIFACTS", Directory.CreateDirectory(Path.Combine(place.Folder, "shared")).FullName)];
        using (var submit = place.Start(["submit", place.Write("chaos.yaml", Manifest)], environment))
            Assert.Equal(Cli.ExitCodes.Done, (await submit.EndAsync()).ExitCode);
        await using var store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System, TimeSpan.FromSeconds(60));
        var sweep = Assert.Single(await store.ListSweepsAsync());
        var silos = Enumerable.Range(0, Silos).Select(n => Start(place, environment, n)).ToList();
        var struck = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var began = Stopwatch.GetTimestamp();
        try
        {
            // Blow after blow while there is work; who is gone is replaced. Where the sweep gets ahead of the blows they follow closer.
            while ((await store.ReadCountsAsync(sweep.SweepId))! is { Open: > 0 } counts)
            {
                var isLate = struck.Values.Sum() * Seeds * Arms < 2 * Blows * counts.Finished;
                await Task.Delay(isLate ? random.Next(100, 500) : random.Next(500, 2000));
                var at = random.Next(Silos);
                var blow = silos[at].HasEnded ? "" : await StrikeAsync(random, place, postgres, silos[at]);
                if (blow.Length > 0)
                    struck[blow] = struck.GetValueOrDefault(blow) + 1;
                await store.UncordonAsync(Environment.MachineName);
                for (var n = 0; n < Silos; n++)
                {
                    if (!silos[n].HasEnded)
                        continue;
                    silos[n].Dispose();
                    silos[n] = Start(place, environment, n);
                }
            }
        }
        finally
        {
            foreach (var silo in silos)
                silo.Dispose();
        }
        output.WriteLine($"measured: {struck.Values.Sum()} blows on {Silos} silos over {Seeds * Arms} runs, seed {seed}, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: {string.Join(", ", struck.Select(s => $"{s.Key} ×{s.Value}"))}");

        Assert.True(struck.Values.Sum() >= Blows, $"The sweep was over after {struck.Values.Sum()} blows.");
        Assert.Equal(new SweepCounts(Seeds * Arms, Seeds * Arms, 0, 0, 0, 0), (await store.ReadCountsAsync(sweep.SweepId))!);
        foreach (var run in (await store.ReadSweepAsync(sweep.SweepId))!.Runs)
        {
            Assert.Equal(embedded[run.RunId], await store.EffectiveHistoryAsync(run.RunId));
            Assert.All((await store.ReadRunAsync(run.RunId))!.Units, unit => Assert.Single(unit.Attempts, a => a.Ending == "done"));
        }
        Assert.True(await Eventually.Holds(() => place.Living.Count == 0), "A trainer outlives its silo.");
    }

    private static async Task<string> StrikeAsync(Random random, Workplace place, PostgresServer postgres, Running silo)
    {
        switch (random.Next(7))
        {
            case 0 or 1 or 2:
                silo.Send(Signals.Kill);
                await silo.EndAsync();
                return "silo killed";
            case 3 when place.Trainers is { Count: > 0 } trainers:
                Signals.Send(trainers[random.Next(trainers.Count)], Signals.Kill);
                return "trainer killed";
            case 4:
                // Up to longer than membership's patience: then it wakes up to find that it is dead.
                silo.Send(Signals.Stop);
                await Task.Delay(random.Next(200, 8000));
                silo.Send(Signals.Continue);
                return "silo frozen";
            case 5:
                silo.Send(Signals.Terminate);
                await silo.EndAsync();
                return "silo asked to leave";
            case 6 when random.Next(3) == 0:
                await postgres.CrashAndStartAsync();
                return "database killed";
            default:
                return "";
        }
    }

    private static async Task<SortedDictionary<string, string>> EmbeddedAsync()
    {
        using var place = new Workplace { LeaseSeconds = null };
        await place.MustRunAsync("run", place.Write("chaos.yaml", Manifest), "--slots", "2", "--quiet");
        return await place.HistoriesAsync();
    }

    private static Running Start(Workplace place, (string, string)[] environment, int number)
    {
        (string, string)[] settings =
        [
            ("ROLE", "all"), ("CPUSLOTS", "1"), ("SILOPORT", Ports.Free()), ("GATEWAYPORT", Ports.Free()), ("TRAINER", Workplace.Program), ("LEASESECONDS", "10"),
            ("PROBESECONDS", "1"), ("POLLSECONDS", "2"), ("DRAINSECONDS", "20"),
        ];
        return place.Launch(
            ["dotnet", typeof(SiloProgram).Assembly.Location],
            [.. environment, ("NASFARM_HOME", Path.Combine(place.Folder, $"silo-{number}")), .. settings.Select(s => (SiloSettings.Prefix + s.Item1, s.Item2))]);
    }

    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute() => Skip = PostgresServer.Absent;
    }
}
