using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;

namespace NasFarm.Bench;

/// <summary>What a PostgreSQL store does a second: dispatches by a farm's own slots (a claim, the report of the start, and a completion that enqueues
/// what follows, each committed), then metric rows.</summary>
internal static class StoreRate
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(StoreRateOptions options)
    {
        await using var store = await PostgresFarmStore.OpenAsync(options.Store, TimeProvider.System);
        var accepting = Stopwatch.GetTimestamp();
        await store.AcceptAsync(BenchSweep.Of(options.Runs));
        var accepted = Stopwatch.GetElapsedTime(accepting).TotalSeconds;
        Console.Error.WriteLine(FormattableString.Invariant($"{options.Runs} runs accepted in {accepted:F1} s"));

        var status = await MedianAsync(async () => Assert((await SweepStatusReader.ReadHeadAsync(store, BenchSweep.Id, 200))!.Sweep.Counts.Declared == options.Runs));
        var counts = await MedianAsync(async () => Assert((await store.ReadCountsAsync(BenchSweep.Id))!.Declared == options.Runs));
        Console.Error.WriteLine(FormattableString.Invariant($"status of 200 runs in {status:F0} ms, counts in {counts:F0} ms"));

        var dispatches = await DispatchAsync(store, options);
        var rows = await Clients(options, async (slot, over) =>
        {
            var claim = (await store.ClaimAsync([.. (await store.ReadSnapshotAsync(4 * options.Connections + 16, "cpu")).Waiting.Select(u => u.UnitId)], slot, Lease))!;
            var done = 0L;
            for (var step = 0L; !over(); step += options.Batch)
            {
                await store.AppendAsync(claim.Key, [.. Enumerable.Range(0, options.Batch).Select(n =>
                    new TrainerEvent.Metric(claim.Key.Fence, step + n, 1, "train_loss", 1.0 / (step + n + 1), Timing: false))]);
                done += options.Batch;
            }
            return done;
        });
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            what = "store", slots = options.Connections, seconds = options.Seconds, accepted_runs = options.Runs, accept_s = accepted, status_ms = status, counts_ms = counts,
            dispatches = dispatches.Done, dispatches_per_s = dispatches.Done / dispatches.Seconds,
            metric_rows = rows.Done, rows_per_batch = options.Batch, metric_rows_per_s = rows.Done / rows.Seconds,
        }));
        return 0;
    }

    /// <summary>A farm whose trainers are done at once: every unit is claimed, started and completed, and each completion enqueues the next phase.</summary>
    private static async Task<(long Done, double Seconds)> DispatchAsync(PostgresFarmStore store, StoreRateOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("nasfarm-bench-");
        try
        {
            var done = 0L;
            var farm = new LocalFarm(store, new()
            {
                Owner = "bench", CpuSlots = options.Connections, Artifacts = folder.FullName, Trainer = new() { Program = "none: trainers live in this process" },
            }, TimeProvider.System, told => { if (told is FarmEvent.Completed) Interlocked.Increment(ref done); }, new InstantTrainers());
            using var over = new CancellationTokenSource(TimeSpan.FromSeconds(options.Seconds));
            var began = Stopwatch.GetTimestamp();
            await farm.RunAsync(null, over.Token);
            return (done, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Milliseconds, median of 21 after a first one.</summary>
    private static async Task<double> MedianAsync(Func<Task> ask)
    {
        await ask();
        var times = new List<double>();
        while (times.Count < 21)
        {
            var began = Stopwatch.GetTimestamp();
            await ask();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return SearchStep.Median(times);
    }

    private static void Assert(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException("The store does not count what was accepted; give the benchmark an empty schema.");
    }

    private static async Task<(long Done, double Seconds)> Clients(StoreRateOptions options, Func<SlotInfo, Func<bool>, Task<long>> client)
    {
        var began = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(n => client(
            new($"bench/cpu-{n}", "bench", "bench", "cpu", "-", 1, [], BenchSweep.Fingerprint.Hash()),
            () => Stopwatch.GetElapsedTime(began).TotalSeconds >= options.Seconds)));
        return (done.Sum(), Stopwatch.GetElapsedTime(began).TotalSeconds);
    }
}

/// <summary>What to measure on which store.</summary>
internal sealed record StoreRateOptions(string Store, int Connections = 8, double Seconds = 60, int Runs = 2000, int Batch = 500)
{
    public static StoreRateOptions Parse(string[] arguments)
    {
        var options = new StoreRateOptions(Environment.GetEnvironmentVariable("NASFARM_STORE") ?? "");
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            int Number() => int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--store" => options with { Store = arguments[i + 1] },
                "--connections" => options with { Connections = Number() },
                "--seconds" => options with { Seconds = Number() },
                "--runs" => options with { Runs = Number() },
                "--batch" => options with { Batch = Number() },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }
}
