using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using NasFarm.Catalog.Data;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Server;

namespace NasFarm.Bench;

/// <summary>How long pages and answers of a large farm take, from the request to the last byte: a sweep of many runs, nine of ten finished, and many
/// small sweeps beside it. With <c>--browser</c>: until Chromium has drawn them. With <c>--serve</c> the server stays, for looking at it.</summary>
internal static class PageRate
{
    /// <summary>What a person opens.</summary>
    public static readonly (string Page, string Path)[] Pages =
    [
        ("sweeps", "/"), ("sweep", $"/sweeps/{BenchSweep.Id}"), ("run", "/runs/bench-darts-000001"), ("compare", $"/compare?sweep={BenchSweep.Id}"), ("slots", "/slots"),
    ];

    /// <summary>What programs and the pages' scripts ask.</summary>
    private static readonly (string Page, string Path)[] Answers =
    [
        ("cells", $"/sweeps/{BenchSweep.Id}/cells"), ("some cells", $"/sweeps/{BenchSweep.Id}/cells?run=bench-darts-000001&run=bench-sgas-001999"),
        ("api sweeps", "/api/v1/sweeps"), ("api sweep", $"/api/v1/sweeps/{BenchSweep.Id}"), ("api runs", $"/api/v1/sweeps/{BenchSweep.Id}/runs"),
        ("api run", "/api/v1/runs/bench-darts-000001"), ("api comparison", $"/api/v1/sweeps/{BenchSweep.Id}/comparison"), ("api slots", "/api/v1/slots"), ("api queue", "/api/v1/queue"),
    ];

    private const string Event = "api events, first";

    private const string Events = $"/api/v1/sweeps/{BenchSweep.Id}/events";

    public static async Task<int> RunAsync(PageRateOptions options)
    {
        await using var store = await SqliteFarmStore.OpenAsync(options.Store, TimeProvider.System);
        if (await store.ReadCountsAsync(BenchSweep.Id) is null)
            await PageStore.FillAsync(store, options);
        await using var app = await ServeAsync(store);
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        if (options.Serve)
        {
            Console.Error.WriteLine(client.BaseAddress);
            await Microsoft.Extensions.Hosting.HostingAbstractionsHostExtensions.WaitForShutdownAsync(app);
            return 0;
        }
        if (options.Browser)
        {
            await PageDrawing.RunAsync(client.BaseAddress, options);
            return 0;
        }
        foreach (var (page, path) in Pages.Where(p => options.Wants(p.Page)))
            await MeasureAsync(page, options, async () => (await GetAsync(client, path, "text/html")).Length);
        foreach (var (page, path) in Answers.Where(a => options.Wants(a.Page)))
            await MeasureAsync(page, options, async () => (await GetAsync(client, path, "application/json")).Length);
        if (options.Wants(Event))
            await MeasureAsync(Event, options, () => FirstEventAsync(client));
        return 0;
    }

    /// <summary>Asks once, and then so many times.</summary>
    private static async Task MeasureAsync(string page, PageRateOptions options, Func<Task<int>> ask)
    {
        var times = new List<double>();
        var busy = TimeSpan.Zero;
        long bytes = 0;
        for (var i = 0; i < options.Times + 1; i++)
        {
            var (began, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            bytes = await ask();
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            busy += i > 0 ? Environment.CpuUsage.TotalTime - processor : TimeSpan.Zero;
        }
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            what = "page", page, runs = options.Runs, sweeps = options.Sweeps, times = options.Times, bytes, first_ms = times[0],
            median_ms = SearchStep.Median([.. times.Skip(1)]), p95_ms = Percentile95(times.Skip(1)), processor_ms = busy.TotalMilliseconds / options.Times,
        }));
    }

    /// <summary>The smallest value that nineteen of twenty do not exceed.</summary>
    public static double Percentile95(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[(int)Math.Ceiling(0.95 * sorted.Count) - 1] : double.NaN;

    private static async Task<byte[]> GetAsync(HttpClient client, string path, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(type);
        using var answer = await client.SendAsync(request);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }

    /// <summary>Until a new watcher of the sweep has heard where it stands.</summary>
    private static async Task<int> FirstEventAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(Events, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
        var bytes = 0;
        while (await lines.ReadLineAsync() is { } line)
        {
            bytes += line.Length + 1;
            if (line.StartsWith("data:", StringComparison.Ordinal))
                return bytes;
        }
        throw new InvalidDataException($"the events of {BenchSweep.Id} ended before the first one.");
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

    private sealed class NoData : IDataSets
    {
        public IReadOnlyList<string> Names => [];

        public DataSetInfo Describe(string name) => throw new DataSetUnavailableException($"There is no data set {name} in a measurement of pages.");
    }
}
