using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Sgas;
using NasFarm.Search.Phases;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>What the searches that only sample share: a weight step trains one uniformly drawn cell (<see cref="UniformPaths"/>); there are no
/// logits; when the epochs are over, the method chooses a cell. An epoch is validated with a cell of its own, drawn like a candidate, for there is no current architecture.</summary>
public abstract class SharedWeightSearch : ISearchMethod
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>The cell that the trained weights speak for, and the record of why. In evaluation mode, and without a trace in weights or
    /// running statistics.</summary>
    protected abstract Genotype Choose(SearchRun run);

    /// <inheritdoc/>
    public void RunPhase(SearchRun run) => run.RestOfPhase();

    /// <inheritdoc/>
    public IReadOnlyList<Tensor>? AlphaGradient(TrainingStep step) => null;

    /// <inheritdoc/>
    public WeightGradient WeightGradient(TrainingStep step) => step.UniformPathGradient();

    /// <inheritdoc/>
    public Genotype Genotype(SearchRun run) => run.RandomCell("epoch");

    /// <inheritdoc/>
    public IReadOnlyList<CellDecisions> Validated(SearchRun run) => SinglePaths.Of(Genotype(run));

    /// <inheritdoc/>
    public Genotype FinalGenotype(SearchRun run) => run.State.Progress.Diverged ? Genotype(run) : Choose(run);
}
