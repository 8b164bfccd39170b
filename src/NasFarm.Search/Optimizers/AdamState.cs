using NasFarm.Search.Networks;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Optimizers;

/// <summary>Adam with coupled L2 decay over the architecture logits (spec/algorithms.md §0.3). Each vector counts its own steps, so a
/// frozen one stays exactly as it was.</summary>
public sealed class AdamState(IReadOnlyList<NamedTensor> parameters) : IDisposable
{
    private readonly Tensor[] first = [.. parameters.Select(p => zeros_like(p.Value).DetachFromDisposeScope())];
    private readonly Tensor[] second = [.. parameters.Select(p => zeros_like(p.Value).DetachFromDisposeScope())];

    /// <summary>Steps taken by each parameter.</summary>
    public long[] Steps { get; set; } = new long[parameters.Count];

    /// <summary>Both moments of every parameter.</summary>
    public IEnumerable<NamedTensor> Named =>
        parameters.SelectMany((p, i) => new NamedTensor[] { new($"adam.first.{p.Name}", first[i]), new($"adam.second.{p.Name}", second[i]) });

    /// <summary>One step for the parameters at <paramref name="indices"/>; the others are skipped completely.</summary>
    public void Step(IReadOnlyList<int> indices, IReadOnlyList<Tensor> gradients, AdamOptions options)
    {
        var steps = indices.Select(i => Steps[i]).ToArray();
        OptimiserSteps.AdamStep(
            [.. indices.Select(i => parameters[i].Value)], gradients, [.. indices.Select(i => first[i])], [.. indices.Select(i => second[i])],
            steps, options.LearningRate, options.Beta1, options.Beta2, eps: 1e-8, options.WeightDecay);
        for (var k = 0; k < steps.Length; k++)
            Steps[indices[k]] = steps[k];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in first.Concat(second))
            tensor.Dispose();
    }
}

/// <summary>Settings of one Adam step; ε is 1e-8.</summary>
public readonly record struct AdamOptions(double LearningRate, double Beta1, double Beta2, double WeightDecay);
