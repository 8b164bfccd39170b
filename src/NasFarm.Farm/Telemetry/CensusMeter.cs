using System.Diagnostics;
using System.Diagnostics.Metrics;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Telemetry;

/// <summary>Reports the whole farm while this process coordinates it. The store is read now and then, however often somebody asks here: at most a
/// fiftieth of the time.</summary>
public sealed class CensusMeter : IAsyncDisposable
{
    /// <summary>Between two readings at least, unless told.</summary>
    public static readonly TimeSpan UsualInterval = TimeSpan.FromSeconds(5);

    /// <summary>Of the time that a reading took.</summary>
    private const int Rest = 50;

    private readonly IFarmStore store;
    private readonly TimeProvider time;
    private readonly TimeSpan interval;
    private readonly Meter meter = Instruments.NewMeter();
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private CancellationTokenSource? coordinating;
    private Task reading = Task.CompletedTask;
    private volatile FarmCensus? known;

    /// <param name="store">The farm's memory.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interval">Between two readings at least. Null: <see cref="UsualInterval"/>.</param>
    public CensusMeter(IFarmStore store, TimeProvider time, TimeSpan? interval = null)
    {
        (this.store, this.time, this.interval) = (store, time, interval ?? UsualInterval);
        Report(MetricCatalog.Runs, census => census.Runs.GroupBy(of => (of.State, Method: MetricLabels.Known(of.Method)))
            .Select(of => MetricCatalog.Runs.Of(of.Sum(runs => runs.Count), of.Key.State, of.Key.Method)));
        Report(MetricCatalog.Units, census => census.Units.Select(of => MetricCatalog.Units.Of(of.Count, MetricLabels.Word(of.Kind), of.Device, of.State)));
        Report(MetricCatalog.QueueOldest, census => MetricLabels.Device.Values.Select(device => MetricCatalog.QueueOldest.Of(
            census.Units.Where(of => of.Device == device && of.State == "ready").Select(of => of.LongestWait.TotalSeconds).DefaultIfEmpty(0).Max(), device)));
        Report(MetricCatalog.Slots, census =>
            from state in MetricLabels.SlotState.Values
            from device in MetricLabels.Device.Values
            select MetricCatalog.Slots.Of(census.Slots.Where(of => of.State == state && of.Device == device).Sum(of => of.Count), state, device));
        Report(MetricCatalog.Workers, census => [MetricCatalog.Workers.Of(census.Workers)]);
        Report(MetricCatalog.Quarantined, census => [MetricCatalog.Quarantined.Of(census.Quarantined)]);
    }

    /// <summary>Hears whether this process coordinates.</summary>
    public void Tell(FarmEvent happened)
    {
        if (happened is not FarmEvent.Coordinating moved)
            return;
        lock (gate)
        {
            coordinating?.Cancel();
            (coordinating, known) = (null, null);
            if (!moved.Holds || stop.IsCancellationRequested)
                return;
            coordinating = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            reading = ReadAsync(reading, coordinating);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task last;
        lock (gate)
        {
            stop.Cancel();
            last = reading;
        }
        await last.ConfigureAwait(false);
        meter.Dispose();
        stop.Dispose();
    }

    private async Task ReadAsync(Task before, CancellationTokenSource until)
    {
        using var mine = until;
        await before.ConfigureAwait(false);
        while (!mine.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                var census = await store.ReadCensusAsync(mine.Token).ConfigureAwait(false);
                lock (gate)
                    known = mine.IsCancellationRequested ? known : census;
            }
            catch (StoreUnavailableException)
            {
                // What was known is old: nothing is reported until the store answers.
                lock (gate)
                    known = mine.IsCancellationRequested ? known : null;
            }
            catch (OperationCanceledException) when (mine.IsCancellationRequested)
            {
                return;
            }
            var pause = Rest * Stopwatch.GetElapsedTime(began);
            await Task.Delay(pause > interval ? pause : interval, time, mine.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Report(MetricDefinition metric, Func<FarmCensus, IEnumerable<Measurement<double>>> of) =>
        meter.Observe(metric, () => known is { } census ? of(census) : []);
}
