using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Networks;

/// <summary>What the NAS-Bench-201 supernet and its derived networks share: stem, three stages of cells, a residual block before
/// the second and third, norm, ReLU, global average pooling, linear (spec/search-spaces.md §2). These parts keep affine weights and
/// running statistics in both.</summary>
/// <typeparam name="TCell">The cell; made by the caller.</typeparam>
public sealed class NasBench201Body<TCell>
{
    /// <summary>Stages of cells; the second and third begin with a residual block.</summary>
    public const int Stages = 3;

    private readonly Rectifier rectifier;
    private readonly Convolution stem;
    private readonly BatchNorm stemNorm, lastNorm;
    private readonly List<(ResidualBlock? Before, TCell[] Cells)> stages = [];
    private readonly Linear classifier;

    /// <summary>Makes all parts.</summary>
    /// <param name="weights">Where the tensors go.</param>
    /// <param name="channels">Channels C of the first stage.</param>
    /// <param name="cellsPerStage">Cells per stage N.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="makeCell">(name, channels) → cell.</param>
    public NasBench201Body(
        NetworkWeights weights, int channels, int cellsPerStage, int imageChannels, int classes, Func<string, int, TCell> makeCell)
    {
        rectifier = weights.Relu;
        stem = new(weights, "stem.0", imageChannels, channels, kernel: 3, padding: 1);
        stemNorm = new(weights, "stem.1", channels, BatchNormStyle.Full);
        var width = channels;
        for (var stage = 0; stage < Stages; stage++)
        {
            var before = stage == 0 ? null : new ResidualBlock(weights, $"stages.{stage}.residual", width, 2 * width);
            width <<= stage == 0 ? 0 : 1;
            stages.Add((before, [.. Enumerable.Range(0, cellsPerStage).Select(i => makeCell($"stages.{stage}.cells.{i}", width))]));
        }
        lastNorm = new(weights, "lastact.0", width, BatchNormStyle.Full);
        classifier = new(weights, "classifier", width, classes);
    }

    /// <summary>[B, C, H, W] → logits [B, classes]. Sides must be divisible by four: at an odd side the residual convolution rounds up
    /// and its pooling shortcut down.</summary>
    public Tensor Forward(Tensor x, Func<TCell, Tensor, Tensor> cell, Mode mode) => Intermediate.Released(() =>
    {
        if (x.shape[2] % 4 != 0 || x.shape[3] % 4 != 0)
            throw new ArgumentException($"A NAS-Bench-201 network needs image sides divisible by 4; the images are {x.shape[2]}×{x.shape[3]}.");
        x = stemNorm.Forward(stem.Forward(x, mode), mode);
        foreach (var (before, cells) in stages)
        {
            if (before is not null)
                x = before.Forward(x, mode);
            foreach (var c in cells)
                x = cell(c, x);
        }
        return classifier.Forward(rectifier.Apply(lastNorm.Forward(x, mode)).mean([2, 3]));
    });
}

/// <summary>Halves the sides, doubles the channels: two ReLU–conv3×3–norm, beside an average-pooled 1×1 shortcut.</summary>
public sealed class ResidualBlock(NetworkWeights weights, string name, int inputs, int outputs)
{
    private readonly Rectifier rectifier = weights.Relu;
    private readonly Convolution first = new(weights, $"{name}.conv_a.op.1", inputs, outputs, kernel: 3, stride: 2, padding: 1);
    private readonly BatchNorm firstNorm = new(weights, $"{name}.conv_a.op.2", outputs, BatchNormStyle.Full);
    private readonly Convolution second = new(weights, $"{name}.conv_b.op.1", outputs, outputs, kernel: 3, padding: 1);
    private readonly BatchNorm secondNorm = new(weights, $"{name}.conv_b.op.2", outputs, BatchNormStyle.Full);
    private readonly Convolution shortcut = new(weights, $"{name}.downsample.1", inputs, outputs, kernel: 1);

    /// <summary>[B, C, H, W] → [B, 2C, H/2, W/2].</summary>
    public Tensor Forward(Tensor x, Mode mode)
    {
        var main = firstNorm.Forward(first.Forward(rectifier.Apply(x), mode), mode);
        main = secondNorm.Forward(second.Forward(rectifier.Apply(main), mode), mode);
        return main + shortcut.Forward(F.avg_pool2d(x, 2, 2), mode);
    }
}
