using NasFarm.Search.Networks;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Optimizers;

/// <summary>SGD with momentum over the parameters of one network (spec/algorithms.md §0.3). A parameter without a gradient is skipped
/// completely: no weight decay, no momentum. The reference has no buffer before a parameter's first gradient; a zero buffer gives the
/// same first step, mom·0 + g = g, so all buffers stand from the start.</summary>
public sealed class SgdState(IReadOnlyList<NamedTensor> parameters) : IDisposable
{
    private readonly Dictionary<string, Tensor> buffers =
        parameters.ToDictionary(p => p.Name, p => zeros_like(p.Value).detach().DetachFromDisposeScope(), StringComparer.Ordinal);

    /// <summary>Momentum buffers in parameter order.</summary>
    public IEnumerable<NamedTensor> Named => parameters.Select(p => new NamedTensor($"sgd.momentum.{p.Name}", buffers[p.Name]));

    /// <summary>The momentum buffer of a parameter.</summary>
    public Tensor Buffer(string parameter) => buffers[parameter];

    /// <summary>One step: g ← clip(∇) + wd·w; buf ← mom·buf + g; w ← w − lr·buf (Nesterov: lr·(g + mom·buf)).</summary>
    /// <param name="trained">Parameters to move.</param>
    /// <param name="gradients">Their gradients; scaled in place by the clip. Null: the parameter is skipped.</param>
    /// <param name="options">Rate, momentum, decay, clip.</param>
    public void Step(IReadOnlyList<NamedTensor> trained, IReadOnlyList<Tensor?> gradients, SgdOptions options)
    {
        if (options.Clip > 0)
            OptimiserSteps.ClipGradNorm(gradients, options.Clip);
        OptimiserSteps.SgdStep(
            [.. trained.Select(p => p.Value)], gradients, [.. trained.Select(p => buffers[p.Name])],
            options.LearningRate, options.Momentum, options.WeightDecay, options.Nesterov);
    }

    /// <summary>Every buffer back to zero: the state of an optimiser made anew.</summary>
    public void Restart()
    {
        using var frozen = no_grad();
        foreach (var buffer in buffers.Values)
            buffer.zero_();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in buffers.Values)
            buffer.Dispose();
    }
}

/// <summary>Settings of one SGD step.</summary>
/// <param name="Clip">Largest global L2 norm of the gradients; 0: no clipping.</param>
public readonly record struct SgdOptions(double LearningRate, double Momentum, double WeightDecay, bool Nesterov, double Clip);
