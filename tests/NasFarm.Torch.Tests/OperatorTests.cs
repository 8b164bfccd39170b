using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Operator = System.Func<System.Collections.Generic.Dictionary<string, TorchSharp.torch.Tensor>, TorchSharp.torch.Tensor[]>;

namespace NasFarm.Torch.Tests;

public class OperatorTests
{
    // Names are those of golden/operators.json.
    private static readonly Dictionary<string, Operator> operators = new()
    {
        ["conv2d"] = t => [functional.conv2d(t["x"], t["w"], t["b"])],
        ["conv2d_strided_padded"] = t => [functional.conv2d(t["x"], t["w"], strides: [2], padding: [1])],
        ["conv2d_depthwise_dilated"] = t => [functional.conv2d(t["x"], t["w"], padding: [2, 2], dilation: [2, 2], groups: 3)],
        ["batch_norm_training"] = t =>
            [functional.batch_norm(t["x"], t["mean"], t["var"], t["weight"], t["bias"], training: true), t["mean"], t["var"]],
        ["batch_norm_evaluation"] = t => [functional.batch_norm(t["x"], t["mean"], t["var"], t["weight"], t["bias"]), t["mean"], t["var"]],
        ["linear"] = t => [functional.linear(t["x"], t["w"], t["b"])],
        ["relu"] = t => [functional.relu(t["x"])],
        ["softmax"] = t => [functional.softmax(t["x"], 1)],
        ["log_softmax"] = t => [functional.log_softmax(t["x"], 0)],
        ["max_pool2d"] = t => [functional.max_pool2d(t["x"], 3, 2, 1)],
        ["avg_pool2d"] = t => [functional.avg_pool2d(t["x"], 3, 1, 1)],
        ["avg_pool2d_without_padding_counted"] = t => [functional.avg_pool2d(t["x"], 3, 2, 1, count_include_pad: false)],
        ["adaptive_avg_pool2d"] = t => [functional.adaptive_avg_pool2d(t["x"], 2)],
        ["cross_entropy"] = t => [functional.cross_entropy(t["x"], t["y"])],
        ["cross_entropy_smoothed_sum"] = t => [functional.cross_entropy(t["x"], t["y"], reduction: Reduction.Sum, label_smoothing: 0.1)],
        ["nll_loss"] = t => [functional.nll_loss(t["x"], t["y"])],
        ["pad_constant"] = t => [functional.pad(t["x"], [1, 0, 2, 1], value: 0.5)],
        ["pad_reflect"] = t => [functional.pad(t["x"], [1, 1, 1, 1], PaddingModes.Reflect)],
        ["one_hot"] = t => [functional.one_hot(t["y"], 4)],
        ["add"] = t => [t["a"].add(t["b"])],
        ["add_alpha"] = t => [t["a"].add(t["b"], 0.5)],
        ["add_scalar"] = t => [t["a"] + 1.5],
        ["sub"] = t => [t["a"] - t["b"]],
        ["sub_from_scalar"] = t => [1 - t["a"]],
        ["mul"] = t => [t["a"] * t["b"]],
        ["mul_broadcast"] = t => [t["a"] * t["b"]],
        ["div"] = t => [t["a"] / t["b"]],
        ["div_floor"] = t => [t["a"].div(t["b"], RoundingMode.floor)],
        ["div_of_scalar"] = t => [2 / t["a"]],
        ["in_place"] = t =>
        [
            t["a"].clone().add_(t["b"], 2).sub_(t["b"]).mul_(t["b"]).div_(t["p"]).addcmul_(t["a"], t["b"], 0.5).addcdiv_(t["a"], t["p"], -1.0),
        ],
        ["in_place_scalars"] = t => [t["a"].clone().add_(1.0).sub_(0.5).mul_(3).div_(7).clamp_(-0.2, 0.4)],
        ["neg"] = t => [-t["a"]],
        ["pow"] = t => [t["a"].pow(3)],
        ["pow_tensor"] = t => [t["a"].pow(t["b"])],
        ["exp"] = t => [t["a"].exp()],
        ["log"] = t => [t["a"].log()],
        ["sqrt"] = t => [t["a"].sqrt()],
        ["abs"] = t => [t["a"].abs()],
        ["sigmoid"] = t => [t["a"].sigmoid()],
        ["clamp_below"] = t => [t["a"].clamp(min: 0.1)],
        ["maximum"] = t => [maximum(t["a"], t["b"])],
        ["matmul"] = t => [matmul(t["a"], t["b"])],
        ["sum"] = t => [t["a"].sum()],
        ["sum_dim"] = t => [t["a"].sum(0, keepdim: true)],
        ["sum_dims"] = t => [t["a"].sum(new long[] { 0, 2, 3 })],
        ["sum_as_double"] = t => [t["a"].sum(float64)],
        ["mean"] = t => [t["a"].mean()],
        ["mean_dims"] = t => [t["a"].mean([2, 3], keepdim: true)],
        ["max"] = t => [t["a"].max()],
        ["max_dim"] = t => Pair(t["a"].max(1)),
        ["argmax"] = t => [t["a"].argmax(), t["a"].argmax(1, keepdim: true)],
        ["topk"] = t => Pair(t["a"].topk(2, 1)),
        ["norm"] = t => [t["a"].norm()],
        ["norm_one"] = t => [t["a"].norm(1)],
        ["comparisons"] = t =>
        [
            t["a"].eq(t["b"]), t["a"].ne(t["b"]), t["a"].gt(t["b"]), t["a"].ge(t["b"]), t["a"].lt(t["b"]), t["a"].le(t["b"]), t["a"].gt(0.1), t["a"].eq(0),
        ],
        ["all_any"] = t => [t["m"].all(), t["m"].any()],
        ["not_numbers"] = t => [(t["a"] / (t["a"] * 0)).isnan(), (t["a"] / (t["a"] * 0)).isfinite()],
        ["masked_fill"] = t => [t["a"].masked_fill(t["m"], -2)],
        ["index_select"] = t => [t["a"].index_select(1, t["i"])],
        ["gather"] = t => [t["a"].gather(1, t["i"])],
        ["select_and_narrow"] = t => [t["a"].select(0, 1), t["a"].narrow(1, 1, 2)],
        ["chunk_and_split"] = t => [.. t["a"].chunk(3, 1), .. t["a"].split(3, 1), .. t["a"].split([1, 3], 1)],
        ["views"] = t =>
        [
            t["a"].view(4, 3), t["a"].reshape(-1), t["a"].permute(1, 0), t["a"].transpose(0, 1), t["a"].unsqueeze(1), t["a"].unsqueeze(1).squeeze(1),
            t["a"].unsqueeze(0).squeeze(), t["a"].flatten(), t["a"].unsqueeze(0).expand(2, 3, 4),
        ],
        ["indexing"] = t =>
        [
            t["a"][1], t["a"][TensorIndex.Colon, 1..3], t["a"][TensorIndex.Ellipsis, ^1], t["a"][TensorIndex.Slice(0, 3, 2)], t["a"][1L, 2L],
            t["a"][TensorIndex.None, 0, TensorIndex.Ellipsis],
        ],
        ["indexing_by_tensor"] = t => [t["a"][TensorIndex.Colon, TensorIndex.Tensor(t["i"])]],
        ["cat_and_stack"] = t => [cat([t["a"], t["b"]], 1), stack([t["a"], t["b"]], 1)],
        ["arange"] = _ => [arange(4), arange(1.0, 2.0, 0.25)],
        ["to_double_and_long"] = t => [t["a"].to(float64), (t["a"] * 10).to(int64)],
        ["weighted_sum"] = t => [Ext.MixedOperation.WeightedSum([t["a"], t["b"], t["c"]], t["w"])],
    };

