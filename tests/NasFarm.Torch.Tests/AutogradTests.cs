using System.Runtime.InteropServices;
using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Torch.Tests;

public class AutogradTests
{
    [Fact]
    public void Grad_differentiates_twice_if_asked_to_build_a_graph()
    {
        using var scope = NewDisposeScope();
        var x = tensor(3f, requires_grad: true);
        var first = autograd.grad([x.pow(3)], [x], retain_graph: true, create_graph: true)[0];
        var second = autograd.grad([first], [x])[0];
        Assert.Equal(27f, first.item<float>());
        Assert.Equal(18f, second.item<float>());
        Assert.Null(x.grad);
    }

    [Fact]
    public void A_graph_serves_once_unless_retained()
    {
        using var scope = NewDisposeScope();
        var x = tensor(3f, requires_grad: true);
        var y = x.exp();
        autograd.grad([y], [x], retain_graph: true);
        autograd.grad([y], [x]);
        var error = Assert.Throws<ExternalException>(() => autograd.grad([y], [x]));
        Assert.Contains("second time", error.Message);
    }

    [Fact]
    public void An_unused_input_is_an_error_or_null()
    {
        using var scope = NewDisposeScope();
        var x = tensor(3f, requires_grad: true);
        var unused = tensor(1f, requires_grad: true);
        var error = Assert.Throws<ExternalException>(() => Gradients.Of([x * 2], [x, unused]));
        Assert.Contains("not have been used in the graph", error.Message);
        var gradients = Gradients.Of([x * 2], [x, unused], allowUnused: true);
        Assert.Equal(2f, gradients[0]!.item<float>());
        Assert.Null(gradients[1]);
    }

    [Fact]
    public void Backward_adds_to_the_gradients_of_the_leaves_it_is_told()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1f, 2f], requires_grad: true);
        var y = tensor([3f, 4f], requires_grad: true);
        autograd.backward([(x * y).sum()], inputs: [x]);
        autograd.backward([(x * y).sum()], inputs: [x]);
        Assert.Equal([6f, 8f], Golden.Floats(x.grad!));
        Assert.Null(y.grad);
        x.grad = null;
        Assert.Null(x.grad);
    }

    [Fact]
    public void Modes_switch_the_graph_off_and_on_and_end_with_their_block()
    {
        using var scope = NewDisposeScope();
        var x = ones([1], requires_grad: true);
        using (no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (enable_grad()) Assert.True((x * 2).requires_grad);
            Assert.False((x * 2).requires_grad);
        }
        using (set_grad_enabled(false)) Assert.False((x * 2).requires_grad);
        Assert.True((x * 2).requires_grad);

        Tensor inferred;
        using (inference_mode()) inferred = x * 2;
        Assert.True((x * 2).requires_grad);
        Assert.Throws<ExternalException>(() => inferred.mul(x).sum().backward());
    }

    [Fact]
    public void An_error_inside_backward_is_an_exception_with_libtorchs_message()
    {
        using var scope = NewDisposeScope();
        var x = ones([3], requires_grad: true);
        var changed = x.exp();
        var loss = changed.mul(changed).sum();
        changed.add_(1);
        var error = Assert.Throws<ExternalException>(() => loss.backward());
        Assert.Contains("modified by an inplace operation", error.Message);

        // The thread's autograd still works.
        x.mul(2).sum().backward();
        Assert.Equal([2f, 2f, 2f], Golden.Floats(x.grad!));
    }

    [Fact]
    public void Deterministic_algorithms_make_an_indeterministic_backward_an_exception_or_none()
    {
        Determinism.Require();
        try
        {
            Assert.True(Determinism.UsesDeterministicAlgorithms);
            using var scope = NewDisposeScope();
            var x = ones([2, 3], requires_grad: true);
            x[TensorIndex.Colon, TensorIndex.Tensor(tensor(new long[] { 0, 0 }))].sum().backward();
            Assert.Equal([2f, 0f, 0f, 2f, 0f, 0f], Golden.Floats(x.grad!));
        }
        finally
        {
            Determinism.UseDeterministicAlgorithms(false);
        }
        Assert.False(Determinism.UsesDeterministicAlgorithms);
    }
}
