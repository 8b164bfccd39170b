using NasFarm.Catalog.Alignment;
using NasFarm.Catalog.Methods;
using NasFarm.Search.Phases;
using NasFarm.Search.Supernets;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Methods;

/// <summary>Λ-DARTS (spec/algorithms.md §11): the weights minimise L_tr − λ Λ, with Λ the alignment of the gradients that the normal layers
/// send to the mixture weights they share. Its gradient is a finite difference over perturbed copies of those weights, added before
/// clipping; the architecture step is DARTS'. Reduction layers are not perturbed. Departures from the released code: in epoch 0, where
/// λ is 0, the two extra passes are left out; α batches are drawn anew at every step; the optimiser of the weights on NAS-Bench-201 is the
/// benchmark's, as for every method. Λ on the last w minibatch is recorded with every epoch.</summary>
public sealed class LambdaDarts : ISearchMethod
{
    private const int Normal = 0;

    /// <inheritdoc/>
    public string Name => "lambda-darts";

    /// <inheritdoc/>
    public WeightGradient WeightGradient(TrainingStep step)
    {
        var lambda = LambdaDartsMethod.Weight(step.Settings).At(step.Epoch);
        if (lambda == 0)
            return step.WeightGradient(step.Mixtures());

        // 1. ∇w L_tr, and g_l = ∂L_tr / ∂(mixture weights of layer l): every normal layer has a copy of its own.
        var (types, shared) = (step.State.Net.LayerTypes, step.Mixtures());
        var layers = types.Select(type => type == Normal ? shared[type].clone().requires_grad_(true) : shared[type]).ToList();
        var normal = layers.Where((_, l) => types[l] == Normal).ToList();
        var plain = step.WeightGradient(layers, also: normal, out var g);

        // 2. The direction in which each layer's gradient joins the others.
        var gradients = MixtureRows.Of(g, step.State.Space.RowLengths).Types;
        var p = step.Settings.Text("alignment") == LambdaDartsMethod.Cosine
            ? LayerAlignment.CosineDirections(gradients)
            : LayerAlignment.SignDirections(gradients);

        // 3. ∇w + λ r.
        return Regulariser([.. normal.Select(a => a.detach())], p, step.Settings.Double("alignmentStep"), WeightsAt, step.State.Net.RepeatNoise) is { } r
            ? plain with { Gradients = [.. plain.Gradients.Select((gradient, i) => gradient.add(r[i], alpha: lambda))] }
            : plain;

        IReadOnlyList<Tensor> WeightsAt(IReadOnlyList<Tensor> moved)
        {
            var next = new Queue<Tensor>(moved);
            return step.WeightGradient([.. types.Select(type => type == Normal ? next.Dequeue() : shared[type])], also: [], out _).Gradients;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<(string Metric, double Value)> Measured(SearchRun run)
    {
        var gradients = run.Measurements.LayerGradients(Normal, run.StepsPerEpoch);
        return [("layer_alignment", run.Settings.Text("alignment") == LambdaDartsMethod.Cosine ? LayerAlignment.Cosine(gradients) : LayerAlignment.Sign(gradients))];
    }

    /// <summary>r = −∇w Λ as a finite difference: [∇w L(A − εp) − ∇w L(A + εp)] / 2ε with ε = step / ‖p‖ over all layers together. Null where
    /// every direction is zero.</summary>
    /// <param name="mixtures">A_l, one per layer.</param>
    /// <param name="directions">p_l = ∂Λ/∂g_l, one per layer.</param>
    /// <param name="step">ε₀.</param>
    /// <param name="weights">∇w L at given A_l.</param>
    /// <param name="between">Called between the two ends: the second is to see the noise of the first; null: there is none.</param>
    public static IReadOnlyList<Tensor>? Regulariser(
        IReadOnlyList<Tensor> mixtures, IReadOnlyList<double[]> directions, double step, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> weights,
        Action? between = null)
    {
        var norm = Math.Sqrt(directions.Sum(p => p.Sum(x => x * x)));
        if (norm == 0)
            return null;
        var epsilon = step / norm;
        var forward = At(-epsilon);
        between?.Invoke();
        var backward = At(+epsilon);
        return [.. forward.Zip(backward, (f, b) => f.sub(b).div(2 * epsilon))];

        IReadOnlyList<Tensor> At(double distance) =>
            weights([.. mixtures.Zip(directions, (a, p) => a.add(Vector(p, a.device), alpha: distance))]);
    }

    private static Tensor Vector(double[] values, Device device)
    {
        using var host = tensor(Array.ConvertAll(values, x => (float)x), [values.Length]);
        return host.to(device, copy: true);
    }
}
