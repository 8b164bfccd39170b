using NasFarm.Catalog.Spaces;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Networks;

/// <summary>What the NAS-Bench-Macro supernet and its derived networks share: stem, head, and the blocks that a layer may hold
/// (<see cref="MacroLayers"/>). Stem and head keep affine norms with running statistics in both.</summary>
public sealed class NasBenchMacroBody
{
    private readonly Convolution stem, head;
    private readonly BatchNorm stemNorm, headNorm;
    private readonly Linear classifier;

    /// <summary>Makes stem and head; <paramref name="makeLayer"/> makes what stands between, layer by layer.</summary>
    /// <param name="weights">Where the tensors go.</param>
    /// <param name="channels">Channels after the stem; 32 in the benchmark.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="makeLayer">(layer, shape), called once for each layer in order.</param>
    public NasBenchMacroBody(NetworkWeights weights, int channels, int imageChannels, int classes, Action<int, MacroLayer> makeLayer)
    {
        stem = new(weights, "stem.0", imageChannels, channels, kernel: 3, padding: 1);
        stemNorm = new(weights, "stem.1", channels, BatchNormStyle.Full);
        var layers = MacroLayers.Of(channels);
        for (var layer = 0; layer < layers.Count; layer++)
            makeLayer(layer, layers[layer]);
        head = new(weights, "out.0", layers[^1].Outputs, MacroLayers.HeadChannels, kernel: 1);
        headNorm = new(weights, "out.1", MacroLayers.HeadChannels, BatchNormStyle.Full);
        classifier = new(weights, "classifier", MacroLayers.HeadChannels, classes);
    }

    /// <summary>[B, C, H, W] → logits [B, classes]. Sides of any length: every halving rounds up.</summary>
    public Tensor Forward(Tensor x, Func<int, Tensor, Tensor> layer, Mode mode) => Intermediate.Released(() =>
    {
        x = F.relu(stemNorm.Forward(stem.Forward(x, mode), mode));
        for (var i = 0; i < MacroLayers.Count; i++)
            x = layer(i, x);
        return classifier.Forward(F.relu(headNorm.Forward(head.Forward(x, mode), mode)).mean([2, 3]));
    });

    /// <summary>One block: [B, C_in, H, W] → [B, C_out, H/stride, W/stride]. Throws <see cref="ArgumentException"/> on another operation.</summary>
    /// <param name="weights">Where the tensors go.</param>
    /// <param name="name">Prefix of their names.</param>
    /// <param name="operation">One of the space's three.</param>
    /// <param name="shape">Channels and stride.</param>
    /// <param name="style">Norms of the block.</param>
    public static Func<Tensor, Mode, Tensor> Block(NetworkWeights weights, string name, string operation, MacroLayer shape, BatchNormStyle style)
    {
        switch (operation)
        {
            case Operations.Identity when shape.KeepsShape:
                return (x, _) => x;
            case Operations.Identity:
                var projection = new ConvolutionNorm(
                    new(weights, $"{name}.downsample.0", shape.Inputs, shape.Outputs, kernel: 1, stride: shape.Stride),
                    new(weights, $"{name}.downsample.1", shape.Outputs, style));
                return projection.Forward;
            case Operations.InvertedResidual3x3 or Operations.InvertedResidual5x5:
                return new InvertedResidual(weights, name, shape, MacroLayers.Block(operation), style).Forward;
            default:
                throw new ArgumentException($"A NAS-Bench-Macro layer cannot hold '{operation}'.");
        }
    }
}

/// <summary>MobileNetV2's block: 1×1 to expansion·C_in, depthwise k×k, 1×1 to C_out, a norm after each and a ReLU after the first two; a
/// shortcut where the shape stays (Sandler et al., CVPR 2018).</summary>
public sealed class InvertedResidual(NetworkWeights weights, string name, MacroLayer shape, (int Expansion, int Kernel) block, BatchNormStyle style)
{
    private readonly ConvolutionNorm expand = new(
        new(weights, $"{name}.conv.0", shape.Inputs, shape.Inputs * block.Expansion, kernel: 1),
        new(weights, $"{name}.conv.1", shape.Inputs * block.Expansion, style));

    private readonly ConvolutionNorm depthwise = new(
        new(weights, $"{name}.conv.3", shape.Inputs * block.Expansion, shape.Inputs * block.Expansion, block.Kernel, shape.Stride,
            padding: block.Kernel / 2, groups: shape.Inputs * block.Expansion),
        new(weights, $"{name}.conv.4", shape.Inputs * block.Expansion, style));

    private readonly ConvolutionNorm project = new(
        new(weights, $"{name}.conv.6", shape.Inputs * block.Expansion, shape.Outputs, kernel: 1),
        new(weights, $"{name}.conv.7", shape.Outputs, style));

    /// <summary>[B, C_in, H, W] → [B, C_out, H/stride, W/stride].</summary>
    public Tensor Forward(Tensor x, Mode mode)
    {
        var h = F.relu(expand.Forward(x, mode));
        h = project.Forward(F.relu(depthwise.Forward(h, mode)), mode);
        return shape.KeepsShape ? h + x : h;
    }
}
