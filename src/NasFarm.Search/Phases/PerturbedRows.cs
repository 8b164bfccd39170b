using NasFarm.Search.Networks;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Phases;

/// <summary>The w batch seen through other mixture weights, in evaluation mode: what the searches for a bad neighbour ask
/// (spec/algorithms.md §7, §12.1). The running statistics stay as they are.</summary>
public static class PerturbedRows
{
    /// <summary>The rows that the weight step of DARTS would mix with.</summary>
    public static MixtureRows Rows(this TrainingStep step)
    {
        using var scope = NewDisposeScope();
        return MixtureRows.Of(step.Mixtures(), step.State.Space.RowLengths);
    }

    /// <summary>Cross-entropy of the w batch under these rows. Counts as a pass without a gradient.</summary>
    public static double EvaluatedLoss(this TrainingStep step, MixtureRows rows)
    {
        step.CountForwards(1);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        return Loss(step, rows.Tensors(step.Train.Images.device)).item<float>();
    }

    /// <summary>Gradient of that loss with respect to the rows. Counts as one of the weight step's.</summary>
    public static MixtureRows EvaluatedGradient(this TrainingStep step, MixtureRows rows)
    {
        step.CountWeights(1);
        using var scope = NewDisposeScope();
        var leaves = rows.Tensors(step.Train.Images.device).Select(t => t.requires_grad_(true)).ToList();
        return MixtureRows.Of(Architect.LossGradients(Loss(step, leaves), leaves), rows.Lengths);
    }

    /// <summary>The gradient of the weight step with these rows as mixture weights.</summary>
    public static WeightGradient WeightGradient(this TrainingStep step, MixtureRows rows) =>
        step.WeightGradient(rows.Tensors(step.Train.Images.device));

    private static Tensor Loss(TrainingStep step, IReadOnlyList<Tensor> mixtures) =>
        F.cross_entropy(step.State.Net.Forward(step.Train.Images, mixtures, Mode.Evaluate), step.Train.Labels);
}
