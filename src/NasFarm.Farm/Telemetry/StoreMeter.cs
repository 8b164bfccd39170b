using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Telemetry;

/// <summary>Measures the calls of this process's stores.</summary>
internal static class StoreMeter
{
    private static readonly Meter Meter = Instruments.NewMeter();
    private static readonly Histogram<double> Duration = Meter.Distribution(MetricCatalog.StoreTime);
    private static readonly ConcurrentDictionary<string, string> Operations = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<IConnectionLoad, bool> Stores = new();

    static StoreMeter()
    {
        Meter.Observe(MetricCatalog.StoreConnections, () => Sums(load => load.Busy) is not { } busy ? [] :
        [
            MetricCatalog.StoreConnections.Of(busy, "busy"),
            MetricCatalog.StoreConnections.Of(Sums(load => load.Idle)!.Value, "idle"),
        ]);
        Meter.Observe(MetricCatalog.StoreConnectionLimit, () => Sums(load => load.Most) is { } most ? [MetricCatalog.StoreConnectionLimit.Of(most)] : []);
        Meter.Observe(MetricCatalog.StoreWaiting, () => Sums(load => load.Waiting) is { } waiting ? [MetricCatalog.StoreWaiting.Of(waiting)] : []);
    }

    /// <summary>Times a call, where somebody listens.</summary>
    /// <param name="member">Of the store's interface.</param>
    /// <param name="call">The call.</param>
    public static Task<T> Time<T>(string member, Func<Task<T>> call) => Duration.Enabled ? TimeAsync(member, call) : call();

    /// <summary>Reports how busy a store's connections are, until <see cref="Forget"/>.</summary>
    public static void Watch(IConnectionLoad connections) => Stores[connections] = true;

    /// <summary>The store is closed.</summary>
    public static void Forget(IConnectionLoad connections) => Stores.TryRemove(connections, out _);

    private static async Task<T> TimeAsync<T>(string member, Func<Task<T>> call)
    {
        var (began, answer) = (Stopwatch.GetTimestamp(), "ok");
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            answer = "away";
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            answer = "refused";
            throw;
        }
        finally
        {
            Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds,
                MetricCatalog.StoreTime.Tags(Operations.GetOrAdd(member, MetricLabels.OperationOf), answer));
        }
    }

    private static int? Sums(Func<IConnectionLoad, int> of) => Stores.IsEmpty ? null : Stores.Keys.Sum(of);
}

/// <summary>How busy a store's connections are.</summary>
internal interface IConnectionLoad
{
    /// <summary>At work.</summary>
    int Busy { get; }

    /// <summary>Open and free.</summary>
    int Idle { get; }

    /// <summary>That may be opened.</summary>
    int Most { get; }

    /// <summary>Calls that wait for one.</summary>
    int Waiting { get; }
}
