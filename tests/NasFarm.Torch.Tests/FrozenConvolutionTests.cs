using NasFarm.Torch.Ext;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Torch.Tests;

public class FrozenConvolutionTests
{
    /// <summary>inputs, outputs, kernel, stride, padding, dilation, groups: plain, pointwise, depthwise, dilated with a stride.</summary>
    public static TheoryData<long, long, long, long, long, long, long> Shapes => new()
    {
        { 3, 4, 3, 1, 1, 1, 1 }, { 6, 4, 1, 1, 0, 1, 1 }, { 6, 6, 3, 2, 1, 1, 6 }, { 6, 6, 5, 2, 4, 2, 6 },
    };

    private static Tensor Wave(long[] shape, double phase, bool requiresGrad = false)
    {
        var values = Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (float)Math.Sin((0.37 * i) + phase)).ToArray();
        return tensor(values, shape).requires_grad_(requiresGrad);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Values_and_derivatives_are_those_of_conv2d(long inputs, long outputs, long kernel, long stride, long padding, long dilation, long groups)
    {
        using var scope = NewDisposeScope();
        long[] strides = [stride, stride], paddings = [padding, padding], dilations = [dilation, dilation];
        var (weight, bias) = (Wave([outputs, inputs / groups, kernel, kernel], 1, requiresGrad: true), Wave([outputs], 2, requiresGrad: true));

        float[][] Derive(Func<Tensor, Tensor> convolve)
        {
            var x = Wave([2, inputs, 9, 10], 3, requiresGrad: true);
            var y = convolve(x);
            // Twice and three times: the loss is no polynomial in x.
            var first = Gradients.Of([(y * y).sum()], [x], createGraph: true)[0]!;
            var second = Gradients.Of([(first * first * first).sum()], [x], createGraph: true)[0]!;
            var third = Gradients.Of([(second * second).sum()], [x])[0]!;
            return [Golden.Floats(y), Golden.Floats(first), Golden.Floats(second), Golden.Floats(third)];
        }

        var expected = Derive(x => F.conv2d(x, weight, bias, strides, paddings, dilations, groups));
        var actual = Derive(x => FrozenConvolution.Conv2d(x, weight, bias, strides, paddings, dilations, groups));

        for (var order = 0; order < 4; order++)
        {
            var scale = expected[order].Max(Math.Abs);
            Assert.True(scale > 0);
            Assert.All(expected[order].Zip(actual[order]), pair => Assert.Equal(pair.First, pair.Second, scale * 1e-5f));
        }
    }

    [Fact]
    public void No_gradient_reaches_the_weights()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (Wave([1, 2, 5, 5], 0, requiresGrad: true), Wave([2, 2, 3, 3], 1, requiresGrad: true));

        var y = FrozenConvolution.Conv2d(x, weight, null, [1, 1], [1, 1], [1, 1], 1);

        Assert.Null(Gradients.Of([y.sum()], [x, weight], allowUnused: true)[1]);
    }

    [Fact]
    public void Shapes_that_do_not_match_are_an_error_with_libtorchs_words()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<System.Runtime.InteropServices.ExternalException>(
            () => FrozenConvolution.Conv2d(Wave([1, 3, 5, 5], 0), Wave([2, 2, 3, 3], 1), null, [1, 1], [1, 1], [1, 1], 1));
        Assert.Contains("channels", error.Message, StringComparison.Ordinal);
    }
}
