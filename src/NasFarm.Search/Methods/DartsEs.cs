using NasFarm.Catalog.Methods;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>DARTS-ES (spec/algorithms.md §4.2): DARTS, second order, until the local average of λmax has grown too fast; the search then
/// ends with the state of the epoch before the growth. Departures from the released code: the learning rate of epoch e is lr(e); λmax is
/// measured every so many epochs and not after the last one as well, where the code never tests it. The paper's wording (λ̄ of k epochs
/// ago / λ̄ now &lt; 0.75, back by k) differs a little; the rule is the code's.</summary>
public sealed class DartsEs : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "darts-es";

    /// <inheritdoc/>
    public void RunPhase(SearchRun run)
    {
        // 1. Epochs, until one triggers.
        while (run.HasEpochs && !run.State.Progress.Stop.Stop)
            run.Epoch();

        // 2. Back to the epoch before the growth.
        if (run.State.Progress is not { Diverged: false, Stop: { Stop: true, StopEpoch: { } returnTo } stop } at)
            return;
        run.DecideTrigger(at.Epoch - 1, returnTo, stop);
        run.RollBackTo(returnTo);
    }

    /// <inheritdoc/>
    public SearchProgress AfterEpoch(SearchProgress progress, EpochResult epoch, SearchRun run) =>
        progress.Watch(epoch.LambdaMax, RobustDartsMethods.Rule(run.Settings));
}
