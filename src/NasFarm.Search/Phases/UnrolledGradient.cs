using NasFarm.Search.Optimizers;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Phases;

/// <summary>DARTS' second-order architecture gradient (spec/algorithms.md §1.5): the gradient of the validation loss after one
/// unrolled weight step, with the Hessian-vector product replaced by a central difference. The weights go away and come back by
/// snapshot, not by adding +ε −2ε +ε, which would not return to the same floats. On ReLU networks the difference also sees the kinks
/// that lie within its step; that is the method as published.</summary>
public static class UnrolledGradient
{
    /// <summary>g = ∇α L_val(w′) − ξ (∇α L_tr(w + εv) − ∇α L_tr(w − εv)) / 2ε.</summary>
    /// <param name="weights">w; changed and restored in place.</param>
    /// <param name="momentum">SGD momentum buffers, in the order of the weights.</param>
    /// <param name="sgd">ξ, momentum and decay of the unrolled step.</param>
    /// <param name="trainWeights">∇w L_tr at the current weights.</param>
    /// <param name="trainAlphas">∇α L_tr at the current weights.</param>
    /// <param name="validBoth">∇w and ∇α of L_val at the current weights.</param>
    /// <param name="between">Called between the two ends of the difference: the second is to see the noise of the first; null: there is none.</param>
    public static IReadOnlyList<Tensor> Of(
        IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> momentum, SgdOptions sgd,
        Func<IReadOnlyList<Tensor>> trainWeights, Func<IReadOnlyList<Tensor>> trainAlphas,
        Func<(IReadOnlyList<Tensor> Weights, IReadOnlyList<Tensor> Alphas)> validBoth, Action? between = null)
    {
        var xi = sgd.LearningRate;
        var home = new Snapshot(weights);

        // 1. w′ = w − ξ (mom·buf + ∇w L_tr + wd·w).
        var gradient = trainWeights();
        using (no_grad())
            for (var i = 0; i < weights.Count; i++)
                weights[i].add_(momentum[i].mul(sgd.Momentum).add(gradient[i]).add(weights[i], alpha: sgd.WeightDecay), alpha: -xi);

        // 2. v = ∇w′ L_val, and ∇α L_val there.
        var (v, result) = validBoth();

        // 3. ∇α L_tr at w ± εv.
        var epsilon = 0.01 / OptimiserSteps.Norm(v);
        var plus = AlphasAt(+epsilon);
        between?.Invoke();
        var minus = AlphasAt(-epsilon);
        home.Restore();

        // 4. Together.
        return [.. result.Select((g, i) => g.sub(plus[i].sub(minus[i]).mul(xi / (2 * epsilon))))];

        IReadOnlyList<Tensor> AlphasAt(double distance)
        {
            home.Displace(v, distance);
            return trainAlphas();
        }
    }
}
