namespace NasFarm.Catalog.Schedules;

/// <summary>Cosine annealing from <paramref name="Max"/> at epoch 0 to <paramref name="Min"/> at <paramref name="Horizon"/> epochs:
/// lr(e) = min + ½(max − min)(1 + cos(π e / horizon)) (spec/algorithms.md §0.3). A function of the epoch, so rollbacks need no
/// state.</summary>
public readonly record struct CosineSchedule(double Max, double Min, double Horizon)
{
    /// <summary>Value at an epoch, which may be fractional. Past the horizon it stays at the minimum.</summary>
    public double At(double epoch) => Min + 0.5 * (Max - Min) * (1 + Math.Cos(Math.PI * Math.Min(epoch, Horizon) / Horizon));

    /// <summary>Value at a step of an epoch, updated every step: epoch + step / stepsPerEpoch (spec/algorithms.md §1.8).</summary>
    public double At(int epoch, int step, int stepsPerEpoch) => At(epoch + (double)step / stepsPerEpoch);
}

/// <summary>A straight line from <paramref name="From"/> at epoch 0 to <paramref name="To"/> at <paramref name="Length"/> epochs.
/// Drop-path of a retraining: (0, p, epochs) (spec/retraining-and-data.md §1).</summary>
public readonly record struct LinearSchedule(double From, double To, double Length)
{
    /// <summary>Value at an epoch; constant at <c>To</c> from <c>Length</c> on.</summary>
    public double At(double epoch) => Length > 0 ? From + (To - From) * Math.Min(epoch, Length) / Length : To;
}
