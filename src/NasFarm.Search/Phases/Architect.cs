using NasFarm.Search.Networks;
using NasFarm.Search.Optimizers;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Phases;

/// <summary>The architecture step: the gradient of the validation loss with respect to the undecided logits, by DARTS' first or second
/// order (spec/algorithms.md §1.4, §1.5).</summary>
public static class Architect
{
    /// <summary>First order: g = ∇α L_val(w, α).</summary>
    public static IReadOnlyList<Tensor> FirstOrder(SearchState state, Batch valid) =>
        Gradients(state, valid, state.TrainableAlphas());

    /// <summary>Second order, on what the reference makes a copy of the network for: the running statistics see L_tr three times and
    /// L_val never.</summary>
    /// <param name="state">The search.</param>
    /// <param name="train">w batch.</param>
    /// <param name="valid">α batch.</param>
    /// <param name="sgd">ξ (the current w rate), momentum and decay.</param>
    public static IReadOnlyList<Tensor> SecondOrder(SearchState state, Batch train, Batch valid, SgdOptions sgd)
    {
        var (weights, alphas) = (state.Net.ActiveParameters, state.TrainableAlphas());
        var values = weights.Select(w => w.Value).ToList();
        return UnrolledGradient.Of(
            values, [.. weights.Select(w => state.Momentum.Buffer(w.Name))], sgd,
            trainWeights: () => Gradients(state, train, values),
            trainAlphas: () => Gradients(state, train, alphas),
            validBoth: () =>
            {
                var buffers = state.Net.Weights.Buffers.Select(b => b.Value).ToList();
                var statistics = UnrolledGradient.Copies(buffers);
                var both = Gradients(state, valid, [.. values, .. alphas]);
                UnrolledGradient.Restore(buffers, statistics);
                return ([.. both.Take(values.Count)], [.. both.Skip(values.Count)]);
            });
    }

    /// <summary>∇ of the training-mode cross-entropy on a batch.</summary>
    public static IReadOnlyList<Tensor> Gradients(SearchState state, Batch batch, IReadOnlyList<Tensor> inputs)
    {
        var logits = state.Net.Forward(batch.Images, state.Alphas.Mixtures(), Mode.Train);
        return LossGradients(F.cross_entropy(logits, batch.Labels), inputs);
    }

    /// <summary>∂loss/∂inputs; every input must take part in the loss.</summary>
    public static IReadOnlyList<Tensor> LossGradients(Tensor loss, IReadOnlyList<Tensor> inputs) =>
        [.. NasFarm.Torch.Ext.Gradients.Of([loss], inputs).Select(g => g!)];
}
