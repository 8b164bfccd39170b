using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Progressive;
using NasFarm.Catalog.Units;
using NasFarm.Search.Phases;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>P-DARTS (spec/algorithms.md §8): DARTS in three stages, a phase each. A stage begins anew with a deeper network that has only the
/// operations which did best before, trains the weights alone for its first epochs, and drops elements of its skip connections' outputs.
/// The last one ends with a cell of few skip connections. The logits' gradient is clipped as well. Departures from the released code: of
/// edges of equal weight the lower source stays; validation after every epoch. The genotype of an epoch is what the end rule makes of it.</summary>
public sealed class PDarts : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "p-darts";

    /// <inheritdoc/>
    public Stage Stage(SeedRunSpec run, int phase, SearchProgress? reached)
    {
        var first = Phases.Stage.First(run);
        return phase == 0 ? first : new(
            phase, first.Space.Keeping(reached!.Carried<Shrunk>()!.Stages[phase - 1]), first.Cells + PDartsMethod.CellsAdded(run.Hyperparameters, phase));
    }

    /// <inheritdoc/>
    public void RunPhase(SearchRun run)
    {
        // 1. The epochs of the stage.
        run.RestOfPhase();
        if (run.State.Progress.Diverged || run.Unit.Phase == PDartsMethod.Stages - 1)
            return;

        // 2. What the next one keeps on every edge.
        var kept = ProgressiveShrinking.Survivors(run.Space, run.State.Alphas.Values(), PDartsMethod.Operations(run.Settings, run.Unit.Phase + 1));
        foreach (var (type, edges) in run.Space.CellTypes.Zip(kept))
            run.Decide($"operations_{type.ToString().ToLowerInvariant()}", new { stage = run.Unit.Phase, kept = edges });
        var before = run.State.Progress.Carried<Shrunk>()?.Stages.Take(run.Unit.Phase) ?? [];
        run.State.Progress = run.State.Progress.Carrying(new Shrunk([.. before, kept]));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor>? AlphaGradient(TrainingStep step)
    {
        if (step.Epoch - step.State.Progress.PhaseStart < step.Settings.Int("weightEpochs"))
            return null;
        var gradients = step.AlphaGradient(step.Valid);
        if (step.Settings.Double("alphaGradientClip") is > 0 and var clip)
            OptimiserSteps.ClipGradNorm(gradients, clip);
        return gradients;
    }

    /// <inheritdoc/>
    public TrainingNoise Noise(Hyperparameters settings, int epoch) => new() { SkipDropout = PDartsMethod.SkipDropoutAt(settings, epoch) };

    /// <inheritdoc/>
    public Genotype Genotype(SearchRun run) => End(run).Genotype;

    /// <inheritdoc/>
    public Genotype FinalGenotype(SearchRun run)
    {
        var (genotype, capped) = End(run);
        run.Decide("skip_cap", new { capped, skips = genotype.Normal.SkipCount });
        return genotype;
    }

    private static (Genotype Genotype, IReadOnlyList<int> Capped) End(SearchRun run) =>
        ProgressiveShrinking.Derive(run.Space, run.State.Alphas.Values(), run.Settings.Int("mostSkips"));

    /// <summary>Operations by stage after the first, cell type and edge.</summary>
    private sealed record Shrunk(IReadOnlyList<IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>>> Stages);
}
