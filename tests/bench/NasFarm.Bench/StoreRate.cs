using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store.Postgres;

namespace NasFarm.Bench;

/// <summary>What a PostgreSQL store does a second, through the members that workers call: dispatches (a claim, the report of the start, and a
/// completion that enqueues what follows, each committed), then metric rows.</summary>
internal static class StoreRate
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private static readonly NumericsFingerprint Fingerprint = new()
    {
        Libtorch = "-", Blas = "-", InstructionSet = "-", Threads = 1, ElementType = "float32", Layout = "nchw", Device = "cpu", Backend = "bench",
    };

    public static async Task<int> RunAsync(StoreRateOptions options)
    {
        await using var store = await PostgresFarmStore.OpenAsync(options.Store, TimeProvider.System);
        var accepting = Stopwatch.GetTimestamp();
        await store.AcceptAsync(Plan(options.Runs));
        var accepted = Stopwatch.GetElapsedTime(accepting).TotalSeconds;
        Console.Error.WriteLine(FormattableString.Invariant($"{options.Runs} runs accepted in {accepted:F1} s"));

        var dispatches = await Clients(options, async (slot, over) =>
        {
            var done = 0L;
            while (!over())
            {
                var ranking = (await store.ReadSnapshotAsync(4 * options.Connections + 16, "cpu")).Waiting.Select(u => u.UnitId).ToList();
                if (await store.ClaimAsync(ranking, slot, Lease) is not { } claim)
                    continue;
                await store.RecordStartedAsync(claim.Key, new(claim.Key.Fence, Fingerprint, null, 0, [], NumericsChanged: false));
                var end = new CheckpointRef($"{claim.Key.UnitId}/end.safetensors", "00", 1, 1, 1, EndOfUnit: true);
                // A search of many phases: every completion enqueues the next one.
                await store.CompleteAsync(claim.Key, new(claim.Key.Fence, end, new(false, "-", 1, 1, false), null), []);
                done++;
            }
            return done;
        });
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
            what = "store", connections = options.Connections, seconds = options.Seconds, accepted_runs = options.Runs, accept_s = accepted,
            dispatches = dispatches.Done, dispatches_per_s = dispatches.Done / dispatches.Seconds,
            metric_rows = rows.Done, rows_per_batch = options.Batch, metric_rows_per_s = rows.Done / rows.Seconds,
        }));
        return 0;
    }

    private static async Task<(long Done, double Seconds)> Clients(StoreRateOptions options, Func<SlotInfo, Func<bool>, Task<long>> client)
    {
        var began = Stopwatch.GetTimestamp();
        var done = await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(n => client(
            new($"bench/cpu-{n}", "bench", "bench", "cpu", "-", 1, [], Fingerprint.Hash()),
            () => Stopwatch.GetElapsedTime(began).TotalSeconds >= options.Seconds)));
        return (done.Sum(), Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    private static SweepPlan Plan(int runs)
    {
        var data = new DataSpec { Name = "fashion-mnist", ContentHash = "00" };
        return new()
        {
            SweepId = "bench", Name = "bench", Tenant = "default", Manifest = "", Arms = ["darts"], Comparison = new("darts", null),
            Execution = new(), CodeVersion = "bench",
            Runs = [.. Enumerable.Range(0, runs).Select(seed => new PlannedRun(
                string.Create(CultureInfo.InvariantCulture, $"bench-{seed:000000}"), "darts",
                new()
                {
                    Method = "darts", NumericsRevision = 1, Hyperparameters = MethodCatalog.Resolve("darts", "darts"), Space = new("darts", 16, 8),
                    Data = data, SearchSeed = seed, DataOrderSeed = seed,
                }, [], Table: true))],
        };
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
