using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Server.Hosting;
using NasFarm.Server.Telemetry;

namespace NasFarm.Bench;

/// <summary>What telemetry costs a process: the same small sweep with it, scraped, and without, in turns. Trainers are of this process and
/// only wait, so that all of its processor time is the farm's.</summary>
internal static class TelemetryCost
{
    public static async Task<int> RunAsync(TelemetryCostOptions options)
    {
        // What is compiled and loaded once is no cost of the running farm.
        await OneAsync(options with { Runs = options.Slots, ScrapeSeconds = 0.1 }, measured: true);
        await OneAsync(options with { Runs = options.Slots }, measured: false);
        var pairs = new List<(double With, double Without, double Took)>();
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            // Who goes first changes, so that a machine that slows down favours neither.
            var first = await OneAsync(options, measured: pair % 2 == 0);
            var second = await OneAsync(options, measured: pair % 2 == 1);
            pairs.Add(pair % 2 == 0 ? (first.Cpu, second.Cpu, first.Took) : (second.Cpu, first.Cpu, second.Took));
        }
        var extra = pairs.Select(pair => pair.With - pair.Without).Order().ToList();
        var (took, without) = (pairs.Average(pair => pair.Took), pairs.Average(pair => pair.Without));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            what = "telemetry", runs = options.Runs, epochs = options.Epochs, epoch_s = options.EpochSeconds, slots = options.Slots, scrape_s = options.ScrapeSeconds, pairs = options.Pairs, took_s = took,
            cpu_s_without = pairs.Select(pair => Math.Round(pair.Without, 3)), cpu_s_with = pairs.Select(pair => Math.Round(pair.With, 3)),
            extra_cpu_s_median = extra[extra.Count / 2],
            extra_of_one_processor = extra[extra.Count / 2] / took,
            extra_of_slots = extra[extra.Count / 2] / took / options.Slots,
            extra_of_farm = extra[extra.Count / 2] / without,
        }));
        return 0;
    }

    private static async Task<(double Cpu, double Took)> OneAsync(TelemetryCostOptions options, bool measured)
    {
        var plan = BenchSweep.Of(options.Runs);
        var folder = Directory.CreateTempSubdirectory("nasfarm-bench-");
        try
        {
            await using var store = await SqliteFarmStore.OpenAsync(Path.Combine(folder.FullName, "farm.db"), TimeProvider.System);
            await store.AcceptAsync(plan);
            await using var telemetry = measured ? FarmTelemetry.Start(store, TimeProvider.System, "bench", "bench") : null;
            await using var web = telemetry is null ? null : await HealthWeb.StartAsync(store, () => null, telemetry, ["http://127.0.0.1:0"], CancellationToken.None);
            var farm = new LocalFarm(store, new()
            {
                Owner = "bench", CpuSlots = options.Slots, Artifacts = Path.Combine(folder.FullName, "artifacts"), Trainer = new() { Program = "none" },
            }, TimeProvider.System, telemetry?.Before(_ => { }), new MeasuringTrainers(options.Epochs, TimeSpan.FromSeconds(options.EpochSeconds)));
            using var over = new CancellationTokenSource();
            var (began, usedBefore) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var scraping = web is null ? Task.CompletedTask : ScrapeAsync(new(web.Urls.Single()), TimeSpan.FromSeconds(options.ScrapeSeconds), over.Token);
            await farm.RunAsync([plan.SweepId], CancellationToken.None);
            await over.CancelAsync();
            await scraping;
            return ((Environment.CpuUsage.TotalTime - usedBefore).TotalSeconds, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ScrapeAsync(Uri address, TimeSpan interval, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = address };
        while (!stop.IsCancellationRequested)
        {
            await client.GetByteArrayAsync(FarmTelemetry.Path, CancellationToken.None);
            await Task.Delay(interval, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>How much work on how many slots, and how often in turns.</summary>
internal sealed record TelemetryCostOptions(int Runs = 64, int Epochs = 4, double EpochSeconds = 0.25, int Slots = 16, int Pairs = 5, double ScrapeSeconds = 5)
{
    public static TelemetryCostOptions Parse(string[] arguments)
    {
        var options = new TelemetryCostOptions();
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            int Number() => int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--runs" => options with { Runs = Number() },
                "--epochs" => options with { Epochs = Number() },
                "--epoch-seconds" => options with { EpochSeconds = double.Parse(arguments[i + 1], CultureInfo.InvariantCulture) },
                "--slots" => options with { Slots = Number() },
                "--scrape-seconds" => options with { ScrapeSeconds = double.Parse(arguments[i + 1], CultureInfo.InvariantCulture) },
                "--pairs" => options with { Pairs = Number() },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }
}
