using NasFarm.Farm.Telemetry;
using static NasFarm.Farm.Telemetry.MetricCatalog;

namespace NasFarm.Grafana;

/// <summary>What is worth waking somebody for, or telling.</summary>
public static class AlertRules
{
    private static readonly TimeSpan At2Minutes = TimeSpan.FromMinutes(2), At5Minutes = TimeSpan.FromMinutes(5), At10Minutes = TimeSpan.FromMinutes(10),
        At15Minutes = TimeSpan.FromMinutes(15), AtAnHour = TimeSpan.FromHours(1), At6Hours = TimeSpan.FromHours(6);

    /// <summary>Seconds that a running attempt may have no new checkpoint.</summary>
    public const int OldestCheckpointSeconds = 7200;

    /// <summary>Of slots' time.</summary>
    public const double MostLost = 0.1;

    /// <summary>Seconds of 95 in 100 store calls.</summary>
    public const double SlowestStoreCall = 0.5;

    /// <summary>The farm's rules.</summary>
    public static IReadOnlyList<AlertRule> All { get; } =
    [
        new("NasFarmNoProgress", Severity.Critical, At5Minutes, "Units run, and no epoch has ended for an hour",
            span => $"""
                max(sum by (instance) ({Name(Units)}{Where("state", "running")})) > 0
                and (sum(increase({Name(EpochTime)}_count[{span(AtAnHour)}])) or vector(0)) == 0
                """),
        new("NasFarmQueueStalled", Severity.Critical, At5Minutes, "Units for {{ $labels.device }} are ready and slots are free, but nothing is claimed",
            span => $"""
                max by (device) ({Name(QueueOldest)}) > {Seconds(At5Minutes, span)}
                and on (device) max by (device) (sum by (device, instance) ({Name(Slots)}{Where("state", "free")})) > 0
                unless on (device) sum by (device) (increase({Name(Claims)}[{span(At5Minutes)}])) > 0
                """),
        new("NasFarmResumeMismatch", Severity.Critical, TimeSpan.Zero, "Resumes are not exact: {{ $labels.what }}",
            span => $"""sum by (what) (increase({Name(ResumeMismatches)}{'{'}what!="accepted"{'}'}[{span(At15Minutes)}])) > 0"""),
        new("NasFarmQuarantineGrows", Severity.Warning, TimeSpan.Zero, "More units are in quarantine than an hour ago",
            span => $"max({Name(Quarantined)}) > min_over_time(max({Name(Quarantined)})[{span(AtAnHour)}:{span(TimeSpan.FromMinutes(1))}])"),
        new("NasFarmSlotTimeLost", Severity.Warning, At15Minutes, "More than a tenth of the time of {{ $labels.device }} slots was lost in six hours",
            span => $"""
                sum by (device) (increase({Name(SlotTime)}{Where("use", "lost")}[{span(At6Hours)}]))
                / sum by (device) (increase({Name(SlotTime)}[{span(At6Hours)}])) > {MostLost}
                """),
        new("NasFarmSilosMissing", Severity.Critical, At5Minutes, "The cluster has fewer silos than it should",
            _ => $"max({Name(Silos)}{Where("state", "active")}) < max({Name(SilosExpected)})"),
        new("NasFarmProcessUnreachable", Severity.Warning, At5Minutes, "{{ $labels.instance }} does not answer",
            _ => """up{job=~"nasfarm.*"} == 0"""),
        new("NasFarmNoCoordinator", Severity.Critical, At2Minutes, "No process coordinates the farm",
            _ => $"sum({Name(Coordinating)}) == 0"),
        new("NasFarmLeasesExpire", Severity.Warning, TimeSpan.Zero, "Leases ran out; their units: {{ $labels.then }}",
            span => $"sum by (then) (increase({Name(LeaseExpiries)}[{span(At15Minutes)}])) > 0"),
        new("NasFarmCheckpointOld", Severity.Warning, At5Minutes, "An attempt on {{ $labels.instance }} has had no new checkpoint for two hours",
            span => $"max by (instance) ({Name(CheckpointAge)}) > {Seconds(TimeSpan.FromSeconds(OldestCheckpointSeconds), span)}"),
        new("NasFarmDatabaseSaturated", Severity.Critical, At5Minutes, "{{ $labels.instance }} waits for connections to PostgreSQL",
            _ => $"""
                max by (instance) ({Name(StoreWaiting)}) > 0
                and on (instance) max by (instance) ({Name(StoreConnections)}{Where("state", "busy")}) >= on (instance) max by (instance) ({Name(StoreConnectionLimit)})
                """),
        new("NasFarmDatabaseSlow", Severity.Warning, At10Minutes, "One store call in twenty takes more than half a second",
            span => $"histogram_quantile(0.95, sum by (le) (rate({Name(StoreTime)}_bucket[{span(At5Minutes)}]))) > {SlowestStoreCall}"),
        new("NasFarmStoreAway", Severity.Critical, TimeSpan.Zero, "The store did not answer {{ $labels.instance }}",
            span => $"sum by (instance) (increase({Name(StoreOutages)}[{span(At10Minutes)}])) > 0"),
    ];

    private static string Name(MetricDefinition metric) => metric.Prometheus;

    private static string Where(string label, string value) => $"{{{label}=\"{value}\"}}";

    /// <summary>A span as a number of seconds, scaled as spans are.</summary>
    private static string Seconds(TimeSpan time, Span span)
    {
        var said = span(time);
        var number = int.Parse(said[..^1], System.Globalization.CultureInfo.InvariantCulture);
        return (number * said[^1] switch { 'h' => 3600, 'm' => 60, _ => 1 }).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
