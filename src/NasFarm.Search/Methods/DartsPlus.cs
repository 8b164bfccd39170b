using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Methods;
using NasFarm.Search.Phases;

namespace NasFarm.Search.Methods;

/// <summary>DARTS+ (spec/algorithms.md §9): DARTS with a stop that needs no eigenvalues, tested after every epoch. By default the first
/// epoch after which the derived normal cell has two skip connections is the last; or, by the setting <c>stopBy</c>, the one after which
/// the convolutions of every edge have kept their ranking for ten epochs. The genotype is that of the stop, also where the cell has more
/// skip connections than the limit at the first look, which the record says (<c>overshot</c>). The paper's choice of edges and
/// convolutions to rank is not known: here it is every edge of every cell type, and every operation with filters.</summary>
public sealed class DartsPlus : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "darts-plus";

    /// <inheritdoc/>
    public void RunPhase(SearchRun run)
    {
        while (run.HasEpochs && !Ended(run))
            run.Epoch();

        if (Ended(run))
        {
            var (skips, limit) = (run.Genotype().Normal.SkipCount, run.Settings.Int("skipLimit"));
            run.Decide("stop", new { epoch = run.State.Progress.Epoch - 1, by = run.Settings.Text("stopBy"), skips, overshot = skips > limit });
        }
    }

    /// <inheritdoc/>
    public SearchProgress AfterEpoch(SearchProgress progress, EpochResult epoch, SearchRun run) =>
        progress.Carrying(RankStability.After(progress.Carried<RankStability>(), run.Space, run.State.Alphas.Values()));

    /// <summary>An epoch lies behind the current state, and the criterion holds after it.</summary>
    private static bool Ended(SearchRun run) =>
        run.State.Progress is { Diverged: false, Epoch: > 0, Step: 0 } at
        && (run.Settings.Text("stopBy") == DartsPlusMethod.Skips
            ? run.Genotype().Normal.SkipCount >= run.Settings.Int("skipLimit")
            : at.Carried<RankStability>()!.Unchanged >= run.Settings.Int("stableEpochs"));
}
