using NasFarm.Search.Phases;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>MiLeNAS (spec/algorithms.md §13): the architecture step follows ∇α L_val + λ ∇α L_tr, both at the current weights and on the
/// batches of the step; the weight step is DARTS'. Departures from the released code: the gradient of w is clipped, where the code clips
/// that of α; the learning rate of epoch e is lr(e). Of its variants (second order, several weight steps, a stop by model size) only the
/// published one is here.</summary>
public sealed class MileNas : ISearchMethod
{
    /// <inheritdoc/>
    public string Name => "milenas";

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> AlphaGradient(TrainingStep step)
    {
        var (valid, train) = (step.AlphaGradient(step.Valid), step.AlphaGradient(step.Train));
        var (validWeight, trainWeight) = (step.Settings.Double("validLossWeight"), step.Settings.Double("trainLossWeight"));
        return [.. valid.Zip(train, (v, t) => v.mul(validWeight).add(t, alpha: trainWeight))];
    }
}
