using System.Globalization;
using System.Text;

namespace NasFarm.Farm.Telemetry;

/// <summary>What a metric does over time.</summary>
public enum MetricKind
{
    /// <summary>Only grows; begins at 0 with its process.</summary>
    Counter,

    /// <summary>How values are distributed.</summary>
    Histogram,

    /// <summary>A value of now.</summary>
    Gauge,
}

/// <summary>What a metric speaks of, and so who reports it.</summary>
public enum MetricScope
{
    /// <summary>What this process has done: every process reports its own, and they add up.</summary>
    Process,

    /// <summary>The whole farm, read from the store by the process that holds the coordinator's row and reported by no other. While the row moves two
    /// may report the same for a moment: take the largest, never the sum.</summary>
    WholeFarm,

    /// <summary>A silo's view of its cluster: every silo reports the same.</summary>
    Cluster,
}

/// <summary>A label and every value it may take.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">For people.</param>
/// <param name="Read">Its values, read when they are first needed: methods may be added before.</param>
public sealed record MetricLabel(string Name, string Meaning, Func<IReadOnlyList<string>> Read)
{
    private readonly Lazy<IReadOnlyList<string>> values = new(Read);

    /// <summary>Every value.</summary>
    public IReadOnlyList<string> Values => values.Value;
}

/// <summary>A metric as it is promised: whoever records it, and every board and rule, takes it from <see cref="MetricCatalog"/>.</summary>
/// <param name="Name">OpenTelemetry's name.</param>
/// <param name="Kind">What it does over time.</param>
/// <param name="Unit">UCUM: <c>s</c>, <c>By</c>, <c>1</c>, or what is counted in braces.</param>
/// <param name="Scope">What it speaks of.</param>
/// <param name="Meaning">What it says, exactly.</param>
/// <param name="Labels">None of them is an id of a run, a sweep, a unit or a seed.</param>
public sealed record MetricDefinition(string Name, MetricKind Kind, string Unit, MetricScope Scope, string Meaning, params MetricLabel[] Labels)
{
    /// <summary>Upper bounds of a histogram's buckets.</summary>
    public IReadOnlyList<double> Buckets { get; init; } = [];

    /// <summary>Its name at <c>/metrics</c>; a histogram has <c>_bucket</c>, <c>_sum</c> and <c>_count</c> behind it.</summary>
    public string Prometheus
    {
        get
        {
            var name = new StringBuilder(Name.Replace('.', '_'));
            if (Unit is "s")
                name.Append("_seconds");
            else if (Unit is "By")
                name.Append("_bytes");
            else if (Unit is "1" && Kind == MetricKind.Gauge)
                name.Append("_ratio");
            if (Kind == MetricKind.Counter)
                name.Append("_total");
            return name.ToString();
        }
    }

    /// <summary>Series that one process can report of it at most.</summary>
    public int MostSeries => Labels.Aggregate(1, (product, label) => product * label.Values.Count) * (Kind == MetricKind.Histogram ? Buckets.Count + 3 : 1);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({Kind}, {Unit})");
}