    public static TheoryData<string> Names => [.. operators.Keys];

    [Theory, MemberData(nameof(Names))]
    public void An_operator_and_its_gradient_are_those_of_PyTorch(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Operators.GetProperty(name);
        var differentiable = golden.TryGetProperty("gradients", out var gradients) ? gradients.EnumerateObject().ToArray() : [];
        var inputs = golden.GetProperty("inputs").EnumerateObject()
            .ToDictionary(input => input.Name, input => Golden.Tensor(input.Value, differentiable.Any(one => one.Name == input.Name)));

        var outputs = operators[name](inputs);

        var expected = golden.GetProperty("outputs").EnumerateArray().ToArray();
        Assert.Equal(expected.Length, outputs.Length);
        for (var i = 0; i < expected.Length; i++) Golden.AssertClose(expected[i], outputs[i], $"{name} output {i}");
        if (differentiable.Length == 0) return;

        var loss = outputs.Where(output => output.requires_grad).Select(output => (output * output).sum()).Aggregate((a, b) => a + b);
        loss.backward();
        foreach (var (input, gradient) in differentiable)
            Golden.AssertClose(gradient, inputs[input].grad!, $"{name} gradient of {input}");
    }

    [Fact]
    public void Every_golden_case_has_an_operator() =>
        Assert.Equal(Golden.Operators.EnumerateObject().Select(one => one.Name).Order(), operators.Keys.Order());

    [Fact]
    public void Batch_norm_normalises_with_the_biased_variance_and_stores_the_unbiased_one()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1f, 2f, 3f, 6f], [4, 1, 1, 1]);      // mean 3, biased variance 3.5, unbiased 14/3
        var mean = zeros([1]);
        var variance = ones([1]);

        var y = functional.batch_norm(x, mean, variance, training: true, momentum: 0.1, eps: 0);

        Assert.Equal(3f / MathF.Sqrt(3.5f), y[3].item<float>(), 5);
        Assert.Equal(0.3f, mean.item<float>(), 6);
        Assert.Equal(0.9f + 0.1f * 14 / 3, variance.item<float>(), 6);
    }

    private static Tensor[] Pair((Tensor, Tensor) pair) => [pair.Item1, pair.Item2];
}

file static class Deconstruction
{
    public static void Deconstruct(this System.Text.Json.JsonProperty property, out string name, out System.Text.Json.JsonElement value) =>
        (name, value) = (property.Name, property.Value);
}
