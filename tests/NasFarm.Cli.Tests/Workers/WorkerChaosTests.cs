using System.Diagnostics;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store.Postgres;
using Xunit.Abstractions;

namespace NasFarm.Cli.Tests.Workers;

/// <summary>Three workers on one PostgreSQL store, and no rest for them.</summary>
[Trait("Tier", "chaos")]
public sealed class WorkerChaosTests(ITestOutputHelper output)
{
    private const int Workers = 3, Seeds = 15, Arms = 4, Blows = 100;

    /// <summary>Sixty runs: every method, each seed searched, stopped early, rolled back and retrained.</summary>
    private static string Manifest => Manifests.Sweep("chaos", Seeds, Manifests.SgasEs, Manifests.Sgas, Manifests.Darts, Manifests.RandomCells);

    [PostgresFact]
    public async Task A_hundred_kills_and_freezes_of_three_workers_lose_and_double_nothing()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        var undisturbed = await UndisturbedAsync();
        await using var postgres = await PostgresServer.StartAsync();
        using var place = new Workplace();
        var (farm, environment) = await SubmitAsync(postgres, place);
        await using var store = farm;
        var sweep = Assert.Single(await store.ListSweepsAsync());
        var workers = Enumerable.Range(0, Workers).Select(n => Start(place, environment, n)).ToList();
        var struck = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var began = Stopwatch.GetTimestamp();
        try
        {
            // 1. Blow after blow while there is work; who was killed is replaced. Where a fast machine gets ahead of them they follow closer, and
            // strike rather than hold.
            while ((await store.ReadCountsAsync(sweep.SweepId))! is { Open: > 0 } counts)
            {
                var isLate = struck.Values.Sum() * Seeds * Arms < 2 * Blows * counts.Finished;
                await Task.Delay(random.Next(100, isLate ? 200 : 900));
                var at = random.Next(Workers);
                var blow = workers[at].HasEnded ? "" : await StrikeAsync(random, place, workers[at], isLate);
                if (blow.Length > 0)
                    struck[blow] = struck.GetValueOrDefault(blow) + 1;
                // Trainers that die three times in a row look like a bad slot, which is closed for minutes: somebody knows better.
                await store.UncordonAsync(Environment.MachineName);
                for (var n = 0; n < Workers; n++)
                {
                    if (!workers[n].HasEnded)
                        continue;
                    workers[n].Dispose();
                    workers[n] = Start(place, environment, n);
                }
            }
        }
        finally
        {
            foreach (var worker in workers)
                worker.Dispose();
        }
        output.WriteLine($"measured: {struck.Values.Sum()} blows on {Workers} workers over {Seeds * Arms} runs, seed {seed}, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: {string.Join(", ", struck.Select(s => $"{s.Key} ×{s.Value}"))}");

        // 2. Each run has its result, once, and with the bytes of the undisturbed one.
        Assert.True(struck.Values.Sum() >= Blows, $"The sweep was over after {struck.Values.Sum()} blows.");
        Assert.Equal(new SweepCounts(Seeds * Arms, Seeds * Arms, 0, 0, 0, 0), (await store.ReadCountsAsync(sweep.SweepId))!);
        foreach (var run in (await store.ReadSweepAsync(sweep.SweepId))!.Runs)
        {
            Assert.Equal(undisturbed[run.RunId], await store.EffectiveHistoryAsync(run.RunId));
            Assert.All((await store.ReadRunAsync(run.RunId))!.Units, unit => Assert.Single(unit.Attempts, a => a.Ending == "done"));
        }
        Assert.True(await Eventually.Holds(() => place.Living.Count == 0), "A trainer outlives its worker.");
    }

    [PostgresFact]
    public async Task A_killed_workers_unit_runs_elsewhere_within_thirty_seconds()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var place = new Workplace { LeaseSeconds = null };
        var (farm, environment) = await SubmitAsync(postgres, place);
        await using var store = farm;
        var sweep = Assert.Single(await store.ListSweepsAsync());
        using var killed = Start(place, environment, 0);
        Assert.True(await Eventually.Holds(() => killed.SaidSoFar.Contains(" started ", StringComparison.Ordinal)), "The first worker began nothing.");

        killed.Send(Signals.Kill);
        var at = TimeProvider.System.GetUtcNow();
        var orphan = Assert.Single((await store.ReadSnapshotAsync()).Running);
        using var other = Start(place, environment, 1);
        UnitDetails? unit = null;
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var look = 0; look < 1200 && unit is not { Attempts.Count: > 1 }; look++)
        {
            await looks.WaitForNextTickAsync();
            unit = (await store.ReadRunAsync(orphan.RunId))!.Units.Single(u => u.UnitId == orphan.UnitId);
        }

        Assert.True(unit is { Attempts.Count: 2 }, $"{orphan.UnitId} of {sweep.SweepId} never ran again.");
        var seconds = (unit.Attempts[1].ClaimedAt - at).TotalSeconds;
        output.WriteLine($"measured: a unit was claimed again {seconds:0.0} s after its worker was killed");
        Assert.InRange(seconds, 0, 30);
    }

    private static async Task<string> StrikeAsync(Random random, Workplace place, Running worker, bool quickly)
    {
        switch (random.Next(quickly ? 3 : 6))
        {
            case 0 or 1:
                worker.Send(Signals.Kill);
                await worker.EndAsync();
                return "worker killed";
            case 2 when place.Trainers is { Count: > 0 } trainers:
                Signals.Send(trainers[random.Next(trainers.Count)], Signals.Kill);
                return "trainer killed";
            case 3 when place.Trainers is { Count: > 0 } trainers:
                var frozen = trainers[random.Next(trainers.Count)];
                Signals.Send(frozen, Signals.Stop);
                await Task.Delay(random.Next(200, 5000));
                Signals.Send(frozen, Signals.Continue);
                return "trainer frozen";
            case 4:
                // Up to longer than a lease: then it wakes up to find its unit with another.
                worker.Send(Signals.Stop);
                await Task.Delay(random.Next(200, 6000));
                worker.Send(Signals.Continue);
                return "worker frozen";
            case 5:
                worker.Send(Signals.Terminate);
                await worker.EndAsync();
                return "worker asked to leave";
            default:
                return "";
        }
    }

    private static async Task<SortedDictionary<string, string>> UndisturbedAsync()
    {
        using var place = new Workplace { LeaseSeconds = null };
        await place.MustRunAsync("run", place.Write("chaos.yaml", Manifest), "--slots", "2", "--quiet");
        return await place.HistoriesAsync();
    }

    private static async Task<(PostgresFarmStore Store, (string, string)[] Environment)> SubmitAsync(PostgresServer postgres, Workplace place)
    {
        var address = await postgres.NewSchemaAsync();
        (string, string)[] environment =
            [("NASFARM_STORE", address), ("NASFARM_ARTIFACTS", Directory.CreateDirectory(Path.Combine(place.Folder, "shared")).FullName)];
        using (var submit = place.Start(["submit", place.Write("chaos.yaml", Manifest)], environment))
            Assert.Equal(ExitCodes.Done, (await submit.EndAsync()).ExitCode);
        return (await PostgresFarmStore.OpenAsync(address, TimeProvider.System), environment);
    }

    private static Running Start(Workplace place, (string, string)[] environment, int number) =>
        place.Start(["worker", "--slots", "1", "--home", Path.Combine(place.Folder, $"worker-{number}")], environment);

    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute() => Skip = PostgresServer.Absent;
    }
}
