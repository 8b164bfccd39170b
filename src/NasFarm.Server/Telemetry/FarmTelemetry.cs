using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace NasFarm.Server.Telemetry;

/// <summary>A program's metrics, traces and logs: what its farm tells is measured here and given to whoever asks. Metrics are served at
/// <c>/metrics</c>; traces and logs, and metrics too, go to a collector by OTLP where the environment names one
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its like).</summary>
public sealed class FarmTelemetry : IAsyncDisposable
{
    /// <summary>Where metrics are served.</summary>
    public const string Path = "/metrics";

    /// <summary>Names the collector, as everywhere with OpenTelemetry. Unset: traces and logs go nowhere.</summary>
    public const string OtlpVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly FarmMeter farm;
    private readonly CensusMeter census;
    private readonly RedoneValues redone;
    private readonly MeterProvider meters;
    private readonly TracerProvider? traces;
    private readonly ILoggerFactory? logs;
    private readonly AttemptSpans? spans;
    private readonly EventLog? events;

    private FarmTelemetry(IFarmStore store, TimeProvider time, ResourceBuilder program, bool collected, TimeSpan? census)
    {
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(program).AddMeter([.. Sources.Meters])
            .AddView(instrument => instrument.Meter.Name == Sources.Orleans ? new MetricStreamConfiguration { TagKeys = [.. Sources.OrleansLabels] } : null)
            .AddPrometheusExporter(prometheus => (prometheus.ScopeInfoEnabled, prometheus.TargetInfoEnabled) = (false, false));
        if (collected)
        {
            builder.AddOtlpExporter();
            spans = new();
            traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(program).AddSource([.. Sources.Activities]).AddOtlpExporter().Build();
            logs = LoggerFactory.Create(to => to.SetMinimumLevel(LogLevel.Information).AddOpenTelemetry(options => Export(options, program)));
            events = new(logs.CreateLogger("NasFarm"), time);
        }
        // Who listens comes first: instruments say at once what has not happened yet.
        meters = builder.Build();
        farm = new(time);
        this.census = new(store, time, census);
        redone = new(store, farm);
        Program = program;
    }

    private ResourceBuilder Program { get; }

    /// <summary>Begins to measure.</summary>
    /// <param name="store">The farm's memory, which the process that coordinates reads for what the whole farm is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="service">What the program is: <c>nasfarm-worker</c>.</param>
    /// <param name="instance">This process among all.</param>
    /// <param name="census">Between two readings of the whole farm at least. Null: <see cref="CensusMeter.UsualInterval"/>.</param>
    public static FarmTelemetry Start(IFarmStore store, TimeProvider time, string service, string instance, TimeSpan? census = null) => new(
        store, time, ResourceBuilder.CreateDefault().AddService(service, serviceInstanceId: instance), HasCollector, census);

    /// <summary>The environment names a collector.</summary>
    public static bool HasCollector => Environment.GetEnvironmentVariable(OtlpVariable) is { Length: > 0 };

    /// <summary>Measures every event, and passes it on.</summary>
    public Action<FarmEvent> Before(Action<FarmEvent> tell) => happened =>
    {
        Tell(happened);
        tell(happened);
    };

    /// <summary>Measures an event, from any thread; returns soon.</summary>
    public void Tell(FarmEvent happened)
    {
        farm.Tell(happened);
        census.Tell(happened);
        redone.Tell(happened);
        spans?.Tell(happened);
        events?.Tell(happened);
    }

    /// <summary>Sends the logs of a host to the collector too, where there is one.</summary>
    public void AddTo(ILoggingBuilder logging)
    {
        if (logs is not null)
            logging.AddOpenTelemetry(options => Export(options, Program));
    }

    /// <summary>Serves the metrics. Anybody may ask: there is nothing in them but counts and durations by words of this program.</summary>
    internal void Map(IEndpointRouteBuilder routes) =>
        routes.MapPrometheusScrapingEndpoint(Path, meters, null, null).AllowAnonymous();

    /// <summary>Sends what is left, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await census.DisposeAsync();
        await redone.DisposeAsync();
        spans?.Dispose();
        meters.Dispose();
        traces?.Dispose();
        logs?.Dispose();
        farm.Dispose();
    }

    private static void Export(OpenTelemetryLoggerOptions options, ResourceBuilder program)
    {
        options.SetResourceBuilder(program).AddOtlpExporter();
        options.IncludeFormattedMessage = true;
    }
}
