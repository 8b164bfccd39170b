using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;

namespace NasFarm.Bench;

/// <summary>How long a comparison of many finished runs takes: reading the sweep, the statistics, and the text. The runs are claimed, started, fed
/// with metrics and completed as a farm does it; only their searches are made up.</summary>
internal static class CompareRate
{
    private static readonly string[] Arms = ["darts", "sgas"];

    private static readonly string[] Metrics =
        ["train_loss", "train_accuracy", "valid_loss", "valid_accuracy", "lambda_max", "alpha_entropy", "alpha_margin", "skip_share", "grad_evals_w", "grad_evals_alpha"];

    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    public static async Task<int> RunAsync(CompareRateOptions options)
    {
        await using var store = await PostgresFarmStore.OpenAsync(options.Store, TimeProvider.System);
        // A store that was filled before is used as it is.
        if ((await store.ReadCountsAsync(BenchSweep.Id))?.Finished != options.Runs)
        {
            await store.AcceptAsync(Plan(options.Runs));
            await FinishAsync(store, options);
        }
        var undigested = (await CompareAsync(store)).All;
        var digesting = Stopwatch.GetTimestamp();
        while (await store.DigestAsync(500) > 0)
        {
            // Until all are made.
        }
        var digested = Stopwatch.GetElapsedTime(digesting).TotalSeconds;
        Console.Error.WriteLine(FormattableString.Invariant($"compared from all metrics in {undigested:F1} s; digests made in {digested:F1} s"));
        var times = new List<Times>();
        while (times.Count < options.Times)
            times.Add(await CompareAsync(store));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            what = "compare", runs = options.Runs, metric_rows = (long)options.Runs * options.Epochs * Metrics.Length, times = options.Times,
            first_from_metrics_s = undigested, digests_s = digested,
            read_median_s = SearchStep.Median([.. times.Select(t => t.Read)]),
            statistics_median_s = SearchStep.Median([.. times.Select(t => t.Statistics)]),
            collecting_median_s = SearchStep.Median([.. times.Select(t => t.Collecting)]),
            compare_median_s = SearchStep.Median([.. times.Select(t => t.All)]),
            compare_p95_s = times.Select(t => t.All).Order().ElementAt((int)Math.Ceiling(0.95 * times.Count) - 1),
        }));
        return 0;
    }

    /// <summary>Seconds.</summary>
    private readonly record struct Times(double Read, double Statistics, double Collecting, double All);

    private static async Task<Times> CompareAsync(PostgresFarmStore store)
    {
        var (began, collecting) = (Stopwatch.GetTimestamp(), GC.GetTotalPauseDuration());
        var sweep = (await store.ReadResultAsync(BenchSweep.Id, Table, withCurves: false))!;
        var read = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var comparison = SweepComparison.Of(sweep);
        var compared = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var text = ComparisonText.Render(comparison);
        var all = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return text.Contains($"{sweep.Runs.Count} declared = {sweep.Runs.Count} finished", StringComparison.Ordinal)
            ? new(read, compared - read, (GC.GetTotalPauseDuration() - collecting).TotalSeconds, all)
            : throw new InvalidOperationException("The comparison does not count what was finished: " + text);
    }

    /// <summary>Made-up scores, another for every genotype, of the three data sets that the benchmark's table has.</summary>
    private static Dictionary<string, double> Table(SeedRunSpec run, string genotype)
    {
        var spread = Math.Sin(genotype.Sum(letter => (double)letter * letter));
        return new() { ["c10_test_200"] = 90 + 4 * spread, ["c100_test_200"] = 68 + 5 * spread, ["in16_test_200"] = 42 + 5 * spread };
    }

    private static SweepPlan Plan(int runs) => BenchSweep.Of(0) with
    {
        Arms = Arms,
        Comparison = new(Arms[0], Arms[1]),
        Runs =
        [
            .. from arm in Arms
               let settings = MethodCatalog.Resolve(arm, "nas-bench-201")
               from seed in Enumerable.Range(0, runs / Arms.Length)
               select new PlannedRun(string.Create(CultureInfo.InvariantCulture, $"{arm}-{seed:000000}"), arm, new()
               {
                   Method = arm, NumericsRevision = 1, Hyperparameters = settings, Space = new("nas-bench-201", 16, 5),
                   Data = new() { Name = "cifar-10", ContentHash = "00" }, SearchSeed = seed, DataOrderSeed = seed,
               }, [], Table: true),
        ],
    };

    private static async Task FinishAsync(PostgresFarmStore store, CompareRateOptions options)
    {
        var slot = new SlotInfo("bench/cpu-0", "bench", "bench", "cpu", "-", 1, [], BenchSweep.Fingerprint.Hash());
        var random = new Random(1);
        for (var done = 0; done < options.Runs;)
        {
            foreach (var unit in (await store.ReadSnapshotAsync(1000, "cpu")).Waiting)
            {
                var claim = (await store.ClaimAsync([unit.UnitId], slot, Lease))!;
                await store.RecordStartedAsync(claim.Key, new(claim.Key.Fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
                await store.AppendAsync(claim.Key,
                [
                    .. from epoch in Enumerable.Range(0, options.Epochs)
                       from metric in Metrics
                       select new TrainerEvent.Metric(claim.Key.Fence, epoch, epoch, metric, random.NextDouble(), Timing: false),
                ]);
                var file = new CheckpointRef($"{claim.Key.UnitId}/end.safetensors", "00", 1, options.Epochs, options.Epochs, EndOfUnit: true);
                await store.CompleteAsync(claim.Key, new(claim.Key.Fence, file, new(true, Genotype(random), options.Epochs, options.Epochs, false), null), []);
                if (++done % 1000 == 0)
                    Console.Error.WriteLine($"{done} of {options.Runs} runs finished");
            }
        }
    }

    private static string Genotype(Random random) => RandomGenotypes.Draw(SearchSpaces.NasBench201, NoneRule.Paper, random.Next).ToString();
}

/// <summary>What to compare on which store.</summary>
internal sealed record CompareRateOptions(string Store, int Runs = 10_000, int Epochs = 50, int Times = 40)
{
    public static CompareRateOptions Parse(string[] arguments)
    {
        var options = new CompareRateOptions(Environment.GetEnvironmentVariable("NASFARM_STORE") ?? "");
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            int Number() => int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--store" => options with { Store = arguments[i + 1] },
                "--runs" => options with { Runs = Number() },
                "--epochs" => options with { Epochs = Number() },
                "--times" => options with { Times = Number() },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }
}
