using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Catalog.Data;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Server;

namespace NasFarm.Bench;

/// <summary>How long pages of a large farm take, from the request to the last byte: a sweep of many runs, nine of ten finished, and many small sweeps
/// beside it. With <c>--serve</c> the server stays, for looking at it in a browser.</summary>
internal static class PageRate
{
    private static readonly string[] Arms = ["sgas-es", "sgas", "darts", "pc-darts", "random"];

    private static readonly SlotInfo Slot = new("bench/cpu-0", "bench", "bench", "cpu", "-", 1L << 30, [], BenchSweep.Fingerprint.Hash());

    public static async Task<int> RunAsync(PageRateOptions options)
    {
        await using var store = await SqliteFarmStore.OpenAsync(options.Store, TimeProvider.System);
        if (await store.ReadCountsAsync(BenchSweep.Id) is null)
            await FillAsync(store, options);
        await using var app = await ServeAsync(store);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        if (options.Serve)
        {
            Console.Error.WriteLine(client.BaseAddress);
            await Microsoft.Extensions.Hosting.HostingAbstractionsHostExtensions.WaitForShutdownAsync(app);
            return 0;
        }
        foreach (var (page, path) in new[]
        {
            ("sweeps", "/"), ("sweep", $"/sweeps/{BenchSweep.Id}"), ("cells", $"/sweeps/{BenchSweep.Id}/cells"), ("run", "/runs/bench-darts-000001"),
            ("compare", $"/compare?sweep={BenchSweep.Id}"), ("slots", "/slots"),
        })
        {
            var times = new List<double>();
            var busy = TimeSpan.Zero;
            long bytes = 0;
            for (var i = 0; i < options.Times + 1; i++)
            {
                var (began, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                bytes = (await client.GetByteArrayAsync(path)).Length;
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                busy += i > 0 ? Environment.CpuUsage.TotalTime - processor : TimeSpan.Zero;
            }
            var later = times.Skip(1).Order().ToList();
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                what = "page", page, runs = options.Runs, sweeps = options.Sweeps, times = options.Times, bytes, first_ms = times[0],
                median_ms = SearchStep.Median([.. later]), processor_ms = busy.TotalMilliseconds / options.Times, p95_ms = later[(int)Math.Ceiling(0.95 * later.Count) - 1],
            }));
        }
        return 0;
    }

    private static async Task<WebApplication> ServeAsync(SqliteFarmStore store)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var ids = 0;
        builder.Services.AddFarmServer(new()
        {
            Store = store, Host = new EmbeddedHost(store, TimeProvider.System, TimeSpan.FromSeconds(1)), Data = new NoData(), CodeVersion = "bench", Time = TimeProvider.System,
            NewId = () => $"bench-{Interlocked.Increment(ref ids)}", Auth = new() { LocalAdmin = "bench", RequestsPerMinute = 1_000_000 },
        });
        var app = builder.Build();
        app.MapFarmServer();
        await app.StartAsync();
        return app;
    }

    private static async Task FillAsync(SqliteFarmStore store, PageRateOptions options)
    {
        await store.AnnounceSlotsAsync([Slot], TimeSpan.FromDays(30));
        for (var i = 0; i < options.Sweeps; i++)
            await store.AcceptAsync(Plan(string.Create(CultureInfo.InvariantCulture, $"small-{i:0000}"), 1, Arms[..2]));
        await store.AcceptAsync(Plan(BenchSweep.Id, options.Runs / Arms.Length, Arms));
        var random = new Random(1);
        for (var seed = 0; seed < options.Runs / Arms.Length * 9 / 10; seed++)
        {
            foreach (var arm in Arms)
                await FinishAsync(store, string.Create(CultureInfo.InvariantCulture, $"bench-{arm}-{seed:000000}"), random);
            if (seed % 100 == 0)
                Console.Error.WriteLine($"{seed * Arms.Length} of {options.Runs} runs finished");
        }
        while (await store.DigestAsync(500) > 0)
        {
            // Until all are made.
        }
    }

    private static SweepPlan Plan(string id, int seeds, string[] arms) => BenchSweep.Of(0) with
    {
        SweepId = id, Name = id, Arms = arms, Comparison = new(arms[0], arms[1]),
        Runs =
        [
            .. from arm in arms
               let settings = MethodCatalog.Resolve(arm, "nas-bench-201")
               from seed in Enumerable.Range(0, seeds)
               let run = string.Create(CultureInfo.InvariantCulture, $"{id}-{arm}-{seed:000000}")
               select new PlannedRun(run, arm, new()
               {
                   Method = arm, NumericsRevision = 1, Hyperparameters = settings, Space = new("nas-bench-201", 16, 5),
                   Data = new() { Name = "cifar-10", ContentHash = "00" }, SearchSeed = seed, DataOrderSeed = seed,
               },
               [new($"{run}-t0", new() { Data = new() { Name = "cifar-10", ContentHash = "00" }, Recipe = "nas-bench-201", Settings = new([new("epochs", 12)]), NumericsRevision = 1 }, 0)], Table: false),
        ],
    };

    private static async Task FinishAsync(SqliteFarmStore store, string run, Random random)
    {
        var search = (await store.ClaimAsync([$"{run}-p00"], Slot, TimeSpan.FromHours(1)))!.Key;
        await store.RecordStartedAsync(search, new(search.Fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
        await store.AppendAsync(search,
        [
            .. from epoch in Enumerable.Range(0, 10)
               from metric in new[] { "valid_accuracy", "lambda_max", "alpha_entropy", "skip_share" }
               select new TrainerEvent.Metric(search.Fence, epoch, epoch, metric, random.NextDouble(), Timing: false),
        ]);
        var cell = RandomGenotypes.Draw(SearchSpaces.NasBench201, NoneRule.Excluded, random.Next).ToString();
        await store.CompleteAsync(search, new(search.Fence, End(search), new(true, cell, 10, 10, false), null), []);
        var job = (await store.ClaimAsync([$"{run}-t0"], Slot, TimeSpan.FromHours(1)))!.Key;
        await store.RecordStartedAsync(job, new(job.Fence, BenchSweep.Fingerprint, null, 0, [], NumericsChanged: false));
        await store.CompleteAsync(job, new(job.Fence, End(job), null, new(88 + 5 * random.NextDouble(), 93, 1000, Diverged: false)), []);
    }

    private static CheckpointRef End(AttemptKey key) => new($"{key.UnitId}/end.safetensors", "00", 1, 10, 10, EndOfUnit: true);

    private sealed class NoData : IDataSets
    {
        public IReadOnlyList<string> Names => [];

        public DataSetInfo Describe(string name) => throw new DataSetUnavailableException($"There is no data set {name} in a measurement of pages.");
    }
}

/// <summary>How large the farm is.</summary>
internal sealed record PageRateOptions(string Store, int Runs = 10_000, int Sweeps = 2_000, int Times = 20, bool Serve = false)
{
    public static PageRateOptions Parse(string[] arguments)
    {
        var options = new PageRateOptions("", Serve: arguments.Contains("--serve"));
        arguments = [.. arguments.Where(a => a != "--serve")];
        for (var i = 0; i + 1 < arguments.Length; i += 2)
        {
            int Number() => int.Parse(arguments[i + 1], CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--store" => options with { Store = arguments[i + 1] },
                "--runs" => options with { Runs = Number() },
                "--sweeps" => options with { Sweeps = Number() },
                "--times" => options with { Times = Number() },
                _ => throw new ArgumentException($"There is no option {arguments[i]}."),
            };
        }
        return options;
    }
}
