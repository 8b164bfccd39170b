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
        var rule = SgasEsMethod.Rule(run.Settings);
        GreedyPhases.Run(run, end: progress =>
            PhaseEnd.AfterEpoch(progress.Epoch - 1, progress.PhaseStart, run.Settings.Int("phaseEpochs"), rule, progress.Stop));
    }

    /// <summary>The verdict on the epoch's measurement goes into the checkpoint with it.</summary>
    public SearchProgress AfterEpoch(SearchProgress progress, EpochResult epoch, SearchRun run) =>
        run.Phase.Decides ? progress.Watch(epoch.LambdaMax, SgasEsMethod.Rule(run.Settings)) : progress;
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
        var stops = run.Unit.PlaceboStops
            ?? throw new ArgumentException($"{run.Unit.UnitId}: a placebo phase needs the stops that other seeds recorded, and has none.");
        GreedyPhases.Run(run, end: progress => PhaseEnd.AfterPlaceboEpoch(
            progress.Epoch - 1, progress.PhaseStart, run.Settings.Int("phaseEpochs"), run.Settings.Int("esStart"),
            progress.Phase < stops.Count ? stops[progress.Phase] : new PlaceboStop(null, null)));
    }
}

/// <summary>The phase that both share (spec/algorithms.md §3.2): train until the rule or the cap ends it, go back where the rule says,
/// decide. The checkpoint of every epoch is written before any decision.</summary>
internal static class GreedyPhases
{
    public static void Run(SearchRun run, Func<SearchProgress, PhaseEnd> end)
    {
        if (!run.Phase.Decides)
        {
            run.RestOfPhase();
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
            run.Epoch();
        }
        if (run.State.Progress.Diverged)
            return;

        // 2. What ended it, as other seeds' placebos will read it.
        var (last, start, stop) = (run.State.Progress.Epoch - 1, run.State.Progress.PhaseStart, run.State.Progress.Stop);
        if (verdict.Early)
            run.DecideTrigger(last, verdict.DecisionEpoch!.Value, stop);
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
