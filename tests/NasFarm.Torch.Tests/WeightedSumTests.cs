using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Torch.Tests;

public class WeightedSumTests
{
    private static readonly long[] image = [2, 3, 33, 35];      // 6,930 elements: several blocks and a tail

    private static Tensor Wave(long[] shape, double phase, bool requiresGrad = false, bool channelsLast = false)
    {
        var count = (int)shape.Aggregate(1L, (a, b) => a * b);
        var values = Enumerable.Range(0, count).Select(i => (float)Math.Sin(0.37 * i + phase)).ToArray();
        var made = tensor(values, shape);
        return (channelsLast ? TensorMemory.ToChannelsLast(made) : made).detach().requires_grad_(requiresGrad);
    }

    private static Tensor ByOperators(Tensor[] inputs, Tensor weights) =>
        inputs.Select((input, k) => input * weights[k]).Aggregate((sum, term) => sum + term);

    [Theory, InlineData(false), InlineData(true)]
    public void The_fused_sum_is_to_the_bit_that_of_separate_operators(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var inputs = Enumerable.Range(0, 8).Select(k => Wave(image, k, channelsLast: channelsLast)).ToArray();
        var weights = Wave([8], 5);

        var fused = MixedOperation.WeightedSum(inputs, weights);

        Assert.Equal(Golden.Floats(ByOperators(inputs, weights)), Golden.Floats(fused));
        Assert.Equal(channelsLast, TensorMemory.IsChannelsLast(fused));
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        float[][] Run(int threads)
        {
            set_num_threads(threads);
            Assert.Equal(threads, get_num_threads());
            var inputs = Enumerable.Range(0, 3).Select(k => Wave([4, 16, 40, 40], k, requiresGrad: true)).ToArray();
            var weights = Wave([3], 5, requiresGrad: true);
            var sum = MixedOperation.WeightedSum(inputs, weights);
            var gradients = Gradients.Of([sum], [.. inputs, weights], [Wave([4, 16, 40, 40], 9)]);
            return [Golden.Floats(sum), .. gradients.Select(gradient => Golden.Floats(gradient!))];
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

    [Theory, InlineData(false), InlineData(true)]
    public void Gradients_are_those_of_separate_operators(bool channelsLast)
    {
        using var scope = NewDisposeScope();
        var inputs = Enumerable.Range(0, 4).Select(k => Wave(image, k, requiresGrad: true, channelsLast)).ToArray();
        var weights = Wave([4], 5, requiresGrad: true);
        var direction = Wave(image, 7, channelsLast: channelsLast);

        var fused = Gradients.Of([MixedOperation.WeightedSum(inputs, weights)], [.. inputs, weights], [direction]);
        var separate = Gradients.Of([ByOperators(inputs, weights)], [.. inputs, weights], [direction]);

        for (var k = 0; k < 4; k++) Assert.Equal(Golden.Floats(separate[k]!), Golden.Floats(fused[k]!));
        Assert.True(fused[4]!.allclose(separate[4]!, 1e-5, 1e-4), "weights");
    }

    [Fact]
    public void A_gradient_of_another_layout_is_as_good()
    {
        using var scope = NewDisposeScope();
        Tensor[] inputs = [Wave(image, 0, requiresGrad: true), Wave(image, 1, requiresGrad: true)];
        var weights = Wave([2], 5, requiresGrad: true);

        var same = Gradients.Of([MixedOperation.WeightedSum(inputs, weights)], [.. inputs, weights], [Wave(image, 7)]);
        var other = Gradients.Of([MixedOperation.WeightedSum(inputs, weights)], [.. inputs, weights], [Wave(image, 7, channelsLast: true)]);
        var expanded = Gradients.Of([MixedOperation.WeightedSum(inputs, weights).sum()], [.. inputs, weights]);

        for (var k = 0; k < 2; k++) Assert.Equal(Golden.Floats(same[k]!), Golden.Floats(other[k]!));
        Assert.True(other[2]!.allclose(same[2]!, 1e-5, 1e-4));
        Assert.Equal(weights[0].item<float>(), expanded[0]![0L, 0L, 0L, 0L].item<float>());
        Assert.Equal((double)inputs[1].sum(float64).item<double>(), expanded[2]![1].item<float>(), 3);
    }

    [Fact]
    public void Second_derivatives_are_those_of_separate_operators()
    {
        using var scope = NewDisposeScope();
        Tensor?[] Second(Func<Tensor[], Tensor, Tensor> mixed)
        {
            Tensor[] inputs = [Wave([3, 5], 0, requiresGrad: true), Wave([3, 5], 1, requiresGrad: true)];
            var alphas = Wave([2], 5, requiresGrad: true);
            var loss = mixed(inputs, alphas.softmax(0)).pow(3).sum();
            var first = Gradients.Of([loss], [.. inputs, alphas], createGraph: true);
            var squares = first.Select(gradient => (gradient! * gradient!).sum()).Aggregate((a, b) => a + b);
            return Gradients.Of([squares], [.. inputs, alphas]);
        }
        var fused = Second(MixedOperation.WeightedSum);
        var separate = Second(ByOperators);
        for (var k = 0; k < 3; k++) Assert.True(fused[k]!.allclose(separate[k]!, 1e-4, 1e-4), $"input {k}");
    }

    [Fact]
    public void Only_what_needs_a_gradient_gets_one()
    {
        using var scope = NewDisposeScope();
        Tensor[] inputs = [Wave(image, 0), Wave(image, 1, requiresGrad: true)];
        var weights = Wave([2], 5);
        var sum = MixedOperation.WeightedSum(inputs, weights);
        sum.backward([Wave(image, 7)]);
        Assert.Null(inputs[0].grad);
        Assert.Null(weights.grad);
        Assert.Equal(Golden.Floats(Wave(image, 7) * weights[1]), Golden.Floats(inputs[1].grad!));

        Assert.False(MixedOperation.WeightedSum([Wave(image, 0)], ones([1])).requires_grad);
    }

    [Fact]
    public void An_input_changed_in_place_before_backward_is_an_error_only_where_backward_reads_it()
    {
        using var scope = NewDisposeScope();
        var input = Wave(image, 0);
        var weights = Wave([1], 5, requiresGrad: true);
        var sum = MixedOperation.WeightedSum([input], weights);
        input.add_(1);
        var error = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => sum.backward([Wave(image, 7)]));
        Assert.Contains("modified by an inplace operation", error.Message);

        var leaf = Wave(image, 0, requiresGrad: true);
        var constant = Wave(image, 1);
        var unread = MixedOperation.WeightedSum([leaf, constant], Wave([2], 5));
        constant.add_(1);
        unread.backward([Wave(image, 7)]);
        Assert.NotNull(leaf.grad);
    }

    [Fact]
    public void The_plain_sum_adds_in_order_and_hands_its_gradient_to_every_term()
    {
        using var scope = NewDisposeScope();
        var inputs = Enumerable.Range(0, 3).Select(k => Wave(image, k, requiresGrad: true)).ToArray();
        var sum = MixedOperation.Sum(inputs);
        Assert.Equal(Golden.Floats(inputs[0] + inputs[1] + inputs[2]), Golden.Floats(sum));

        var direction = Wave(image, 7);
        foreach (var gradient in Gradients.Of([sum], inputs, [direction])) Assert.Equal(Golden.Floats(direction), Golden.Floats(gradient!));

        var doubles = MixedOperation.Sum([ones([2], float64), ones([2], float64)]);
        Assert.Equal([2.0, 2.0], doubles.data<double>().ToArray());
    }

    [Fact]
    public void The_same_tensor_may_be_several_terms()
    {
        using var scope = NewDisposeScope();
        var x = Wave([4], 1, requiresGrad: true);
        var gradient = Gradients.Of([MixedOperation.Sum([x, x, x]).sum()], [x])[0]!;
        Assert.Equal([3f, 3f, 3f, 3f], Golden.Floats(gradient));
    }

    [Fact]
    public void Wrong_shapes_are_refused_with_both_shapes_in_the_message()
    {
        using var scope = NewDisposeScope();
        var shapes = Assert.Throws<System.Runtime.InteropServices.ExternalException>(
            () => MixedOperation.WeightedSum([ones([2, 3]), ones([2, 4])], ones([2])));
        Assert.Contains("input 1 has shape [2, 4], input 0 [2, 3]", shapes.Message);
        var count = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => MixedOperation.WeightedSum([ones([2])], ones([2])));
        Assert.Contains("weights have shape [2], there are 1 inputs", count.Message);
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => MixedOperation.Sum([]));
    }
}
