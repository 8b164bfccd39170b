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

    /// <summary>Second order: the gradient at w′ = w − ξ(mom·buf + ∇w L_tr + wd·w), with the Hessian-vector product replaced by a central
    /// difference of ε = 0.01/‖v‖. The weights go away and come back by snapshot, not by adding +ε −2ε +ε, which would not return to
    /// the same floats; the running statistics see what the reference's original network sees: L_tr three times, L_val never.</summary>
    /// <param name="state">The search.</param>
    /// <param name="train">w batch.</param>
    /// <param name="valid">α batch.</param>
    /// <param name="sgd">ξ (the current w rate), momentum and decay.</param>
    public static IReadOnlyList<Tensor> SecondOrder(SearchState state, Batch train, Batch valid, SgdOptions sgd)
    {
        var alphas = state.TrainableAlphas();
        var weights = state.Net.ActiveParameters;
        var values = weights.Select(w => w.Value).ToList();
        var xi = sgd.LearningRate;

        // 1. ∇w L_tr at w.
        var gradient = Gradients(state, train, values);
        var snapshot = Copies(values);

        // 2. w′.
        using (no_grad())
            for (var i = 0; i < values.Count; i++)
            {
                var step = state.Momentum.Buffer(weights[i].Name).mul(sgd.Momentum).add(gradient[i]).add(values[i], alpha: sgd.WeightDecay);
                values[i].add_(step, alpha: -xi);
            }

        // 3. v = ∇w′ L_val and ∇α L_val at w′, on what the reference makes a copy of the network.
        var statistics = Copies([.. state.Net.Weights.Buffers.Select(b => b.Value)]);
        var both = Gradients(state, valid, [.. values, .. alphas]);
        Restore([.. state.Net.Weights.Buffers.Select(b => b.Value)], statistics);
        var v = both.Take(values.Count).ToList();
        var result = both.Skip(values.Count).ToList();

        // 4. ∇α L_tr at w ± εv.
        var epsilon = 0.01 / OptimiserSteps.Norm(v);
        var plus = AlphaGradientAt(+epsilon);
        var minus = AlphaGradientAt(-epsilon);
        Restore(values, snapshot);

        // 5. g = ∇α L_val(w′) − ξ (∇α L_tr(w+) − ∇α L_tr(w−)) / 2ε.
        return [.. result.Select((g, i) => g.sub(plus[i].sub(minus[i]).mul(xi / (2 * epsilon))))];

        IReadOnlyList<Tensor> AlphaGradientAt(double distance)
        {
            using (no_grad())
                for (var i = 0; i < values.Count; i++)
                {
                    values[i].copy_(snapshot[i]);
                    values[i].add_(v[i], alpha: distance);
                }
            return Gradients(state, train, alphas);
        }
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

    private static List<Tensor> Copies(IReadOnlyList<Tensor> values) => [.. values.Select(w => w.detach().clone())];

    private static void Restore(IReadOnlyList<Tensor> values, List<Tensor> copies)
    {
        using var frozen = no_grad();
        for (var i = 0; i < values.Count; i++)
            values[i].copy_(copies[i]);
    }
}
