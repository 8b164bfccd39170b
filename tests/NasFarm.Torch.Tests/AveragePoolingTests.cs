using NasFarm.Torch.Ext;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Torch.Tests;

public class AveragePoolingTests
{
    /// <summary>height, width, stride: sides that are no multiple of the lanes, sides shorter than the window, and a stride that libtorch serves.</summary>
    public static TheoryData<long, long, long> Shapes => new()
    {
        { 28, 28, 1 }, { 14, 14, 1 }, { 7, 7, 1 }, { 9, 13, 1 }, { 10, 33, 1 }, { 1, 1, 1 }, { 2, 5, 1 }, { 1, 8, 1 }, { 3, 3, 1 }, { 28, 28, 2 }, { 9, 13, 2 },
    };

    private static Tensor Wave(long[] shape, double phase)
    {
        var values = Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (float)Math.Sin((0.37 * i) + phase)).ToArray();
        return tensor(values, shape).requires_grad_(true);
    }

    private static Tensor OfLibtorch(Tensor x, long stride) => F.avg_pool2d(x, 3, stride, 1, count_include_pad: false);

    [Theory, MemberData(nameof(Shapes))]
    public void Values_and_gradients_are_those_of_avg_pool2d_bit_for_bit(long height, long width, long stride)
    {
        using var scope = NewDisposeScope();
        var x = Wave([3, 5, height, width], 0);

        var expected = OfLibtorch(x, stride);
        var actual = AveragePooling.Pool3x3(x, stride);

        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(Golden.Floats(expected), Golden.Floats(actual));
        var direction = Wave(expected.shape, 2).detach();
        Assert.Equal(Golden.Floats(Gradients.Of([expected], [x], [direction])[0]!), Golden.Floats(Gradients.Of([actual], [x], [direction])[0]!));
    }

    [Fact]
    public void Values_that_are_no_numbers_go_where_libtorch_sends_them()
    {
        using var scope = NewDisposeScope();
        var values = new float[64];
        (values[9], values[30], values[0]) = (float.NaN, float.PositiveInfinity, -0f);
        var x = tensor(values, [1, 1, 8, 8]);

        Assert.Equal(Golden.Floats(OfLibtorch(x, 1)), Golden.Floats(AveragePooling.Pool3x3(x, 1)));
    }

    [Fact]
    public void It_is_differentiated_twice()
    {
        using var scope = NewDisposeScope();
        float[] Twice(Func<Tensor, Tensor> pool)
        {
            var x = Wave([2, 3, 6, 7], 0);
            var y = pool(x);
            var first = Gradients.Of([(y * y * y).sum()], [x], createGraph: true)[0]!;
            return Golden.Floats(Gradients.Of([(first * first).sum()], [x])[0]!);
        }

        Assert.Equal(Twice(x => OfLibtorch(x, 1)), Twice(x => AveragePooling.Pool3x3(x, 1)));
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        float[] Run(int threads)
        {
            set_num_threads(threads);
            return Golden.Floats(AveragePooling.Pool3x3(Wave([5, 16, 28, 28], 0), 1));
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
    public void Another_number_of_dimensions_is_refused_with_a_message()
    {
        using var scope = NewDisposeScope();
        var wrong = Assert.ThrowsAny<Exception>(() => AveragePooling.Pool3x3(ones([4, 4]), 1));
        Assert.Contains("Dimension", wrong.Message, StringComparison.Ordinal);
    }
}
