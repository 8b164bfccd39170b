using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Networks;

/// <summary>What a forward pass is for.</summary>
public enum Mode
{
    /// <summary>Batch statistics; running statistics follow.</summary>
    Train,

    /// <summary>Running statistics.</summary>
    Evaluate,

    /// <summary>As <see cref="Train"/>, to be differentiated twice with respect to everything but the weights of convolutions, which
    /// are constants.</summary>
    Curvature,
}

/// <summary>How batch norms are made: search and retraining differ (spec/search-spaces.md §1.2 and §2).</summary>
/// <param name="Affine">Trainable scale and shift.</param>
/// <param name="TrackStatistics">Keep running statistics; without them evaluation uses the batch's.</param>
/// <param name="Momentum">Weight of the batch in the running statistics.</param>
public readonly record struct BatchNormStyle(bool Affine, bool TrackStatistics, double Momentum = 0.1)
{
    /// <summary>Operations of a DARTS supernet.</summary>
    public static readonly BatchNormStyle Search = new(Affine: false, TrackStatistics: true);

    /// <summary>Derived networks, stems and heads.</summary>
    public static readonly BatchNormStyle Full = new(Affine: true, TrackStatistics: true);

    /// <summary>Cells of the NAS-Bench-201 supernet.</summary>
    public static readonly BatchNormStyle Untracked = new(Affine: false, TrackStatistics: false);
}

/// <summary>A convolution [B, C_in, H, W] → [B, C_out, H', W'].</summary>
public sealed class Convolution
{
    private readonly Tensor weight;
    private readonly Tensor? bias;
    private readonly long[] stride, padding, dilation;
    private readonly long groups;

    /// <summary>Groups are 1 or, without a bias, as many as there are channels. Makes the weights under <paramref name="name"/><c>.weight</c> (and <c>.bias</c>).</summary>
    public Convolution(
        NetworkWeights weights, string name, long inputs, long outputs, long kernel,
        long stride = 1, long padding = 0, long dilation = 1, long groups = 1, bool bias = false)
    {
        if (groups != 1 && (groups != inputs || groups != outputs || bias))
            throw new ArgumentException($"{name}: a convolution has one group, or as many as channels and no bias; not {groups} of {inputs} → {outputs}.");
        var fanIn = inputs / groups * kernel * kernel;
        weight = weights.Uniform($"{name}.weight", [outputs, inputs / groups, kernel, kernel], fanIn);
        this.bias = bias ? weights.Uniform($"{name}.bias", [outputs], fanIn) : null;
        (this.stride, this.padding, this.dilation, this.groups) = ([stride, stride], [padding, padding], [dilation, dilation], groups);
    }

    /// <summary>Applies the convolution.</summary>
    public Tensor Forward(Tensor x, Mode mode) => mode == Mode.Curvature
        ? FrozenConvolution.Conv2d(x, weight, bias, stride, padding, dilation, groups)
        : groups == 1
            ? F.conv2d(x, weight, bias, stride, padding, dilation)
            : DepthwiseConvolution.Conv2d(x, weight, stride[0], padding[0], dilation[0]);
}

/// <summary>Batch normalisation over [B, C, H, W]: eps 1e-5, momentum of the style, unbiased running variance.</summary>
public sealed class BatchNorm
{
    private readonly Tensor mean, variance;
    private readonly Tensor? weight, bias;
    private readonly bool tracked;
    private readonly double momentum;

    /// <summary>Makes the tensors that <paramref name="style"/> asks for.</summary>
    public BatchNorm(NetworkWeights weights, string name, long channels, BatchNormStyle style)
    {
        tracked = style.TrackStatistics;
        momentum = tracked ? style.Momentum : 0.0;
        weight = style.Affine ? weights.Constant($"{name}.weight", [channels], 1) : null;
        bias = style.Affine ? weights.Constant($"{name}.bias", [channels], 0) : null;
        mean = weights.Buffer($"{name}.running_mean", channels, 0);
        variance = weights.Buffer($"{name}.running_var", channels, 1);
    }

    /// <summary>Normalises. Untracked norms use the batch's statistics in both modes and leave their buffers alone.</summary>
    public Tensor Forward(Tensor x, Mode mode) =>
        F.batch_norm(x, mean, variance, weight, bias, training: mode != Mode.Evaluate || !tracked, momentum, eps: 1e-5);
}

/// <summary>[B, inputs] → [B, outputs].</summary>
public sealed class Linear(NetworkWeights weights, string name, long inputs, long outputs)
{
    private readonly Tensor weight = weights.Uniform($"{name}.weight", [outputs, inputs], inputs);
    private readonly Tensor bias = weights.Uniform($"{name}.bias", [outputs], inputs);

