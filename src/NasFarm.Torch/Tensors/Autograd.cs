using NasFarm.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Operators of this thread record no graph until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);

    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);

    public static bool is_grad_enabled() => Ops.nf_grad_enabled() != 0;

    /// <summary>As <see cref="no_grad"/>, and tensors made inside can never take part in a graph.</summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    private sealed class GradMode : IDisposable
    {
        private readonly int before = Ops.nf_grad_enabled();

        public GradMode(bool enabled) => Ops.nf_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => Ops.nf_set_grad_enabled(before);
    }

    // Thread-bound, so it has no finaliser: that would end the mode of another thread.
    private sealed class InferenceMode : IDisposable
    {
        private nint guard;

        public InferenceMode(bool mode) => Ops.Check(Ops.nf_inference_mode_enter(mode ? 1 : 0, out guard));

        public void Dispose()
        {
            var entered = Interlocked.Exchange(ref guard, 0);
            if (entered != 0) Ops.nf_inference_mode_leave(entered);
        }
    }

    public partial class Tensor
    {
        /// <summary>Shares memory, not history.</summary>
        public Tensor detach()
        {
            Ops.Check(Ops.nf_detach(this, out var result));
            return result;
        }

        /// <summary>Adds the gradients of this scalar to the <c>grad</c> of every leaf; frees the graph.</summary>
        public void backward() => autograd.backward([this]);

        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);
    }

    public static class autograd
    {
        /// <summary>Sum of gradients of outputs with respect to inputs.</summary>
        /// <param name="grad_outputs">One per output; needed for outputs that are no scalars.</param>
        /// <param name="retain_graph">Not implied by <paramref name="create_graph"/>: pass both.</param>
        /// <param name="allow_unused">An input that outputs do not depend on gets null instead of an error.</param>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            var results = new nint[inputs.Count];
            Ops.Check(Ops.nf_autograd_grad(Of(outputs), outputs.Count, Of(inputs), inputs.Count, Of(grad_outputs), grad_outputs?.Count ?? 0,
                retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, results));
            GC.KeepAlive((outputs, inputs, grad_outputs));
            return Handles.Adopt(results)!;
        }

        /// <param name="retain_graph">Default: <paramref name="create_graph"/>.</param>
        /// <param name="inputs">The leaves that get gradients; default: all.</param>
        public static void backward(IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            Ops.Check(Ops.nf_autograd_backward(Of(tensors), tensors.Count, Of(grad_tensors), grad_tensors?.Count ?? 0,
                retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0, Of(inputs), inputs?.Count ?? 0));
            GC.KeepAlive((tensors, grad_tensors, inputs));
        }

        private static nint[] Of(IList<Tensor>? tensors) => tensors is null ? [] : Handles.Of(tensors.AsReadOnly());
    }
}
