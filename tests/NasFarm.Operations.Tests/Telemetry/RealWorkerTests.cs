using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NasFarm.Cli;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Grafana;
using NasFarm.Server.Telemetry;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary><c>nasfarm worker</c> with real trainers on PostgreSQL: its metrics, what a collector hears of it, and the panels that ask the store.</summary>
public sealed partial class RealWorkerTests
{
    [WorkerFact, Trait("Tier", "all")]
    public async Task A_real_sweep_is_measured_collected_and_shown_by_every_panel_that_asks_the_store()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var collector = await Collector.StartAsync();
        using var place = new Workplace { LeaseSeconds = null };
        (string, string)[] environment =
        [
            ("NASFARM_STORE", postgres.Address("postgres")), (FarmTelemetry.OtlpVariable, collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_BSP_SCHEDULE_DELAY", "500"), ("OTEL_BLRP_SCHEDULE_DELAY", "500"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ];
        var manifest = place.Write("real.yaml", Manifests.Sweep("real", 2, Manifests.SgasEs, Manifests.RandomCells));
        using (var submitted = place.Start(["submit", manifest], environment))
            Assert.Equal(ExitCodes.Done, (await submitted.EndAsync()).ExitCode);

        // 1. What the worker says while it works. The last page that it gives counts.
        using var worker = place.Start(["worker", "--slots", "2", "--until-idle", "--metrics", "http://127.0.0.1:0"], environment);
        Assert.True(await Eventually.Holds(() => AddressPattern().IsMatch(worker.SaidSoFar)), worker.SaidSoFar);
        using var client = new HttpClient { BaseAddress = new(AddressPattern().Match(worker.SaidSoFar).Value) };
        Assert.True((await client.GetAsync("/health/ready")).IsSuccessStatusCode);
        IReadOnlyList<Series> last = [];
        while (!worker.HasEnded)
        {
            try
            {
                last = PrometheusText.Parse(await client.GetStringAsync(FarmTelemetry.Path));
            }
            catch (HttpRequestException)
            {
                break;
            }
            await Task.Delay(200);
        }
        var ended = await worker.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.Done, ended.ToString());
        Assert.Contains(last, series => series is { Name: "nasfarm_lambda_max_count", Value: > 0 } && series.Labels["method"] == "sgas-es");
        Assert.All(new[] { "nasfarm_epoch_duration_seconds_count", "nasfarm_step_duration_seconds_count", "nasfarm_checkpoint_duration_seconds_count", "nasfarm_unit_completions_total", "nasfarm_store_connection_limit" },
            name => Assert.Contains(last, series => series.Name == name && series.Value > 0));

        // 2. What the collector has heard: metrics, attempts as spans, lines as log records.
        Assert.All(new[] { "/v1/metrics", "/v1/traces", "/v1/logs" }, path => Assert.True(collector.Heard.ContainsKey(path), $"Nothing came to {path}."));
        Assert.Contains("nasfarm.unit", collector.Heard["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("completed", collector.Heard["/v1/logs"], StringComparison.Ordinal);

        // 3. The panels.
        await using var store = await PostgresFarmStore.OpenAsync(postgres.Address("postgres"), TimeProvider.System);
        var sweep = Assert.Single(await store.ListSweepsAsync());
        Assert.Equal(0, sweep.Counts.Open);
        foreach (var panel in SweepBoard.Sweep.Panels)
        {
            foreach (var query in panel.Queries.Where(query => query.Source == Source.Postgres))
            {
                var rows = await StoreQueries.RowsAsync(postgres.Address("postgres"), query.Text.Replace("${sweep:sqlstring}", $"'{sweep.SweepId}'", StringComparison.Ordinal));
                // Nothing went wrong in this sweep.
                Assert.True(rows > 0 || panel.Title == "Attempts without a result", $"{panel.Title} shows nothing.");
            }
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9][0-9]*")]
    private static partial Regex AddressPattern();

    /// <summary>Takes what is sent by OTLP over HTTP, and keeps its bytes as text.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication web;

        private Collector(WebApplication web) => this.web = web;

        public ConcurrentDictionary<string, string> Heard { get; } = new();

        public string Address => web.Urls.Single();

        public static async Task<Collector> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var collector = new Collector(builder.Build());
            collector.web.MapPost("/v1/{signal}", async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                collector.Heard.AddOrUpdate(context.Request.Path, _ => Text(body), (_, before) => before + Text(body));
            });
            await collector.web.StartAsync();
            return collector;
        }

        public ValueTask DisposeAsync() => web.DisposeAsync();

        private static string Text(MemoryStream body) => System.Text.Encoding.Latin1.GetString(body.ToArray());
    }
}

/// <summary>A test that needs PostgreSQL; where that is absent it is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WorkerFactAttribute : FactAttribute
{
    public WorkerFactAttribute() => Skip = PostgresServer.Absent;
}
