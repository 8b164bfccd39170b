using NasFarm.Torch.Interop;
using TorchSharp;

namespace NasFarm.Torch.Ext;

/// <summary>The sums of a supernet, each one node of the autograd graph.</summary>
public static class MixedOperation
{
    /// <summary>Σ_k weights[k]·inputs[k], added in the order of the list; differentiable any number of times.</summary>
    /// <param name="inputs">At least one; all of one shape, element type and device.</param>
    /// <param name="weights">[inputs]. A weight of 0 does not skip its input.</param>
    /// <remarks>Keeps the inputs for backward only where the weights need a gradient. On the CPU the bits depend neither on the
    /// number of threads nor on the instruction set.</remarks>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Shapes differ, or weights do not match the inputs.</exception>
    public static torch.Tensor WeightedSum(IReadOnlyList<torch.Tensor> inputs, torch.Tensor weights)
    {
        Library.Check(ExtOps.nf_weighted_sum(Handles.Of(inputs), inputs.Count, weights, out var result));
        GC.KeepAlive(inputs);
        return result;
    }

    /// <summary>Σ_k inputs[k], added in the order of the list.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">No inputs, or shapes differ.</exception>
    public static torch.Tensor Sum(IReadOnlyList<torch.Tensor> inputs)
    {
        Library.Check(ExtOps.nf_plain_sum(Handles.Of(inputs), inputs.Count, out var result));
        GC.KeepAlive(inputs);
        return result;
    }
}
