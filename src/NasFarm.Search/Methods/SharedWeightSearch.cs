using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>What the searches that sample uniformly share: a weight step trains one uniformly drawn cell, one for the batch; there are no
/// logits; when the epochs are over, the method chooses a cell. The released code multiplies by one-hot weights: there the weights of
/// operations that were not drawn have zero gradients, decay and follow their momentum. Here these operations do not run, and their
/// weights rest. An epoch is validated with a cell of its own, drawn like a candidate, for there is no current architecture.</summary>
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
    public WeightGradient WeightGradient(TrainingStep step)
    {
        // The network stays at this cell until the next is drawn: the update moves the weights that the cell has.
        var random = step.Random(StreamNames.RandomArchitecture, "step");
        step.State.Net.SetDecisions(SinglePaths.Draw(step.State.Space, step.NoneRule, random.NextInt));
        return step.WeightGradient(step.Mixtures());
    }

    /// <inheritdoc/>
    public Genotype Genotype(SearchRun run) => run.RandomCell("epoch");

    /// <inheritdoc/>
    public Genotype? Validated(SearchRun run) => Genotype(run);

    /// <inheritdoc/>
    public Genotype FinalGenotype(SearchRun run) => run.State.Progress.Diverged ? Genotype(run) : Choose(run);
}
