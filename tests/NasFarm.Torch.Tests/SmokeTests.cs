using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Xunit.Abstractions;

namespace NasFarm.Torch.Tests;

public class SmokeTests(ITestOutputHelper output)
{
    [Fact]
    public void A_small_network_learns()
    {
        output.WriteLine(BuildInfo.Read().ToString());
        using var scope = NewDisposeScope();
        var w = tensor(Enumerable.Range(0, 2 * 1 * 3 * 3).Select(i => 0.1f * (i % 7) - 0.3f).ToArray(), [2, 1, 3, 3], requires_grad: true);
        var a = zeros([2], requires_grad: true);
        var x = tensor(Enumerable.Range(0, 4 * 8 * 8).Select(i => MathF.Sin(i)).ToArray(), [4, 1, 8, 8]);
        var y = tensor(new long[] { 0, 1, 0, 1 });
        var rm = zeros([2]); var rv = ones([2]);
        var h = functional.relu(functional.batch_norm(functional.conv2d(x, w, padding: [1]), rm, rv, training: true));
        var m = MixedOperation.WeightedSum([h, functional.max_pool2d(h, 3, 1, 1)], a.softmax(0));
        var loss = functional.cross_entropy(m.mean([2, 3]), y);
        var g = Gradients.Of([loss], [w, a]);
        Assert.True(g[0]!.isfinite().all().item<bool>());
        var t = x[TensorIndex.Ellipsis, 1..3, ^1];
        Assert.Equal([4L, 1, 2], t.shape);
        var mismatch = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => matmul(x, y));
        Assert.Contains("size mismatch", mismatch.Message);
        Tensor?[] buf = [null, null];
        OptimiserSteps.SgdStep([w, a], g, buf, 0.1, 0.9, 3e-4);
        Assert.NotNull(buf[1]);
        var freed = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => autograd.grad([loss], [w]));
        Assert.Contains("second time", freed.Message);
    }
}
