using NasFarm.Catalog.Spaces;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Networks;

/// <summary>The three operations of NAS-Bench-101, all of stride 1.</summary>
internal static class NasBench101Operations
{
    /// <summary>[B, C, H, W] → the same. Throws <see cref="ArgumentException"/> on another operation.</summary>
    public static Func<Tensor, Mode, Tensor> Make(NetworkWeights weights, string name, string operation, long channels, BatchNormStyle style)
    {
        switch (operation)
        {
            case Operations.VertexMaxPool3x3:
                return (x, _) => F.max_pool2d(x, 3, 1, 1);
            case Operations.VertexConv3x3 or Operations.VertexConv1x1:
                return new ConvolutionNormRelu(weights, name, channels, channels, operation == Operations.VertexConv3x3 ? 3 : 1, style).Forward;
            default:
                throw new ArgumentException($"A NAS-Bench-101 cell cannot hold '{operation}'.");
        }
    }
}
