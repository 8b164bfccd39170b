using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Methods;
using NasFarm.Search.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>FairDARTS (spec/algorithms.md §10): mixture weights σ(α), operation by operation; the architecture step follows
/// ∇α (L_val + w01 · L01) with L01 = −mean (σ(α) − ½)². The derived cell keeps per node the two largest operations of different edges that
/// reach the threshold; a node may keep one edge or none. The released code has no <c>none</c> operation: here its column stays in the
/// matrix, is computed nowhere, counts in no mean and is never derived. The loss that is added to the weight step as well moves no weight
/// and is left out there.</summary>
public sealed class FairDarts : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "fair-darts";

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> AlphaGradient(TrainingStep step)
    {
        var weight = step.Settings.Double("zeroOneWeight");
        var loss = ZeroOneLoss(step.State, step.Settings.Text("zeroOneLoss") == FairDartsMethod.Squared);
        var apart = Architect.LossGradients(loss, step.State.TrainableAlphas());
        return [.. step.AlphaGradient(step.Valid).Zip(apart, (g, a) => g.add(a, alpha: weight))];
    }

    /// <inheritdoc/>
    public Genotype Genotype(SearchRun run) =>
        Discretisation.AboveThreshold(run.Space, run.State.Alphas.Values(), run.Settings.Double("threshold"));

    /// <summary>Mean over all operations but <c>none</c> of all edges of all cell types together.</summary>
    private static Tensor ZeroOneLoss(SearchState state, bool squared)
    {
        var operations = Enumerable.Range(0, state.Space.Columns).Where(o => o != state.Space.NoneIndex).Select(o => (long)o).ToArray();
        var rows = stack([.. state.Alphas.Named.Select(a => a.Vector)]);
        using var columns = tensor(operations);
        var distance = rows.index_select(1, columns.to(rows.device)).sigmoid().sub(0.5);
        return (squared ? distance.mul(distance) : distance.abs()).mean().neg();
    }
}
