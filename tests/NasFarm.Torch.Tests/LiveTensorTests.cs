using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace NasFarm.Torch.Tests;

// Counts are the process's: nothing else may run meanwhile.
[CollectionDefinition(nameof(LiveTensorTests), DisableParallelization = true)]
[Collection(nameof(LiveTensorTests))]
public class LiveTensorTests
{
    // Tensors that earlier tests forgot must not vanish while these count.
    public LiveTensorTests()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void A_thousand_training_steps_leave_as_many_tensors_as_one()
    {
        using var outer = NewDisposeScope();
        var images = arange(2 * 8 * 8, float32).div(128).view(2, 1, 8, 8);
        var labels = tensor(new long[] { 0, 1 });
        Tensor[] parameters =
        [
            full([2, 1, 3, 3], 0.1, requires_grad: true), ones([2], requires_grad: true), zeros([2], requires_grad: true),
            zeros([2], requires_grad: true),
        ];
        Tensor?[] buffers = new Tensor?[parameters.Length];
        var (mean, variance) = (zeros([2]), ones([2]));
        var losses = new List<float>();

        void Step()
        {
            using var scope = NewDisposeScope();
            var convolved = functional.conv2d(images, parameters[0], padding: [1]);
            var normalised = functional.relu(functional.batch_norm(convolved, mean, variance, parameters[1], parameters[2], training: true));
            var mixed = MixedOperation.WeightedSum([normalised, functional.max_pool2d(normalised, 3, 1, 1)], parameters[3].softmax(0));
            var loss = functional.cross_entropy(mixed.mean([2, 3]), labels);
            var gradients = Gradients.Of([loss], parameters);
            OptimiserSteps.ClipGradNorm(gradients, 5);
            OptimiserSteps.SgdStep(parameters, gradients, buffers, lr: 0.1, momentum: 0.9, weightDecay: 3e-4);
            losses.Add(loss.item<float>());
        }

        Step();
        var (handles, bytes) = (LiveTensors.Handles, LiveTensors.Bytes);
        for (var i = 0; i < 1000; i++) Step();

        Assert.NotNull(handles);
        Assert.Equal((handles, bytes), (LiveTensors.Handles, LiveTensors.Bytes));
        Assert.All(losses, loss => Assert.True(float.IsFinite(loss)));
        foreach (var buffer in buffers) buffer!.Dispose();
    }

    [Fact]
    public void Errors_leave_no_tensors_behind()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones([2, 3]), ones([4]));
        var before = LiveTensors.Handles;
        for (var i = 0; i < 100; i++)
        {
            Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => a + b);
            Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => MixedOperation.WeightedSum([a, a], b));
            Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => a.split([1L, 5], 1));
        }
        Assert.Equal(before, LiveTensors.Handles);
    }

    [Fact]
    public void The_count_is_that_of_handles_and_their_bytes()
    {
        var (handles, bytes) = (LiveTensors.Handles, LiveTensors.Bytes);
        using (var x = zeros([10]))
        using (var view = x.view(5, 2))
            Assert.Equal((handles + 2, bytes + 80), (LiveTensors.Handles, LiveTensors.Bytes));
        Assert.Equal((handles, bytes), (LiveTensors.Handles, LiveTensors.Bytes));
    }

    [Fact]
    public void A_forgotten_tensor_is_freed_by_its_finaliser()
    {
        var before = LiveTensors.Handles;
        Forget();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal(before, LiveTensors.Handles);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Forget()
    {
        for (var i = 0; i < 10; i++) zeros([10]);
    }
}
