using System.Diagnostics.Metrics;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Telemetry;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Telemetry;

/// <summary>What events measure, by a clock that moves when told.</summary>
public sealed class FarmMeterTests : IDisposable
{
    private const string SlotId = "host/cpu-0";
    private readonly ManualTime clock = new();
    private readonly List<(string Name, double Value, string Labels)> measured = [];
    private readonly MeterListener listener = new();
    private readonly FarmMeter meter;

    public FarmMeterTests()
    {
        // Of this meter alone: others are measured at the same time.
        meter = new(clock);
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter == meter.Meter)
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
        listener.Start();
    }

    public void Dispose()
    {
        listener.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void Time_until_the_last_checkpoint_is_useful_and_the_rest_of_a_lost_attempt_is_not()
    {
        var claim = Claim();
        meter.Tell(new FarmEvent.Claimed(claim, SlotId));
        clock.Advance(TimeSpan.FromSeconds(30));
        meter.Tell(new FarmEvent.Saved(claim, SlotId, File("u", 1, 1), 0.5));
        clock.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(12, Observed(MetricCatalog.CheckpointAge));

        meter.Tell(new FarmEvent.Ended(claim, SlotId, FailureReason.NativeCrash, "signal 11", new AttemptEnding.Retry(default)));

        Assert.Equal(30, Sum(MetricCatalog.SlotTime, "cpu,useful"));
        Assert.Equal(12, Sum(MetricCatalog.SlotTime, "cpu,lost"));
        Assert.Equal(1, Sum(MetricCatalog.AttemptEnds, "search,cpu,native-crash"));
        Assert.Equal(0.5, Sum(MetricCatalog.CheckpointTime, "search"));
    }

    [Fact]
    public void A_unit_that_was_taken_away_is_counted_by_whoever_took_it()
    {
        var claim = Claim();
        meter.Tell(new FarmEvent.Claimed(claim, SlotId));
        clock.Advance(TimeSpan.FromSeconds(30));

        meter.Tell(new FarmEvent.Ended(claim, SlotId, FailureReason.LeaseLost, "another attempt owns the unit", new AttemptEnding.FenceLost()));
        Assert.Equal(0, Sum(MetricCatalog.SlotTime, "cpu,lost"));

        meter.Tell(new FarmEvent.LeaseExpired(new(claim.Key, claim.RunId, SlotId, new AttemptEnding.Retry(default)) { Use = new("cpu", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25)) }));
        Assert.Equal((10, 25), (Sum(MetricCatalog.SlotTime, "cpu,useful"), Sum(MetricCatalog.SlotTime, "cpu,lost")));
        Assert.Equal(1, Sum(MetricCatalog.LeaseExpiries, "retry"));
    }

    [Fact]
    public void Recovery_counts_from_the_end_before_to_the_start_and_a_preemption_is_none()
    {
        foreach (var reason in new[] { FailureReason.LeaseLost, FailureReason.Preempted })
        {
            var claim = Claim() with { After = new(reason, TimeSpan.FromSeconds(7)) };
            meter.Tell(new FarmEvent.Claimed(claim, SlotId));
            clock.Advance(TimeSpan.FromSeconds(2));
            meter.Tell(new FarmEvent.Started(claim, SlotId, Started(2, trained: 1, from: File("u", 1, 1), damaged: "short")));
        }
        Assert.Equal((MetricCatalog.Recovery.Name, 9, "host"), Assert.Single(measured, m => m.Name == MetricCatalog.Recovery.Name));
        Assert.Equal(4, Sum(MetricCatalog.Dispatch, "cpu,resumed"));
        Assert.Equal(2, Sum(MetricCatalog.ResumeMismatches, "damaged"));
    }

    [Fact]
    public void A_method_that_nobody_knows_and_a_mismatch_of_numerics_have_their_words()
    {
        var claim = Claim("their-own");
        meter.Tell(new FarmEvent.Claimed(claim, SlotId));
        meter.Tell(new FarmEvent.Measured(claim, SlotId, Metric(1, 0, "lambda_max", 0.25)));
        meter.Tell(new FarmEvent.Measured(claim, SlotId, Metric(1, 0, "lambda_max", double.NaN)));
        meter.Tell(new FarmEvent.Ended(claim, SlotId, FailureReason.NumericsMismatch, "other bits", new AttemptEnding.Hold(WaitReason.NumericsMismatch)));

        Assert.Equal((MetricCatalog.LambdaMax.Name, 0.25, "other"), Assert.Single(measured, m => m.Name == MetricCatalog.LambdaMax.Name));
        Assert.Equal(1, Sum(MetricCatalog.ResumeMismatches, "refused"));
    }

    private static Claim Claim(string method = "darts") => new(
        new("u", 1), "r", new() { UnitId = "u", Kind = UnitKind.Search, SeedRun = Spec(method, 1) }, new(), [], 1, null);

    private void Hear<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) where T : struct =>
        measured.Add((instrument.Name, Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture), string.Join(',', tags.ToArray().Select(tag => tag.Value))));

    private double Sum(MetricDefinition metric, string labels) => measured.Where(m => m.Name == metric.Name && m.Labels == labels).Sum(m => m.Value);

    private double Observed(MetricDefinition metric)
    {
        measured.RemoveAll(m => m.Name == metric.Name);
        listener.RecordObservableInstruments();
        return measured.Single(m => m.Name == metric.Name).Value;
    }
}
