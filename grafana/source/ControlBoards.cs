using static NasFarm.Farm.Telemetry.MetricCatalog;
using static NasFarm.Grafana.Promql;
using static NasFarm.Grafana.Query;
using static NasFarm.Grafana.Shape;

namespace NasFarm.Grafana;

/// <summary>Boards of the processes: silos with slots, and what coordinates them.</summary>
public static class ControlBoards
{
    private const string OfDevice = "{device=~\"$device\"}";

    /// <summary>Silos, workers and their slots.</summary>
    public static Board GpuSilos { get; } = new("nasfarm-silos", "GPU silos", "Silos and workers: what their slots do, and what they take of their hosts.", [FarmBoards.DeviceChoice],
    [
        new("Cluster",
            new Panel("Silos", "Silos of the membership table by state; `active` is what the cluster has.", TimeSeries, "none", Prom($"max by (state) ({Silos.Prometheus})", "{{state}}")) { Runbook = "silos-missing" },
            new Panel("Silos that should be", "The setting expectedSilos.", Stat, "none", Prom($"max({SilosExpected.Prometheus})", "expected")) { Width = 4, Runbook = "silos-missing" },
            new Panel("Processes with slots", "Silos and workers that offer slots.", Stat, "none", Prom($"max({Workers.Prometheus})", "processes")) { Width = 4 },
            new Panel("Slots by state", "Living slots of the chosen devices.", TimeSeries, "none", Prom(Whole(Slots, "state, device", OfDevice), "{{device}} {{state}}")) { Stacked = true }),
        new("Attempts",
            new Panel("Attempts that run", "In each process.", TimeSeries, "none", Prom($"sum by (instance) ({Executing.Prometheus}{OfDevice})", "{{instance}}")) { Stacked = true },
            new Panel("Units claimed", "Each second, by process.", TimeSeries, "ops", Prom(Rate(Claims, "instance", OfDevice), "{{instance}}")) { Runbook = "queue-stalled" },
            new Panel("Speed of a step", "Median time of a training step, by process.", TimeSeries, "s", Prom(Quantile(0.5, StepTime, "instance", OfDevice), "{{instance}}")),
            new Panel("Time of an epoch", "Median, by method.", TimeSeries, "s", Prom(Quantile(0.5, EpochTime, "method", OfDevice), "{{method}}")),
            new Panel("From claim to start", "The slowest twentieth, by process.", TimeSeries, "s", Prom(Quantile(0.95, Dispatch, "instance", OfDevice), "{{instance}}")),
            new Panel("Age of the oldest checkpoint", "What a crash of the process would lose.", TimeSeries, "s", Prom($"max by (instance) ({CheckpointAge.Prometheus})", "{{instance}}")) { Runbook = "checkpoint-old" }),
        new("Hosts",
            new Panel("Memory of the largest trainer", "By process, on the host and on the device.", TimeSeries, "bytes", Prom($"max by (instance, memory) ({TrainerMemory.Prometheus}{OfDevice})", "{{instance}} {{memory}}")),
            new Panel("CPU of the processes", "Processors that silos and workers themselves use; trainers are processes of their own.", TimeSeries, "none",
                Prom("sum by (instance) (rate(dotnet_process_cpu_time_seconds_total[$__rate_interval]))", "{{instance}}")),
            new Panel("Memory of the processes", "Working set of silos and workers, without trainers.", TimeSeries, "bytes", Prom("sum by (instance) (dotnet_process_memory_working_set_bytes)", "{{instance}}"))),
    ]);

