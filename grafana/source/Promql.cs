using NasFarm.Farm.Telemetry;

namespace NasFarm.Grafana;

/// <summary>The queries that boards are made of, over metrics of the catalogue.</summary>
internal static class Promql
{
    private const string Window = "[$__rate_interval]";

    /// <summary>Of the whole farm: two processes may report it for a moment.</summary>
    public static string Whole(MetricDefinition metric, string by, string where = "") => $"sum by ({by}) (max by ({Labels(metric)}) ({metric.Prometheus}{where}))";

    /// <summary>How fast a counter grows.</summary>
    public static string Rate(MetricDefinition metric, string by, string where = "") => $"sum by ({by}) (rate({metric.Prometheus}{where}{Window}))";

    /// <summary>How much a counter grew over the range of the board.</summary>
    public static string Grown(MetricDefinition metric, string by, string where = "") => $"sum by ({by}) (increase({metric.Prometheus}{where}[$__range]))";

    /// <summary>A quantile of a distribution.</summary>
    public static string Quantile(double quantile, MetricDefinition metric, string by = "", string where = "") =>
        $"histogram_quantile({quantile.ToString(System.Globalization.CultureInfo.InvariantCulture)}, sum by (le{(by.Length > 0 ? $", {by}" : "")}) (rate({metric.Prometheus}_bucket{where}{Window})))";

    /// <summary>A quantile of everything since the processes began: of what is rare, a window mostly holds nothing.</summary>
    public static string QuantileSoFar(double quantile, MetricDefinition metric, string by) =>
        $"histogram_quantile({quantile.ToString(System.Globalization.CultureInfo.InvariantCulture)}, sum by (le, {by}) ({metric.Prometheus}_bucket))";

    /// <summary>How often a distribution was added to.</summary>
    public static string Events(MetricDefinition metric, string by, string where = "") => $"sum by ({by}) (rate({metric.Prometheus}_count{where}{Window}))";

    private static string Labels(MetricDefinition metric) => string.Join(", ", metric.Labels.Select(label => label.Name));
}
