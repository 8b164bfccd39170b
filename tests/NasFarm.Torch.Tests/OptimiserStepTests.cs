using System.Text.Json;
using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Torch.Tests;

public class OptimiserStepTests
{
    // 0 on the processor that made the golden values; elsewhere a fused multiply-add may be two roundings.
    private const long ulpsAllowed = 4;

    public static TheoryData<string, double, double, double, bool> Sgd => new()
    {
        { "sgd", 0.1, 0, 0, false },
        { "sgd_momentum_decay", 0.025, 0.9, 3e-4, false },
        { "sgd_nesterov", 0.025, 0.9, 5e-4, true },
    };

    [Theory, MemberData(nameof(Sgd))]
    public void Sgd_takes_the_steps_of_PyTorch(string name, double lr, double momentum, double weightDecay, bool nesterov)
    {
        using var scope = NewDisposeScope();
        Tensor?[] buffers = [null, null, null];
        Replay(name, (_, parameters, gradients) =>
            OptimiserSteps.SgdStep(parameters, gradients, buffers, lr, momentum, weightDecay, nesterov));
        Assert.Equal(momentum == 0, buffers[0] is null);
        Assert.Null(buffers[2]);
    }

    public static TheoryData<string, double, double, double, double> Adam => new()
    {
        { "adam", 3e-4, 0.5, 0.999, 1e-3 },
        { "adam_without_decay", 1e-2, 0.9, 0.999, 0 },
    };

    [Theory, MemberData(nameof(Adam))]
    public void Adam_takes_the_steps_of_PyTorch(string name, double lr, double beta1, double beta2, double weightDecay)
    {
        using var scope = NewDisposeScope();
        Tensor[] means = [zeros([2, 3]), zeros([2, 3]), zeros([2, 3])];
        Tensor[] squares = [zeros([2, 3]), zeros([2, 3]), zeros([2, 3])];
        var steps = new long[3];
        Replay(name, (_, parameters, gradients) =>
            OptimiserSteps.AdamStep(parameters, gradients, means, squares, steps, lr, beta1, beta2, weightDecay: weightDecay));
        Assert.Equal([4L, 3, 0], steps);
    }

    [Fact]
    public void One_step_number_for_all_is_the_same_as_equal_counts()
    {
        using var scope = NewDisposeScope();
        Tensor[] a = [ones([3])], b = [ones([3])], gradient = [arange(3, float32)];
        Tensor[] meanA = [zeros([3])], squareA = [zeros([3])], meanB = [zeros([3])], squareB = [zeros([3])];
        var counts = new long[1];
        for (var step = 1; step <= 3; step++)
        {
            OptimiserSteps.AdamStep(a, gradient, meanA, squareA, counts, 0.1);
            OptimiserSteps.AdamStep(b, gradient, meanB, squareB, step, 0.1);
        }
        Assert.Equal(Golden.Floats(a[0]), Golden.Floats(b[0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => OptimiserSteps.AdamStep(a, gradient, meanA, squareA, 0, 0.1));
    }

    [Fact]
    public void A_null_gradient_leaves_parameter_and_buffer_alone_but_a_zero_gradient_does_not()
    {
        using var scope = NewDisposeScope();
        Tensor[] parameters = [ones([2]), ones([2])];
        Tensor?[] buffers = [ones([2]), ones([2])];

        OptimiserSteps.SgdStep(parameters, [null, zeros([2])], buffers, lr: 0.1, momentum: 0.9, weightDecay: 0.5);

        Assert.Equal([1f, 1f], Golden.Floats(parameters[0]));
        Assert.Equal([1f, 1f], Golden.Floats(buffers[0]!));
        Assert.Equal([1.4f, 1.4f], Golden.Floats(buffers[1]!));              // 0.9·1 + 0.5·1
        Assert.Equal(1f - 0.1f * 1.4f, Golden.Floats(parameters[1])[0], 6);
    }

    [Fact]
    public void A_new_momentum_buffer_outlives_the_scope_it_was_made_in()
    {
        Tensor?[] buffers = [null];
        using (NewDisposeScope())
            OptimiserSteps.SgdStep([ones([2])], [ones([2])], buffers, lr: 0.1, momentum: 0.9);
        using var buffer = buffers[0];
        Assert.Equal([1f, 1f], Golden.Floats(buffer!));
    }

    [Fact]
    public void Clipping_scales_by_one_global_norm_and_only_above_the_limit()
    {
        using var scope = NewDisposeScope();
        foreach (var golden in Golden.Optimisers.GetProperty("clip").EnumerateArray())
        {
            var gradients = golden.GetProperty("gradients").EnumerateArray().Select(one => Golden.Tensor(one)).ToArray();
            Assert.Equal(golden.GetProperty("norm").GetDouble(), OptimiserSteps.Norm(gradients), 6);

            var norm = OptimiserSteps.ClipGradNorm([gradients[0], null, gradients[1]], golden.GetProperty("max_norm").GetDouble());

            Assert.Equal(golden.GetProperty("norm").GetDouble(), norm, 6);
            foreach (var (expected, actual) in golden.GetProperty("clipped").EnumerateArray().Zip(gradients)) AssertUlps(expected, actual, "clipped");
        }
    }

    [Fact]
    public void Lists_of_different_length_are_refused()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => OptimiserSteps.SgdStep([ones([1])], [], [null], lr: 1));
        Assert.Contains("0 gradients for 1 parameters", error.Message);
    }

    private static void Replay(string name, Action<int, Tensor[], Tensor?[]> step)
    {
        var golden = Golden.Optimisers.GetProperty(name);
        var parameters = golden.GetProperty("start").EnumerateArray().Select(one => Golden.Tensor(one, requiresGrad: true)).ToArray();
        var number = 0;
        foreach (var entry in golden.GetProperty("steps").EnumerateArray())
        {
            var gradients = entry.GetProperty("gradients").EnumerateArray()
                .Select(one => one.ValueKind == JsonValueKind.Null ? null : Golden.Tensor(one)).ToArray();
            step(number++, parameters, gradients);
            foreach (var (expected, actual) in entry.GetProperty("parameters").EnumerateArray().Zip(parameters))
                AssertUlps(expected, actual, $"{name} after step {number}");
        }
        Assert.Equal(4, number);
    }

    private static void AssertUlps(JsonElement expected, Tensor actual, string what)
    {
        foreach (var (want, have) in Golden.Floats(Golden.Tensor(expected)).Zip(Golden.Floats(actual)))
            Assert.True(Golden.Ulps(want, have) <= ulpsAllowed, $"{what}: {have:R} is {Golden.Ulps(want, have)} ulps from {want:R}");
    }
}
