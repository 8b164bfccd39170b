using NasFarm.Catalog.Methods;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>DARTS-ADA (spec/algorithms.md §4.3): where DARTS-ES would end, the search goes back to the epoch before the growth of λmax and
/// goes on from there with a larger weight decay, until it has trained its epochs. The setting <c>tracker</c> says whether the measurements
/// of abandoned epochs stay in the window: the released code restores the tracker and goes on with the other one. Random streams follow
/// the counter of trained epochs, so the epochs after a rollback see new shuffles; a trigger at the last epoch goes back as well.</summary>
public sealed class DartsAda : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "darts-ada";

    /// <inheritdoc/>
    public void RunPhase(SearchRun run)
    {
        while (run.State.Progress is { Diverged: false } at)
        {
            if (at is { Step: 0, Stop: { Stop: true, StopEpoch: { } stopEpoch } })
                Adapt(run, at, stopEpoch - run.Settings.Int("extraRollback"));
            if (run.State.Progress.Epoch == run.Plan.NominalHorizon)
                return;
            run.Epoch();
        }
    }

    /// <inheritdoc/>
    public SgdOptions WeightUpdate(SgdOptions planned, SearchProgress progress, Hyperparameters settings) =>
        planned with { WeightDecay = RobustDartsMethods.Ladder(settings).At(Raises(progress)) };

    /// <inheritdoc/>
    public SearchProgress AfterEpoch(SearchProgress progress, EpochResult epoch, SearchRun run)
    {
        var watched = progress.Watch(epoch.LambdaMax, RobustDartsMethods.Rule(run.Settings));
        return RobustDartsMethods.Ladder(run.Settings).MayRaise(Raises(progress)) ? watched : watched with { Stop = default };
    }

    /// <summary>Goes back with a larger weight decay. Its first checkpoint is that of the next epoch: whoever resumes before it finds the
    /// verdict again and comes through here again.</summary>
    private static void Adapt(SearchRun run, SearchProgress triggered, int returnTo)
    {
        var raises = Raises(triggered) + 1;
        run.DecideTrigger(triggered.Epoch - 1, returnTo, triggered.Stop);
        run.RollBackTo(returnTo);
        run.Decide("weight_decay", new { weightDecay = RobustDartsMethods.Ladder(run.Settings).At(raises) });
        var progress = run.State.Progress.Carrying(new Raised(raises)) with { Stop = default };
        run.State.Progress = run.Settings.Text("tracker") == RobustDartsMethods.Released
            ? progress with { Tracker = triggered.Tracker!.GoBackTo(returnTo) }
            : progress;
    }

    private static int Raises(SearchProgress progress) => progress.Carried<Raised>()?.Times ?? 0;

    private sealed record Raised(int Times);
}
