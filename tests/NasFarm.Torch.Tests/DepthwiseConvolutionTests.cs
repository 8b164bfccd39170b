using NasFarm.Torch.Ext;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Torch.Tests;

public class DepthwiseConvolutionTests
{
    /// <summary>kernel, stride, padding, dilation, height, width: those of DARTS, sides that are no multiple of the lanes, odd sides under a
    /// stride, padding that is not half the reach, and two that libtorch takes over.</summary>
    public static TheoryData<long, long, long, long, long, long> Shapes
    {
        get
        {
            var shapes = new TheoryData<long, long, long, long, long, long>();
            foreach (var kernel in new long[] { 3, 5 })
                foreach (var stride in new long[] { 1, 2 })
                    foreach (var dilation in new long[] { 1, 2 })
                        foreach (var (height, width) in new (long, long)[] { (28, 28), (7, 7), (16, 16), (9, 13), (10, 33) })
                            shapes.Add(kernel, stride, dilation * (kernel - 1) / 2, dilation, height, width);
            shapes.Add(3, 1, 0, 1, 8, 8);
            shapes.Add(5, 2, 1, 1, 12, 11);
            shapes.Add(3, 2, 2, 1, 8, 9);
            shapes.Add(7, 1, 3, 1, 9, 9);
            shapes.Add(3, 3, 1, 1, 9, 9);
            return shapes;
        }
    }

    private static Tensor Wave(long[] shape, double phase)
    {
        var values = Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (float)Math.Sin((0.37 * i) + phase)).ToArray();
        return tensor(values, shape).requires_grad_(true);
    }

    private static void Near(Tensor expected, Tensor actual)
    {
        var (e, a) = (Golden.Floats(expected), Golden.Floats(actual));
        var scale = e.Max(Math.Abs);
        Assert.True(scale > 0);
        Assert.All(e.Zip(a), pair => Assert.Equal(pair.First, pair.Second, scale * 2e-6f));
    }

    [Theory, MemberData(nameof(Shapes))]
    public void Values_and_gradients_are_those_of_conv2d(long kernel, long stride, long padding, long dilation, long height, long width)
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (Wave([3, 6, height, width], 0), Wave([6, 1, kernel, kernel], 1));

        var expected = F.conv2d(x, weight, null, [stride, stride], [padding, padding], [dilation, dilation], 6);
        var actual = DepthwiseConvolution.Conv2d(x, weight, stride, padding, dilation);

        Assert.Equal(expected.shape, actual.shape);
        Near(expected, actual);
        var direction = Wave(expected.shape, 2).detach();
        var expectedGradients = Gradients.Of([expected], [x, weight], [direction]);
        var actualGradients = Gradients.Of([actual], [x, weight], [direction]);
        Near(expectedGradients[0]!, actualGradients[0]!);
        Near(expectedGradients[1]!, actualGradients[1]!);
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        float[][] Run(int threads)
        {
            set_num_threads(threads);
            var (x, weight) = (Wave([5, 16, 28, 28], 0), Wave([16, 1, 5, 5], 1));
            var y = DepthwiseConvolution.Conv2d(x, weight, 2, 4, 2);
            return [Golden.Floats(y), .. Gradients.Of([y], [x, weight], [Wave(y.shape, 2).detach()]).Select(g => Golden.Floats(g!))];
        }
        try
        {
            Assert.Equal(Run(1), Run(2));
        }
        finally
        {
            set_num_threads(1);
        }
    }

    [Fact]
    public void A_gradient_that_is_not_asked_for_is_not_made()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (Wave([2, 4, 8, 8], 0), Wave([4, 1, 3, 3], 1));

        var both = Gradients.Of([DepthwiseConvolution.Conv2d(x, weight, 1, 1, 1).sum()], [x, weight]);
        var ofInput = Gradients.Of([DepthwiseConvolution.Conv2d(x, weight.detach(), 1, 1, 1).sum()], [x, weight], allowUnused: true);
        var ofWeight = Gradients.Of([DepthwiseConvolution.Conv2d(x.detach(), weight, 1, 1, 1).sum()], [x, weight], allowUnused: true);

        Assert.Equal(Golden.Floats(both[0]!), Golden.Floats(ofInput[0]!));
        Assert.Equal(Golden.Floats(both[1]!), Golden.Floats(ofWeight[1]!));
        Assert.Null(ofInput[1]);
        Assert.Null(ofWeight[0]);
    }

    [Fact]
    public void The_gradient_can_be_differentiated_again()
    {
        using var scope = NewDisposeScope();
        Tensor Second(Func<Tensor, Tensor, Tensor> convolve)
        {
            var (x, weight) = (Wave([2, 4, 8, 8], 0), Wave([4, 1, 3, 3], 1));
            var y = convolve(x, weight);
            var first = Gradients.Of([(y * y * y).sum()], [x, weight], createGraph: true);
            return Gradients.Of([(first[0]! * first[0]!).sum() + (first[1]! * first[1]!).sum()], [weight])[0]!;
        }

        Near(Second((x, w) => F.conv2d(x, w, null, [1, 1], [1, 1], [1, 1], 4)), Second((x, w) => DepthwiseConvolution.Conv2d(x, w, 1, 1, 1)));
    }

    [Fact]
    public void Shapes_that_do_not_match_are_an_error_with_libtorchs_words()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<System.Runtime.InteropServices.ExternalException>(
            () => DepthwiseConvolution.Conv2d(Wave([1, 3, 5, 5], 0), Wave([2, 1, 3, 3], 1), 1, 1, 1));
        Assert.Contains("channels", error.Message, StringComparison.Ordinal);
    }
}
