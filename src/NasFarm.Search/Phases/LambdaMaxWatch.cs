using NasFarm.Catalog.EarlyStopping;

namespace NasFarm.Search.Phases;

/// <summary>λmax as a reason to stop.</summary>
public static class LambdaMaxWatch
{
    /// <summary>Feeds the measurement of the epoch just trained to the phase's tracker; the verdict goes into the checkpoint with it.</summary>
    /// <param name="progress">After the epoch.</param>
    /// <param name="lambda">What was measured; null: nothing, and no verdict.</param>
    /// <param name="rule">Window, lag and threshold.</param>
    public static SearchProgress Watch(this SearchProgress progress, double? lambda, EarlyStoppingRule rule)
    {
        if (lambda is not { } value)
            return progress with { Stop = default };
        var (tracker, stop) = (progress.Tracker ?? LambdaMaxTracker.Start(rule, progress.PhaseStart)).Add(progress.Epoch - 1, value);
        return progress with { Tracker = tracker, Stop = stop };
    }

    /// <summary>Records which epoch's measurement stopped the search, and where it returns to.</summary>
    public static void DecideTrigger(this SearchRun run, int epoch, int returnTo, EarlyStopDecision stop) =>
        run.Decide("trigger", new { epoch, stopEpoch = returnTo, ratio = stop.Ratio, localAverage = stop.LocalAverage });
}
