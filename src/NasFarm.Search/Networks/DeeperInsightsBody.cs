using NasFarm.Catalog.Spaces;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.Networks;

/// <summary>What the supernet of "Deeper Insights into Weight Sharing" and its children share (spec/algorithms.md §18): a stem of two
/// conv 3×3 with norms and no ReLU, cells of one input and one output at one resolution, global average pooling, linear. Norms have momentum 0.4;
/// those of the stem are affine, those of cells are not, in a child neither.</summary>
/// <typeparam name="TCell">The cell; made by the caller.</typeparam>
public sealed class DeeperInsightsBody<TCell>
{
    private const int StemMultiplier = 3;

    private readonly Convolution[] stem;
    private readonly BatchNorm[] stemNorms;
    private readonly List<(ConvolutionNorm Preprocess, TCell Cell)> cells = [];
    private readonly Linear classifier;

    /// <summary>Makes all parts.</summary>
    /// <param name="weights">Where the tensors go.</param>
    /// <param name="channels">Channels C inside a cell.</param>
    /// <param name="cellCount">Number of cells.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="makeCell">Name → cell.</param>
    public DeeperInsightsBody(NetworkWeights weights, int channels, int cellCount, int imageChannels, int classes, Func<string, TCell> makeCell)
    {
        var (width, affine) = (StemMultiplier * channels, DeeperInsightsOperations.CellNorm with { Affine = true });
        stem = [new(weights, "stem.0", imageChannels, width, kernel: 3, padding: 1), new(weights, "stem.2", width, width, kernel: 3, padding: 1)];
        stemNorms = [new(weights, "stem.1", width, affine), new(weights, "stem.3", width, affine)];
        for (var i = 0; i < cellCount; i++)
        {
            var preprocess = new ConvolutionNorm(
                new(weights, $"cells.{i}.preproc.net.1", width, channels, kernel: 1),
                new(weights, $"cells.{i}.preproc.net.2", channels, DeeperInsightsOperations.CellNorm));
            cells.Add((preprocess, makeCell($"cells.{i}")));
            width = SearchSpaces.DeeperInsights.InnerNodes * channels;
        }
        classifier = new(weights, "linear", width, classes);
    }

    /// <summary>[B, C, H, W] → logits [B, classes].</summary>
    /// <param name="x">Images.</param>
    /// <param name="cell">The outputs [B, C, H, W] of a cell's nodes, from its preprocessed input.</param>
    /// <param name="mode">Batch or running statistics.</param>
    public Tensor Forward(Tensor x, Func<TCell, Tensor, IReadOnlyList<Tensor>> cell, Mode mode) => Intermediate.Released(() =>
    {
        foreach (var (convolution, norm) in stem.Zip(stemNorms))
            x = norm.Forward(convolution.Forward(x, mode), mode);
        foreach (var (preprocess, c) in cells)
        {
            var input = x;
            x = Intermediate.Released(() => cat([.. cell(c, preprocess.Forward(F.relu(input), mode))], dim: 1));
        }
        return classifier.Forward(x.mean([2, 3]));
    });
}

/// <summary>The four operations of the space, all of stride 1.</summary>
internal static class DeeperInsightsOperations
{
    /// <summary>Norms of cells.</summary>
    public static readonly BatchNormStyle CellNorm = new(Affine: false, TrackStatistics: true, Momentum: 0.4);

    /// <summary>[B, C, H, W] → the same. Throws <see cref="ArgumentException"/> on another operation.</summary>
    public static Func<Tensor, Mode, Tensor> Make(NetworkWeights weights, string name, string operation, int channels)
    {
        switch (operation)
        {
            case Operations.MaxPool3x3:
                var norm = new BatchNorm(weights, $"{name}.bn", channels, CellNorm);
                return (x, mode) => norm.Forward(F.max_pool2d(x, 3, 1, 1), mode);
            case Operations.SepConv3x3 or Operations.SepConv5x5:
                var separable = DepthwiseSeparable.Separable(weights, name, channels, operation[^1] - '0', 1, CellNorm);
                return (x, mode) => separable.Forward(F.relu(x), mode);
            case Operations.DilConv5x5:
                var dilated = DepthwiseSeparable.Dilated(weights, name, channels, 5, 1, CellNorm);
                return (x, mode) => dilated.Forward(F.relu(x), mode);
            default:
                throw new ArgumentException($"A cell of 'deeper-insights' cannot hold '{operation}'.");
        }
    }
}