    /// <summary>Coordination, the store, HTTP, Orleans.</summary>
    public static Board Control { get; } = new("nasfarm-control", "Control plane and Orleans", "Who coordinates, how the store answers, and what the web servers and Orleans do.", [],
    [
        new("Coordination",
            new Panel("Coordinating process", "1 in the process that holds the coordinator's row: it expires leases and counts the farm.", TimeSeries, "none", Prom($"max by (instance) ({Coordinating.Prometheus})", "{{instance}}")) { Width = 12, Runbook = "no-coordinator" },
            new Panel("Units that wait", "What the control plane has to look at.", TimeSeries, "none", Prom(Whole(Units, "state"), "{{state}}")) { Width = 12 }),
        new("Store",
            new Panel("Time of a call", "All calls of all processes, the wait for a connection included.", TimeSeries, "s",
                Prom(Quantile(0.5, StoreTime), "median"), Prom(Quantile(0.95, StoreTime), "95 %"), Prom(Quantile(0.99, StoreTime), "99 %")) { Runbook = "database-slow" },
            new Panel("Slowest operations", "The slowest twentieth of each operation, the ten worst.", TimeSeries, "s", Prom($"topk(10, {Quantile(0.95, StoreTime, "operation")})", "{{operation}}")) { Runbook = "database-slow" },
            new Panel("Calls", "Each second, the ten most frequent operations.", TimeSeries, "ops", Prom($"topk(10, {Events(StoreTime, "operation")})", "{{operation}}")),
            new Panel("Connections at work", "Of each process to PostgreSQL, and how many it may open.", TimeSeries, "none",
                Prom($"max by (instance) ({StoreConnections.Prometheus}{{state=\"busy\"}})", "{{instance}} busy"), Prom($"max by (instance) ({StoreConnectionLimit.Prometheus})", "{{instance}} limit")) { Runbook = "database-saturated" },
            new Panel("Calls that wait for a connection", "Above zero for long, the process needs more connections or the database is slow.", TimeSeries, "none", Prom($"max by (instance) ({StoreWaiting.Prometheus})", "{{instance}}")) { Runbook = "database-saturated" },
            new Panel("Calls without an answer", "Each second, by what came instead.", TimeSeries, "ops", Prom($"sum by (answer) (rate({StoreTime.Prometheus}_count{{answer!=\"ok\"}}[$__rate_interval])) or 0 * sum(rate({StoreTime.Prometheus}_count[$__rate_interval]))", "{{answer}}")) { Runbook = "store-away" }),
        new("Web",
            new Panel("Requests", "Each second, by answer.", TimeSeries, "reqps", Prom("sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count[$__rate_interval]))", "{{http_response_status_code}}")),
            new Panel("Time of a request", "The slowest twentieth, by route; streams of events last as long as somebody watches.", TimeSeries, "s",
                Prom("histogram_quantile(0.95, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket[$__rate_interval])))", "{{http_route}}")),
            new Panel("Open connections", "Of the web servers.", TimeSeries, "none", Prom("sum by (instance) (kestrel_active_connections)", "{{instance}}"))),
        new("Orleans and .NET",
            new Panel("Activations", "Grains in memory, by silo.", TimeSeries, "none", Prom("sum by (instance) (orleans_catalog_activations)", "{{instance}}")),
            new Panel("Grain calls", "Each second, by process.", TimeSeries, "ops", Prom("sum by (instance) (rate(orleans_app_requests_latency_milliseconds_count[$__rate_interval]))", "{{instance}}")),
            new Panel("Messages", "Sent between silos and clients each second.", TimeSeries, "ops", Prom("sum by (instance) (rate(orleans_messaging_sent_messages_size_bytes_count[$__rate_interval]))", "{{instance}}")),
            new Panel("Pauses of the collector", "Share of the time that a process stood still for garbage collection.", TimeSeries, "percentunit", Prom("sum by (instance) (rate(dotnet_gc_pause_time_seconds_total[$__rate_interval]))", "{{instance}}")),
            new Panel("Work that waits for a thread", "Length of the thread pool's queue.", TimeSeries, "none", Prom("sum by (instance) (dotnet_thread_pool_queue_length_total)", "{{instance}}")),
            new Panel("Exceptions", "Thrown each second, handled or not, by process.", TimeSeries, "ops", Prom("sum by (instance) (rate(dotnet_exceptions_total[$__rate_interval]))", "{{instance}}"))),
    ]);
}
