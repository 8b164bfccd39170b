using System.Diagnostics.Metrics;

namespace NasFarm.Farm.Telemetry;

/// <summary>Makes instruments as the catalogue describes them.</summary>
public static class Instruments
{
    /// <summary>The farm's meter; several of one process count as one.</summary>
    public static Meter NewMeter() => new(MetricCatalog.Meter);

    /// <summary>A counter of whole things.</summary>
    public static Counter<long> Counts(this Meter meter, MetricDefinition metric) => meter.CreateCounter<long>(metric.Name, metric.Unit, metric.Meaning);

    /// <summary>A counter of an amount.</summary>
    public static Counter<double> Sums(this Meter meter, MetricDefinition metric) => meter.CreateCounter<double>(metric.Name, metric.Unit, metric.Meaning);

    /// <summary>A distribution, with the catalogue's buckets.</summary>
    public static Histogram<double> Distribution(this Meter meter, MetricDefinition metric) => meter.CreateHistogram(
        metric.Name, metric.Unit, metric.Meaning, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = metric.Buckets });

    /// <summary>Values of now, asked for at each reading.</summary>
    public static void Observe(this Meter meter, MetricDefinition metric, Func<IEnumerable<Measurement<double>>> read) =>
        meter.CreateObservableGauge(metric.Name, read, metric.Unit, metric.Meaning);

    /// <summary>A value with its labels, in the order of the definition.</summary>
    public static Measurement<double> Of(this MetricDefinition metric, double value, params ReadOnlySpan<string> labels) => new(value, metric.Tags(labels));

    /// <summary>Labels in the order of the definition.</summary>
    public static KeyValuePair<string, object?>[] Tags(this MetricDefinition metric, params ReadOnlySpan<string> labels)
    {
        if (labels.Length != metric.Labels.Length)
            throw new ArgumentException($"{metric.Name} has {metric.Labels.Length} labels, not {labels.Length}.", nameof(labels));
        var tags = new KeyValuePair<string, object?>[labels.Length];
        for (var i = 0; i < tags.Length; i++)
            tags[i] = new(metric.Labels[i].Name, labels[i]);
        return tags;
    }
}
