using NasFarm.Search.Networks;
using NasFarm.Search.Optimizers;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Phases;

/// <summary>The architecture step: the gradient of the validation loss with respect to the undecided logits, by DARTS' first or second
/// order (spec/algorithms.md §1.4, §1.5).</summary>
public static class Architect
{
    /// <summary>The order that the setting <c>order</c> names; the first where a method has no such setting. None before the epoch that
    /// <c>alphaFromEpoch</c> names.</summary>
    public static IReadOnlyList<Tensor>? Gradient(TrainingStep step)
    {
        if (step.Settings.ContainsKey("alphaFromEpoch") && step.Epoch < step.Settings.Int("alphaFromEpoch"))
            return null;
        if (!step.Settings.ContainsKey("order") || step.Settings.Int("order") == 1)
            return step.AlphaGradient(step.Valid);
        // L_val at w' once, L_tr at w for w', and at w+ and w-.
        step.CountAlphas(4);
        return SecondOrder(step.State, step.Train, step.Valid, step.Sgd, step.DropPath);
    }

    /// <summary>First order: g = ∇α L_val(w, α).</summary>
    public static IReadOnlyList<Tensor> FirstOrder(SearchState state, Batch valid, DropPath? dropPath = null) =>
        Gradients(state, valid, state.TrainableAlphas(), dropPath);

    /// <summary>Second order, on what the reference makes a copy of the network for: the running statistics see L_tr three times and
    /// L_val never.</summary>
    /// <param name="state">The search.</param>
    /// <param name="train">w batch.</param>
    /// <param name="valid">α batch.</param>
    /// <param name="sgd">ξ (the current w rate), momentum and decay.</param>
    /// <param name="dropPath">Masks; every forward pass draws its own.</param>
    public static IReadOnlyList<Tensor> SecondOrder(SearchState state, Batch train, Batch valid, SgdOptions sgd, DropPath? dropPath = null)
    {
        var (weights, alphas) = (state.Net.ActiveParameters, state.TrainableAlphas());
        var values = weights.Select(w => w.Value).ToList();
        return UnrolledGradient.Of(
            values, [.. weights.Select(w => state.Momentum.Buffer(w.Name))], sgd,
            trainWeights: () => Gradients(state, train, values, dropPath),
            trainAlphas: () => Gradients(state, train, alphas, dropPath),
            validBoth: () =>
            {
                var statistics = new Snapshot([.. state.Net.Weights.Buffers.Select(b => b.Value)]);
                var both = Gradients(state, valid, [.. values, .. alphas], dropPath);
                statistics.Restore();
                return ([.. both.Take(values.Count)], [.. both.Skip(values.Count)]);
            },
            between: state.Net.RepeatNoise);
    }

    /// <summary>∇ of the training-mode cross-entropy on a batch.</summary>
    public static IReadOnlyList<Tensor> Gradients(SearchState state, Batch batch, IReadOnlyList<Tensor> inputs, DropPath? dropPath = null)
    {
        var logits = state.Net.Forward(batch.Images, state.Alphas.Mixtures(), Mode.Train, dropPath);
        return LossGradients(F.cross_entropy(logits, batch.Labels), inputs);
    }

    /// <summary>∂loss/∂inputs; 0 for an input that the loss does not depend on, as a weight behind edges that are all noise.</summary>
    public static IReadOnlyList<Tensor> LossGradients(Tensor loss, IReadOnlyList<Tensor> inputs) =>
        [.. NasFarm.Torch.Ext.Gradients.Of([loss], inputs, allowUnused: true).Select((gradient, i) => gradient ?? zeros_like(inputs[i]))];
}
