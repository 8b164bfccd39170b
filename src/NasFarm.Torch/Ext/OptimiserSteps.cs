using NasFarm.Torch.Interop;
using TorchSharp;

namespace NasFarm.Torch.Ext;

/// <summary>Optimiser steps over all parameters in one call, with PyTorch's semantics and order of operations (spec/algorithms §0.3).</summary>
/// <remarks>Parameters and state change in place, outside every graph. A null gradient skips its parameter completely: no weight
/// decay, no momentum, no step count. A zero gradient does not.</remarks>
public static class OptimiserSteps
{
    /// <summary>g ← ∇ + wd·w; buf ← g at the first step, else momentum·buf + g; w ← w − lr·buf (Nesterov: lr·(g + momentum·buf)).</summary>
    /// <param name="momentumBuffers">Null before a parameter's first step, which creates its buffer, outside every dispose scope.</param>
    public static void SgdStep(IReadOnlyList<torch.Tensor> parameters, IReadOnlyList<torch.Tensor?> gradients, IList<torch.Tensor?> momentumBuffers,
        double lr, double momentum = 0, double weightDecay = 0, bool nesterov = false)
    {
        SameLength(parameters, gradients.Count, nameof(gradients));
        SameLength(parameters, momentumBuffers.Count, nameof(momentumBuffers));
        var buffers = Handles.Of(momentumBuffers.AsReadOnly());
        Library.Check(ExtOps.nf_sgd_step(Handles.Of(parameters), Handles.Of(gradients), buffers, parameters.Count, lr, momentum, weightDecay,
            nesterov ? 1 : 0));
        for (var i = 0; i < buffers.Length; i++)
        {
            if (momentumBuffers[i] is null && buffers[i] != 0)
                momentumBuffers[i] = torch.Tensor.UnsafeCreateTensor(buffers[i]).DetachFromDisposeScope();
        }
        GC.KeepAlive((parameters, gradients, momentumBuffers));
    }

    /// <summary>Adam with coupled L2: g ← ∇ + wd·p, moments with bias correction, p ← p − lr·m̂/(√v̂ + eps).</summary>
    /// <param name="expAvg">First moments, zeros before the first step.</param>
    /// <param name="expAvgSq">Second moments, zeros before the first step.</param>
    /// <param name="steps">Steps that each parameter has made; advanced here where there is a gradient.</param>
    public static void AdamStep(IReadOnlyList<torch.Tensor> parameters, IReadOnlyList<torch.Tensor?> gradients, IReadOnlyList<torch.Tensor> expAvg,
        IReadOnlyList<torch.Tensor> expAvgSq, long[] steps, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weightDecay = 0)
    {
        SameLength(parameters, gradients.Count, nameof(gradients));
        SameLength(parameters, expAvg.Count, nameof(expAvg));
        SameLength(parameters, expAvgSq.Count, nameof(expAvgSq));
        SameLength(parameters, steps.Length, nameof(steps));
        Library.Check(ExtOps.nf_adam_step(Handles.Of(parameters), Handles.Of(gradients), Handles.Of(expAvg), Handles.Of(expAvgSq), steps,
            parameters.Count, lr, beta1, beta2, eps, weightDecay));
        GC.KeepAlive((parameters, gradients, expAvg, expAvgSq));
    }

    /// <summary>The same where all parameters are at the same step.</summary>
    /// <param name="step">Number of this step, from 1.</param>
    public static void AdamStep(IReadOnlyList<torch.Tensor> parameters, IReadOnlyList<torch.Tensor?> gradients, IReadOnlyList<torch.Tensor> expAvg,
        IReadOnlyList<torch.Tensor> expAvgSq, long step, double lr, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8,
        double weightDecay = 0)
    {
        if (step < 1) throw new ArgumentOutOfRangeException(nameof(step), step, "steps count from 1");
        var steps = new long[parameters.Count];
        Array.Fill(steps, step - 1);
        AdamStep(parameters, gradients, expAvg, expAvgSq, steps, lr, beta1, beta2, eps, weightDecay);
    }

    /// <summary>Scales gradients in place by maxNorm/(norm + 1e-6) where their one L2 norm over all of them exceeds maxNorm.</summary>
    /// <returns>The norm before.</returns>
    public static double ClipGradNorm(IReadOnlyList<torch.Tensor?> gradients, double maxNorm)
    {
        Library.Check(ExtOps.nf_clip_grad_norm(Handles.Of(gradients), gradients.Count, maxNorm, out var norm));
        GC.KeepAlive(gradients);
        return norm;
    }

    /// <summary>The L2 norm over all elements of all tensors; null entries count nothing.</summary>
    public static double Norm(IReadOnlyList<torch.Tensor?> tensors)
    {
        Library.Check(ExtOps.nf_global_norm(Handles.Of(tensors), tensors.Count, out var norm));
        GC.KeepAlive(tensors);
        return norm;
    }

    private static void SameLength(IReadOnlyList<torch.Tensor> parameters, int count, string what)
    {
        if (count != parameters.Count) throw new ArgumentException($"{count} {what} for {parameters.Count} parameters", what);
    }
}
