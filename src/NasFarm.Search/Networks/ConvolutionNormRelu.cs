using static TorchSharp.torch;

namespace NasFarm.Search.Networks;

/// <summary>Convolution of stride 1 without bias, batch norm, ReLU: everything that has weights in a NAS-Bench-101 network.</summary>
public sealed class ConvolutionNormRelu(NetworkWeights weights, string name, long inputs, long outputs, int kernel, BatchNormStyle style)
{
    private readonly Rectifier rectifier = weights.Relu;
    private readonly ConvolutionNorm block = new(
        new(weights, $"{name}.op.0", inputs, outputs, kernel, padding: kernel / 2), new(weights, $"{name}.op.1", outputs, style));

    /// <summary>[B, C_in, H, W] → [B, C_out, H, W].</summary>
    public Tensor Forward(Tensor x, Mode mode) => rectifier.Apply(block.Forward(x, mode));
}
