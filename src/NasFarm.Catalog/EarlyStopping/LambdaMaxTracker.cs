namespace NasFarm.Catalog.EarlyStopping;

/// <summary>A measurement of λmax at the end of an epoch.</summary>
public readonly record struct LambdaMeasurement(int Epoch, double Value);

/// <summary>What a measurement led to.</summary>
/// <param name="Stop">The rule fired.</param>
/// <param name="StopEpoch">Epoch whose state is to be returned to; set exactly when <paramref name="Stop"/>.</param>
/// <param name="LocalAverage">LA made by this measurement; null while too few exist.</param>
/// <param name="Ratio">LA now / LA δ measurements ago; null while the test is not allowed yet.</param>
public readonly record struct EarlyStopDecision(bool Stop, int? StopEpoch, double? LocalAverage, double? Ratio)
{
    /// <summary>Nothing to say.</summary>
    public static EarlyStopDecision Continue(double? localAverage, double? ratio) => new(false, null, localAverage, ratio);
}

/// <summary>Follows λmax through one phase. An immutable value: serialise it into a checkpoint, go back by keeping the old one.
/// SGAS-es starts an empty one after every decision; RobustDARTS keeps one for the whole search (spec/algorithms.md §3.3, §4.2).</summary>
/// <param name="Rule">Window, lag and threshold.</param>
/// <param name="PhaseStart">First epoch of the phase.</param>
/// <param name="Measurements">All measurements of the phase, in order.</param>
public sealed record LambdaMaxTracker(EarlyStoppingRule Rule, int PhaseStart, IReadOnlyList<LambdaMeasurement> Measurements)
{
    /// <summary>Epoch that the search went back to with the measurements kept, until the next one; null otherwise.</summary>
    public int? BackAt { get; init; }

    /// <summary>The search goes back to an epoch, and the abandoned measurements stay in the window: what the released RobustDARTS does
    /// (spec/algorithms.md §4.3). To forget them, keep the tracker of that epoch instead.</summary>
    public LambdaMaxTracker GoBackTo(int epoch) => this with { BackAt = epoch };

    /// <summary>No measurements yet.</summary>
    public static LambdaMaxTracker Start(EarlyStoppingRule rule, int phaseStart) => new(rule, phaseStart, []);

    /// <summary>A tracker that took all these measurements. Throws as <see cref="Add"/> does.</summary>
    public static LambdaMaxTracker Of(EarlyStoppingRule rule, int phaseStart, IReadOnlyList<LambdaMeasurement> measurements)
    {
        var last = phaseStart - 1;
        foreach (var (epoch, value) in measurements)
        {
            Check(epoch, value, last);
            last = epoch;
        }
        return new(rule, phaseStart, measurements);
    }

    /// <summary>Takes a measurement. The caller keeps the returned tracker. Throws <see cref="ArgumentException"/> when the epoch does
    /// not follow the last one or the value is not finite (a diverged search ends; it is not tracked).</summary>
    public (LambdaMaxTracker Tracker, EarlyStopDecision Decision) Add(int epoch, double value)
    {
        Check(epoch, value, BackAt ?? (Measurements.Count > 0 ? Measurements[^1].Epoch : PhaseStart - 1));
        var next = this with { Measurements = [.. Measurements, new(epoch, value)], BackAt = null };
        return (next, next.After(next.Measurements.Count));
    }

    /// <summary>What the measurement of that number led to, from 1.</summary>
    public EarlyStopDecision After(int count)
    {
        var now = Rule.LocalAverage(Measurements, count);
        var then = Rule.LocalAverage(Measurements, count - Rule.Delta);
        var candidate = Measurements[count - 1].Epoch - Rule.Rollback;
        if (then is null || candidate < PhaseStart + Rule.EsStart)
            return EarlyStopDecision.Continue(now, ratio: null);
        var ratio = now / then;
        return ratio > Rule.Factor
            ? new(true, candidate, now, ratio)
            : EarlyStopDecision.Continue(now, ratio);
    }

    /// <summary>Local averages in order; one per measurement from the ⌈window/2⌉-th on.</summary>
    public IReadOnlyList<double> LocalAverages() =>
        [.. Enumerable.Range(1, Measurements.Count).Select(n => Rule.LocalAverage(Measurements, n)).OfType<double>()];

    private static void Check(int epoch, double value, int last)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException($"lambda-max at epoch {epoch} is {value}; it must be finite.");
        if (epoch <= last)
            throw new ArgumentException($"lambda-max at epoch {epoch} follows epoch {last}; epochs of a phase must grow.");
    }

    /// <inheritdoc/>
    public bool Equals(LambdaMaxTracker? other) =>
        other is not null && Rule == other.Rule && PhaseStart == other.PhaseStart && BackAt == other.BackAt && Measurements.SequenceEqual(other.Measurements);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rule, PhaseStart, Measurements.Count);
}