    /// <summary>Applies the layer.</summary>
    public Tensor Forward(Tensor x) => F.linear(x, weight, bias);
}

/// <summary>Convolution and batch norm of an input that has been through ReLU already.</summary>
public sealed class ConvolutionNorm(Convolution convolution, BatchNorm norm)
{
    /// <summary>[B, C_in, H, W] → [B, C_out, H', W'].</summary>
    public Tensor Forward(Tensor relu, Mode mode) => norm.Forward(convolution.Forward(relu, mode), mode);
}

/// <summary>Halves the sides: ReLU, two 1×1 stride-2 convolutions to C_out/2 each, the second on the input shifted by one pixel,
/// concatenated, batch norm (spec/search-spaces.md §1.1). Sides must be even.</summary>
public sealed class FactorizedReduce
{
    private readonly Convolution even, odd;
    private readonly BatchNorm norm;

    /// <summary>Makes the weights. <paramref name="outputs"/> must be even.</summary>
    public FactorizedReduce(NetworkWeights weights, string name, long inputs, long outputs, BatchNormStyle style)
    {
        if (outputs % 2 != 0)
            throw new ArgumentException($"A factorized reduction to {outputs} channels is impossible: the number must be even.");
        even = new(weights, $"{name}.conv_1", inputs, outputs / 2, kernel: 1, stride: 2);
        odd = new(weights, $"{name}.conv_2", inputs, outputs / 2, kernel: 1, stride: 2);
        norm = new(weights, $"{name}.bn", outputs, style);
    }

    /// <summary>[B, C_in, H, W] → [B, C_out, H/2, W/2]; <paramref name="relu"/> has been through ReLU already.</summary>
    public Tensor Forward(Tensor relu, Mode mode)
    {
        if (relu.shape[2] % 2 != 0 || relu.shape[3] % 2 != 0)
            throw new ArgumentException($"A factorized reduction needs even sides; the input is {relu.shape[2]}×{relu.shape[3]}.");
        var shifted = relu[TensorIndex.Colon, TensorIndex.Colon, TensorIndex.Slice(1), TensorIndex.Slice(1)];
        return norm.Forward(cat([even.Forward(relu, mode), odd.Forward(shifted, mode)], dim: 1), mode);
    }
}

/// <summary>Depthwise k×k, pointwise 1×1, batch norm; once (dilated) or twice with a ReLU between (separable).</summary>
public sealed class DepthwiseSeparable
{
    private readonly Rectifier rectifier;
    private readonly Convolution depthwise, pointwise;
    private readonly Convolution? depthwise2, pointwise2;
    private readonly BatchNorm norm;
    private readonly BatchNorm? norm2;

    private DepthwiseSeparable(
        NetworkWeights weights, string name, long channels, int kernel, int stride, int dilation, bool twice, BatchNormStyle style)
    {
        rectifier = weights.Relu;
        var padding = dilation * (kernel - 1) / 2;
        depthwise = new(weights, $"{name}.op.1", channels, channels, kernel, stride, padding, dilation, groups: channels);
        pointwise = new(weights, $"{name}.op.2", channels, channels, kernel: 1);
        norm = new(weights, $"{name}.op.3", channels, style);
        if (!twice)
            return;
        depthwise2 = new(weights, $"{name}.op.5", channels, channels, kernel, 1, padding, dilation, groups: channels);
        pointwise2 = new(weights, $"{name}.op.6", channels, channels, kernel: 1);
        norm2 = new(weights, $"{name}.op.7", channels, style);
    }

    /// <summary>sep_conv: the block twice, the stride in the first only.</summary>
    public static DepthwiseSeparable Separable(NetworkWeights weights, string name, long channels, int kernel, int stride, BatchNormStyle style) =>
        new(weights, name, channels, kernel, stride, dilation: 1, twice: true, style);

    /// <summary>dil_conv: the block once, dilation 2.</summary>
    public static DepthwiseSeparable Dilated(NetworkWeights weights, string name, long channels, int kernel, int stride, BatchNormStyle style) =>
        new(weights, name, channels, kernel, stride, dilation: 2, twice: false, style);

    /// <summary>[B, C, H, W] → [B, C, H/stride, W/stride]; <paramref name="relu"/> has been through ReLU already.</summary>
    public Tensor Forward(Tensor relu, Mode mode)
    {
        var x = norm.Forward(pointwise.Forward(depthwise.Forward(relu, mode), mode), mode);
        return depthwise2 is null ? x : norm2!.Forward(pointwise2!.Forward(depthwise2.Forward(rectifier.Apply(x), mode), mode), mode);
    }
}
