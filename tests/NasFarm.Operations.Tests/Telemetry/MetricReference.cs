using System.Globalization;
using System.Text;
using NasFarm.Farm.Telemetry;
using NasFarm.Server.Telemetry;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>The page of the catalogue.</summary>
internal static class MetricReference
{
    /// <summary>Series of a process besides the farm's own: .NET's, the web server's, Orleans'.</summary>
    public const int MostOtherSeries = 3000;

    public static string Text()
    {
        var page = new StringBuilder(
            """
            # Metrics

            Every process of a farm measures itself with OpenTelemetry. `nasfarm serve` and the role `api` serve `/metrics` beside their pages; `nasfarm worker`
            does with `--metrics URL`, a silo at its `healthUrl`, each beside `/health/…`. The format is Prometheus'. Whoever reaches the address may read it: it
            holds counts and durations by words of this program, and names no sweep, run, unit, seed, tenant or person. What concerns one run is in the store
            (`nasfarm show`, `nasfarm export`, and the board *Sweep*, which asks PostgreSQL).

            Where `OTEL_EXPORTER_OTLP_ENDPOINT` is set, the same metrics, traces (an attempt is a span, with its unit, run and slot; requests, statements and
            grain calls are others) and logs go to that collector by OTLP too; OpenTelemetry's other variables apply (`OTEL_EXPORTER_OTLP_HEADERS`,
            `OTEL_TRACES_SAMPLER` …).

            Made of the catalogue, `src/NasFarm.Farm/Telemetry/MetricCatalog.cs`; `NASFARM_UPDATE_GOLDEN=1 dotnet test tests/NasFarm.Operations.Tests --filter MetricCatalog` writes it.

            ## Who reports what

            - **process**: what this process has done. Each reports its own; add them up.
            - **farm**: the whole farm, read from the store by the process that holds the coordinator's row, every 5 seconds and for a fiftieth of the time at
              most; no other process reports it, and nothing is read for a scrape. While the row moves two may report for a moment: take the largest (`max`), not the sum.
            - **cluster**: a silo's view of the membership table; every silo reports the same.

            A killed process takes its counters with it; `rate` and `increase` bear that. What it had not counted is missing, with one exception: the lost time of
            its attempts, which the process that coordinates counts when their leases run out.


            """);
        foreach (var metric in MetricCatalog.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"## `{metric.Prometheus}`\n\n");
            page.Append(CultureInfo.InvariantCulture, $"{metric.Meaning}\n\n");
            page.Append(CultureInfo.InvariantCulture, $"{Word(metric.Kind)} `{metric.Name}`, unit `{metric.Unit}`, of the {Scope(metric.Scope)}");
            page.Append(metric.Labels.Length == 0 ? ", no labels. " : ", by " + string.Join(", ", metric.Labels.Select(label => $"`{label.Name}`")) + ". ");
            if (metric.Kind == MetricKind.Histogram)
                page.Append(CultureInfo.InvariantCulture, $"Buckets to {string.Join(", ", metric.Buckets)}. ");
            page.Append(CultureInfo.InvariantCulture, $"At most {metric.MostSeries} series of a process.\n\n");
        }
        page.Append("## Labels\n\n| label | meaning | values |\n|---|---|---|\n");
        foreach (var label in MetricCatalog.All.SelectMany(metric => metric.Labels).Distinct().OrderBy(label => label.Name, StringComparer.Ordinal).ThenBy(label => label.Meaning, StringComparer.Ordinal))
            page.Append(CultureInfo.InvariantCulture, $"| `{label.Name}` | {label.Meaning} | {label.Values.Count} |\n");
        page.Append(CultureInfo.InvariantCulture,
            $"""

            A process has {MetricCatalog.All.Sum(metric => metric.MostSeries)} series of the farm at most, if it did everything that there is by every method; OpenTelemetry's own limit of 2000 label
            sets for each metric stands behind that. Methods of your own (docs/how-to/add-a-method.md) count as methods.

            ## What is collected besides

            The meters {string.Join(", ", Sources.Meters.Skip(1).Select(meter => $"`{meter}`"))}: .NET's of process and runtime (`dotnet_…`), the web server's (`http_server_…`, `kestrel_…`) and, in silos
            and their clients, Orleans' (`orleans_…`), without its labels that name silos by address and start, of which there is no end. A process has {MostOtherSeries} series of these at most;
            a test of a cluster holds that. Npgsql's meter is left out: its pool names are addresses.

            ## What is not measured

            The moment at which a lost host went silent (its attempts are recorded as lost one lease later, or when membership sees the silo dead), what GPUs do
            (utilisation, temperature: NVIDIA's DCGM exporter does), transfers of checkpoints to a shared storage by their time, and the time of attempts of cancelled runs.

            """);
        return page.ToString();
    }

    private static string Word(MetricKind kind) => kind.ToString();

    private static string Scope(MetricScope scope) => scope switch { MetricScope.WholeFarm => "farm", MetricScope.Cluster => "cluster", _ => "process" };
}
