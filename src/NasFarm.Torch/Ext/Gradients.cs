using NasFarm.Torch.Interop;
using TorchSharp;

namespace NasFarm.Torch.Ext;

/// <summary>Gradients with one meaning on both backends: errors are exceptions, unused inputs are null.</summary>
/// <remarks>TorchSharp's own <c>autograd.grad</c> ends the process on an error, and its unused gradients are handles that throw on use.</remarks>
public static class Gradients
{
    /// <summary>Sum of gradients of outputs with respect to inputs, one per input.</summary>
    /// <param name="gradOutputs">One per output; needed for outputs that are no scalars.</param>
    /// <param name="createGraph">The gradients can be differentiated again.</param>
    /// <param name="retainGraph">Default: <paramref name="createGraph"/>.</param>
    /// <param name="allowUnused">An input that outputs do not depend on gets null instead of an error.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch refused; the message is its own.</exception>
    public static torch.Tensor?[] Of(IReadOnlyList<torch.Tensor> outputs, IReadOnlyList<torch.Tensor> inputs,
        IReadOnlyList<torch.Tensor>? gradOutputs = null, bool? retainGraph = null, bool createGraph = false, bool allowUnused = false)
    {
        var results = new nint[inputs.Count];
        Library.Check(ExtOps.nf_autograd_grad(Handles.Of(outputs), outputs.Count, Handles.Of(inputs), inputs.Count, Handles.Of(gradOutputs ?? []),
            gradOutputs?.Count ?? 0, retainGraph ?? createGraph ? 1 : 0, createGraph ? 1 : 0, allowUnused ? 1 : 0, results));
        GC.KeepAlive((outputs, inputs, gradOutputs));
        return Handles.Adopt(results);
    }
}
