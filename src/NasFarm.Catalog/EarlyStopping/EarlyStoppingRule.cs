using System.Text.Json.Serialization;

namespace NasFarm.Catalog.EarlyStopping;

/// <summary>When the growth of λmax, the dominant eigenvalue of ∇²α L_val, ends a search or a phase of it
/// (spec/lambda-max.md §3). Window and lag count measurements, not epochs.</summary>
/// <param name="Window">Measurements in the local average LA.</param>
/// <param name="Every">Epochs between measurements.</param>
/// <param name="Delta">Measurements between the two local averages that are compared.</param>
/// <param name="Factor">Stop when LA now / LA then is greater.</param>
/// <param name="EsStart">First epoch of a phase that may be returned to.</param>
public sealed record EarlyStoppingRule(int Window, int Every, int Delta, double Factor, int EsStart)
{
    /// <summary>SGAS-es as released (spec/algorithms.md §3.1, §3.3).</summary>
    public static EarlyStoppingRule SgasEs { get; } = new(Window: 3, Every: 1, Delta: 4, Factor: 1.3, EsStart: 0);

    /// <summary>RobustDARTS' DARTS-ES as released (spec/algorithms.md §4.2).</summary>
    public static EarlyStoppingRule RobustDarts { get; } = new(Window: 5, Every: 2, Delta: 4, Factor: 1.3, EsStart: 10);

    /// <summary>Epochs between a measurement and the middle of its local average: LA made at epoch E belongs to E − this.</summary>
    [JsonIgnore]
    public int Centre => Window / 2 * Every;

    /// <summary>Epochs that a stop goes back: the measurement at E returns to E − this.</summary>
    [JsonIgnore]
    public int Rollback => Centre + Delta * Every;

    /// <summary>First epoch of a phase, counted from its start, that a stop can return to: <see cref="EsStart"/>, or the next epoch
    /// that is measured.</summary>
    [JsonIgnore]
    public int EarliestReturn => (EsStart + Every - 1) / Every * Every;

    /// <summary>Shortest phase, in epochs after <see cref="EsStart"/>, in which the rule can fire at all:
    /// every·(⌊window/2⌋ + δ) + 1 (spec/algorithms.md §3.4), and what is missing from esStart to the next measured epoch.</summary>
    [JsonIgnore]
    public int MinimumPhaseEpochs => EarliestReturn - EsStart + Rollback + 1;

    /// <summary>Local average after the first <paramref name="count"/> measurements: null until ⌈window/2⌉ exist, then the mean of
    /// the last window or of what exists.</summary>
    public double? LocalAverage(IReadOnlyList<LambdaMeasurement> measurements, int count)
    {
        if (count < (Window + 1) / 2)
            return null;
        var from = Math.Max(0, count - Window);
        double sum = 0;
        for (var i = from; i < count; i++)
            sum += measurements[i].Value;
        return sum / (count - from);
    }

    /// <summary>Sentences about what is wrong with the rule; empty when it is sound.</summary>
    public IEnumerable<string> Check()
    {
        if (Window < 1) yield return $"window is {Window}; it must be at least 1.";
        if (Every < 1) yield return $"every is {Every}; it must be at least 1.";
        if (Delta < 1) yield return $"delta is {Delta}; it must be at least 1.";
        if (!(Factor > 1)) yield return $"factor is {Factor}; it must be greater than 1.";
        if (EsStart < 0) yield return $"esStart is {EsStart}; it must not be negative.";
    }
}
