using System.Text.RegularExpressions;
using NasFarm.Farm.Telemetry;
using NasFarm.Farm.Tests;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>What a farm says at <c>/metrics</c> is what the catalogue promises, no more series than that, and names nobody.</summary>
public sealed partial class MetricCatalogTests(MeasuredFarm farm) : IClassFixture<MeasuredFarm>
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];

    /// <summary>What one scripted CPU farm on SQLite cannot have: a GPU's, PostgreSQL's, a cluster's, and what has not happened to it.</summary>
    private static readonly MetricDefinition[] Absent =
    [
        MetricCatalog.Recovery, MetricCatalog.StoreConnections, MetricCatalog.StoreConnectionLimit, MetricCatalog.StoreWaiting, MetricCatalog.Silos,
        MetricCatalog.SilosExpected, MetricCatalog.CheckpointAge, MetricCatalog.TrainerMemory,
        // The last unit is done when the page is read.
        MetricCatalog.Units,
    ];

    private static MetricDefinition? Of(Series series) => MetricCatalog.All.FirstOrDefault(metric =>
        series.Name == metric.Prometheus || (metric.Kind == MetricKind.Histogram && Suffixes.Any(suffix => series.Name == metric.Prometheus + suffix)));

    [Fact]
    public void Every_series_of_the_farm_is_in_the_catalogue() => Assert.Empty(
        farm.Series.Where(series => series.Name.StartsWith("nasfarm_", StringComparison.Ordinal) && Of(series) is null).Select(series => series.ToString()));

    [Fact]
    public void Every_metric_of_the_catalogue_is_said() => Assert.Equal(
        Absent.Select(metric => metric.Name).Order(StringComparer.Ordinal),
        MetricCatalog.All.Except(farm.Series.Select(Of).OfType<MetricDefinition>()).Select(metric => metric.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_series_has_the_labels_of_its_metric_with_values_that_the_catalogue_lists()
    {
        var wrong =
            from series in farm.Series
            let metric = Of(series)
            where metric is not null
            let labels = series.Labels.Where(label => label.Key != "le").ToList()
            where !labels.Select(label => label.Key).Order().SequenceEqual(metric.Labels.Select(label => label.Name).Order())
                || labels.Any(label => !metric.Labels.Single(known => known.Name == label.Key).Values.Contains(label.Value))
            select series.ToString();
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_label_names_a_run_a_sweep_a_unit_a_slot_or_a_process()
    {
        var wrong =
            from series in farm.Series
            from label in series.Labels
            where farm.Ids.Any(id => label.Value.Contains(id, StringComparison.OrdinalIgnoreCase)) || LooksLikeAnId().IsMatch(label.Value)
            select series.ToString();
        Assert.Empty(wrong);
        Assert.True(farm.Ids.Count > 8);
    }

    [Fact]
    public void A_metric_has_no_more_series_than_the_catalogue_allows()
    {
        foreach (var metric in farm.Series.Where(series => Of(series) is not null).GroupBy(series => Of(series)!))
            Assert.True(metric.Count() <= metric.Key.MostSeries, $"{metric.Key.Name} has {metric.Count()} series, more than {metric.Key.MostSeries}.");
    }

    [Fact]
    public void Counts_are_those_of_the_sweep()
    {
        Assert.Equal(4, Sum("nasfarm_unit_completions_total", ("kind", "search")));
        Assert.Equal(1, Sum("nasfarm_unit_completions_total", ("kind", "retrain"), ("method", "darts")));
        Assert.Equal(5, Sum("nasfarm_attempt_ends_total", ("ending", "done")));
        Assert.Equal(10, Sum("nasfarm_epoch_duration_seconds_count"));
        Assert.Equal(8, Sum("nasfarm_lambda_max_count"));
        Assert.Equal(5, Sum("nasfarm_queue_wait_seconds_count"));
        Assert.Equal(5, Sum("nasfarm_dispatch_duration_seconds_count", ("start", "new")));
        Assert.Equal(4, Sum("nasfarm_runs", ("state", "finished")));
        Assert.Equal(1, Sum("nasfarm_coordinating"));
        Assert.Equal(2, Sum("nasfarm_slots", ("state", "free")));
        Assert.Equal(0, Sum("nasfarm_slot_time_seconds_total", ("use", "lost")));
        Assert.True(Sum("nasfarm_slot_time_seconds_total", ("use", "useful")) > 0);
        Assert.True(Sum("nasfarm_store_duration_seconds_count", ("operation", "claim"), ("answer", "ok")) >= 5);
    }

    [Fact]
    public void The_process_and_the_runtime_are_measured_too() =>
        Assert.All(new[] { "dotnet_process_cpu_time_seconds_total", "dotnet_process_memory_working_set_bytes" }, name => Assert.Contains(farm.Series, series => series.Name == name));

    [Fact]
    public void The_reference_says_what_the_catalogue_says() => RepositoryFile.AssertGolden("docs/reference/metrics.md", MetricReference.Text());

    private double Sum(string name, params (string Name, string Value)[] labels) => farm.Series
        .Where(series => series.Name == name && labels.All(label => series.Labels.GetValueOrDefault(label.Name) == label.Value)).Sum(series => series.Value);

    // Eight digits of hexadecimal, of which some are figures: hashes, ids, process names.
    [GeneratedRegex("(?=[0-9a-f]*[0-9])[0-9a-f]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex LooksLikeAnId();
}
