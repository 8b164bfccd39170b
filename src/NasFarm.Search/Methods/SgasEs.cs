using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>SGAS-es (spec/algorithms.md §3): inside each phase the moving average of λmax is watched. When it grows too fast, the search
/// goes back to the epoch where the growth began and decides there. Departures from the released code, all of spec §3.4: random
/// streams follow the counter of trained epochs, so the epochs after a rollback see new shuffles; the learning rate is lr(e).</summary>
public sealed class SgasEs : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "sgas-es";

    /// <inheritdoc/>
    public void RunPhase(SearchRun run)
    {
        var settings = run.Unit.SeedRun.Hyperparameters;
        var rule = SgasEsMethod.Rule(settings);
        GreedyPhases.Run(run,
            afterTraining: (progress, lambda) => Track(progress, lambda, rule),
            end: progress => PhaseEnd.AfterEpoch(progress.Epoch - 1, progress.PhaseStart, settings.Int("phaseEpochs"), rule, progress.Stop));
    }

    /// <summary>Feeds the measurement of the epoch just trained to the phase's tracker; the verdict goes into the checkpoint with it.</summary>
    private static SearchProgress Track(SearchProgress progress, double? lambda, EarlyStoppingRule rule)
    {
        if (lambda is not { } value)
            return progress with { Stop = default };
        var (tracker, stop) = (progress.Tracker ?? LambdaMaxTracker.Start(rule, progress.PhaseStart)).Add(progress.Epoch - 1, value);
        return progress with { Tracker = tracker, Stop = stop };
    }
}

/// <summary>The control that isolates λmax from deciding earlier (spec/algorithms.md §3.4): the machinery of SGAS-es, with the stops
/// that other seeds recorded in the same phase.</summary>
public sealed class SgasEsPlacebo : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "sgas-es-placebo";

    /// <inheritdoc/>
    public void RunPhase(SearchRun run)
    {
        var settings = run.Unit.SeedRun.Hyperparameters;
        var stops = run.Unit.PlaceboStops
            ?? throw new ArgumentException($"{run.Unit.UnitId}: a placebo phase needs the stops that other seeds recorded, and has none.");
        GreedyPhases.Run(run, afterTraining: null, end: progress => PhaseEnd.AfterPlaceboEpoch(
            progress.Epoch - 1, progress.PhaseStart, settings.Int("phaseEpochs"), settings.Int("esStart"),
            progress.Phase < stops.Count ? stops[progress.Phase] : new PlaceboStop(null, null)));
    }
}

/// <summary>The phase that both share (spec/algorithms.md §3.2): train until the rule or the cap ends it, go back where the rule says,
/// decide. The checkpoint of every epoch is written before any decision.</summary>
internal static class GreedyPhases
{
    public static void Run(
        SearchRun run, Func<SearchProgress, double?, SearchProgress>? afterTraining, Func<SearchProgress, PhaseEnd> end)
    {
        if (!run.Phase.Decides)
        {
            while (run.State.Progress is { Diverged: false } at && at.Epoch - at.PhaseStart < run.Phase.EpochCap)
                run.Epoch();
            return;
        }

        // 1. Epochs, until one ends the phase.
        var verdict = PhaseEnd.NextEpoch;
        while (!run.State.Progress.Diverged)
        {
            var begun = run.State.Progress.Epoch > run.State.Progress.PhaseStart && run.State.Progress.Step == 0;
            if (begun && (verdict = end(run.State.Progress)).Decides)
                break;
            run.AppendHistory();
            run.Epoch(afterTraining);
        }
        if (run.State.Progress.Diverged)
            return;

        // 2. What ended it, as other seeds' placebos will read it.
        var (last, start, stop) = (run.State.Progress.Epoch - 1, run.State.Progress.PhaseStart, run.State.Progress.Stop);
        if (verdict.Early)
            run.Decide("trigger", new { epoch = last, stopEpoch = verdict.DecisionEpoch, ratio = stop.Ratio, localAverage = stop.LocalAverage });
        run.Decide("phase_end", new
        {
            phase = run.Unit.Phase,
            triggered = verdict.Early,
            triggerAfter = verdict.Early ? last - start : (int?)null,
            returnTo = verdict.Early ? verdict.DecisionEpoch - start : null,
        });

        // 3. Back to the epoch that decides, and the decision with its logits.
        run.RollBackTo(verdict.DecisionEpoch!.Value);
        run.DecideEdges();
    }
}
