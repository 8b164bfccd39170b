using NasFarm.Search.LambdaMax;
using NasFarm.Search.Networks;
using NasFarm.Search.Randomness;
using NasFarm.Search.Supernets;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Phases;

/// <summary>Curvature of the validation loss over the undecided logits, all cell types jointly, normal first (spec/lambda-max.md §1):
/// training mode, weights fixed, the raw logits before the softmax; logits of edges (PC-DARTS) are fixed as well. The gradient is made once, with its graph; a product with the
/// Hessian is then one more backward pass, as a row of the reference's full Hessian is. Finite differences of gradients are no
/// substitute on small networks: the kinks of ReLU and max pooling that lie within the step add curvature of their own.
/// Measuring leaves no trace: the running statistics come back bit for bit, so a search with λmax recorded is the same search.</summary>
public static class AlphaCurvature
{
    /// <summary>λmax by Lanczos. The start vector is drawn from the search seed and the trained epoch.</summary>
    /// <param name="state">The search.</param>
    /// <param name="batches">Minibatches whose loss is averaged; one in the reference.</param>
    /// <param name="weightDecay">archWeightDecay; shifts every eigenvalue.</param>
    /// <param name="seed">Search seed.</param>
    /// <param name="maxSteps">Most Hessian-vector products.</param>
    /// <param name="tolerance">Relative change of the Ritz value that counts as calm.</param>
    /// <param name="dropPath">Masks that the one forward pass draws; null: none.</param>
    /// <returns>The eigenvalue, and the backward passes spent: one per minibatch and product, and one for the gradient.</returns>
    public static (LanczosResult Result, long BackwardPasses) LambdaMax(
        SearchState state, IReadOnlyList<Batch> batches, double weightDecay, long seed, int maxSteps, double tolerance,
        DropPath? dropPath = null)
    {
        using var probe = new Probe(state, batches, dropPath);
        var curvature = new Curvature(probe.Product, probe.Dimension, weightDecay);
        var stream = new RandomStream(seed, StreamNames.Lanczos, state.Progress.Trained);
        var start = new double[probe.Dimension];
        for (var i = 0; i < start.Length; i++)
            start[i] = stream.NextNormal();
        var result = Lanczos.LargestEigenvalue(curvature.Multiply, start, maxSteps, tolerance);
        return (result, (1L + curvature.Products) * batches.Count);
    }

    /// <summary>The whole Hessian, n×n; for tests and for the comparison of cost.</summary>
    public static double[,] FullHessian(SearchState state, IReadOnlyList<Batch> batches, double weightDecay)
    {
        using var probe = new Probe(state, batches);
        return new Curvature(probe.Product, probe.Dimension, weightDecay).FullMatrix();
    }

    /// <summary>The gradient with its graph, and products with its derivative.</summary>
    private sealed class Probe : IDisposable
    {
        private readonly DisposeScope scope = NewDisposeScope();
        private readonly Snapshot statistics;
        private readonly IReadOnlyList<Tensor> alphas;
        private readonly Tensor gradient;

        public Probe(SearchState state, IReadOnlyList<Batch> batches, DropPath? dropPath = null)
        {
            statistics = new([.. state.Net.Weights.Buffers.Select(b => b.Value)]);
            alphas = state.UndecidedAlphas();
            var mixtures = state.Alphas.Mixtures();
            var losses = batches.Select(b => F.cross_entropy(state.Net.Forward(b.Images, mixtures, Mode.Curvature, dropPath), b.Labels)).ToList();
            var loss = losses.Count == 1 ? losses[0] : stack([.. losses]).mean();
            gradient = cat([.. Gradients.Of([loss], alphas, createGraph: true).Select(g => g!)], dim: 0);
        }

        public int Dimension => (int)gradient.numel();

        public double[] Product(double[] v)
        {
            using var inner = NewDisposeScope();
            using var host = tensor(Array.ConvertAll(v, x => (float)x), [v.Length]);
            var rows = Gradients.Of([gradient], alphas, gradOutputs: [host.to(gradient.device)], retainGraph: true);
            return Array.ConvertAll(cat([.. rows.Select(r => r!)], dim: 0).cpu().data<float>().ToArray(), x => (double)x);
        }

        public void Dispose()
        {
            statistics.Restore();
            scope.Dispose();
        }
    }
}
