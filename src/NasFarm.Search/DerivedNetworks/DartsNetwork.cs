using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.DerivedNetworks;

/// <summary>The network that retrains a DARTS-family cell (spec/search-spaces.md §1.2–§1.4, retraining-and-data.md §1): affine norms,
/// no norm after pooling, an optional auxiliary head after cell 2·L/3. A cell of <c>robust-s4</c> keeps drawing its noise, in tests too.</summary>
public sealed class DartsNetwork : IDerivedNetwork
{
    private const int StemMultiplier = 3;

    private readonly Convolution stem;
    private readonly BatchNorm stemNorm;
    private readonly List<DerivedDartsCell> cells = [];
    private readonly AuxiliaryHead? auxiliary;
    private readonly int auxiliaryAfter;
    private readonly Linear classifier;
    private readonly NoiseSource noise;

    /// <summary>Makes the network.</summary>
    /// <param name="genotype">A genotype of a DARTS-family space.</param>
    /// <param name="channels">Initial channels C.</param>
    /// <param name="cellCount">Number of cells L.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="withAuxiliary">Build the auxiliary head (images of 32 pixels).</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public DartsNetwork(
        Genotype genotype, int channels, int cellCount, int imageChannels, int classes, bool withAuxiliary, long seed, Device device)
    {
        if (genotype.Reduce is not { } reduceCell)
            throw new ArgumentException($"A genotype of '{genotype.Space}' has no reduction cell; this network needs one of the DARTS family.");
        Weights = new(seed, device);
        noise = new(seed);
        auxiliaryAfter = 2 * cellCount / 3;
        var (previousPrevious, previous, current) = (StemMultiplier * channels, StemMultiplier * channels, channels);
        stem = new(Weights, "stem.0", imageChannels, previous, kernel: 3, padding: 1);
        stemNorm = new(Weights, "stem.1", previous, BatchNormStyle.Full);
        var previousReduces = false;
        long auxiliaryParameters = 0;
        for (var i = 0; i < cellCount; i++)
        {
            var reduces = SearchSpace.IsReduction(i, cellCount);
            if (reduces)
                current *= 2;
            cells.Add(new(
                Weights, $"cells.{i}", reduces ? reduceCell : genotype.Normal, genotype.Space.InnerNodes, previousPrevious, previous, current, reduces,
                previousReduces, noise));
            (previousReduces, previousPrevious, previous) = (reduces, previous, genotype.Space.InnerNodes * current);
            if (withAuxiliary && i == auxiliaryAfter)
            {
                var before = Weights.ParameterCount;
                auxiliary = new(Weights, "auxiliary_head", previous, classes);
                auxiliaryParameters = Weights.ParameterCount - before;
            }
        }
        classifier = new(Weights, "classifier", previous, classes);
        ParameterCount = Weights.ParameterCount - auxiliaryParameters;
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public long ParameterCount { get; }

    /// <inheritdoc/>
    public void MoveTo(long trained, int step) => noise.MoveTo(trained, step);

    /// <inheritdoc/>
    public (Tensor Logits, Tensor? Auxiliary) Forward(Tensor x, Mode mode, DropPath? dropPath)
    {
        noise.NextForward(mode);
        Tensor? side = null;
        var s0 = stemNorm.Forward(stem.Forward(x, mode), mode);
        var s1 = s0;
        for (var i = 0; i < cells.Count; i++)
        {
            (s0, s1) = (s1, cells[i].Forward(s0, s1, mode, dropPath));
            if (i == auxiliaryAfter && mode == Mode.Train)
                side = auxiliary?.Forward(s1, mode);
        }
        return (classifier.Forward(s1.mean([2, 3])), side);
    }

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}

/// <summary>One derived cell: each inner node sums its two chosen operations.</summary>
internal sealed class DerivedDartsCell
{
    private const int Inputs = 2;

    private readonly int nodes, stride;
    private readonly FactorizedReduce? reduce0;
    private readonly ConvolutionNorm? preprocess0;
    private readonly ConvolutionNorm preprocess1;
    private readonly List<(EdgeChoice Edge, bool IsIdentity, Func<Tensor, Mode, Tensor> Apply)> operations = [];

    public DerivedDartsCell(
        NetworkWeights weights, string name, Cell cell, int innerNodes, int previousPrevious, int previous, int channels, bool reduces,
        bool previousReduces, NoiseSource noise)
    {
        (nodes, stride) = (Inputs + innerNodes, reduces ? 2 : 1);
        if (previousReduces)
            reduce0 = new(weights, $"{name}.preprocess0", previousPrevious, channels, BatchNormStyle.Full);
        else
            preprocess0 = Pointwise(weights, $"{name}.preprocess0", previousPrevious, channels);
        preprocess1 = Pointwise(weights, $"{name}.preprocess1", previous, channels);
        foreach (var edge in cell.Edges)
        {
            var stride = reduces && edge.Source < Inputs ? 2 : 1;
            var label = $"{name}.ops.{edge.Target}.{edge.Source}.{edge.Operation}";
            operations.Add((edge, edge.Operation == Operations.SkipConnect && stride == 1, Operation(weights, label, edge.Operation, channels, stride, noise)));
        }
    }

    public Tensor Forward(Tensor s0, Tensor s1, Mode mode, DropPath? dropPath) => Intermediate.Released(() =>
    {
        var relu0 = F.relu(s0);
        var states = new Tensor?[nodes];
        states[0] = reduce0 is null ? preprocess0!.Forward(relu0, mode) : reduce0.Forward(relu0, mode);
        states[1] = preprocess1.Forward(F.relu(s1), mode);
        foreach (var (edge, isIdentity, apply) in operations)
        {
            var h = apply(State(edge.Source), mode);
            if (!isIdentity && mode == Mode.Train && dropPath is not null)
                h = dropPath.Apply(h);
            states[edge.Target] = states[edge.Target] is { } sum ? sum + h : h;
        }
        return cat([.. Enumerable.Range(Inputs, nodes - Inputs).Select(State)], dim: 1);

        // A node that no edge enters is all zeros.
        Tensor State(int node) => states[node] ??= zeros(Shape(states[1]!), device: s1.device);
    });

    /// <summary>[B, C, H, W] of an inner node, from that of an input.</summary>
    private long[] Shape(Tensor input) => [input.shape[0], input.shape[1], input.shape[2] / stride, input.shape[3] / stride];

    private static ConvolutionNorm Pointwise(NetworkWeights weights, string name, int inputs, int outputs) =>
        new(new(weights, $"{name}.op.1", inputs, outputs, kernel: 1), new(weights, $"{name}.op.2", outputs, BatchNormStyle.Full));

    private static Func<Tensor, Mode, Tensor> Operation(
        NetworkWeights weights, string name, string operation, int channels, int stride, NoiseSource noise)
    {
        switch (operation)
        {
            case Operations.Noise:
                return (x, _) => noise.Like(x, stride, name);
            case Operations.SkipConnect when stride == 1:
                return (x, _) => x;
            case Operations.SkipConnect:
                var reduce = new FactorizedReduce(weights, name, channels, channels, BatchNormStyle.Full);
                return (x, mode) => reduce.Forward(F.relu(x), mode);
            case Operations.MaxPool3x3:
                return (x, _) => F.max_pool2d(x, 3, stride, 1);
            case Operations.AvgPool3x3:
                return (x, _) => AveragePooling.Pool3x3(x, stride);
            case Operations.SepConv3x3 or Operations.SepConv5x5:
                var separable = DepthwiseSeparable.Separable(weights, name, channels, operation[^1] - '0', stride, BatchNormStyle.Full);
                return (x, mode) => separable.Forward(F.relu(x), mode);
            case Operations.DilConv3x3 or Operations.DilConv5x5:
                var dilated = DepthwiseSeparable.Dilated(weights, name, channels, operation[^1] - '0', stride, BatchNormStyle.Full);
                return (x, mode) => dilated.Forward(F.relu(x), mode);
            default:
                throw new ArgumentException($"A derived DARTS cell cannot hold '{operation}'.");
        }
    }
}

/// <summary>Auxiliary classifier for feature maps of 8×8: average pool 5×5 stride 3, 1×1 to 128, 2×2 to 768, linear
/// (spec/retraining-and-data.md §1.1).</summary>
internal sealed class AuxiliaryHead(NetworkWeights weights, string name, int channels, int classes)
{
    private readonly Convolution narrow = new(weights, $"{name}.features.2", channels, 128, kernel: 1);
    private readonly BatchNorm narrowNorm = new(weights, $"{name}.features.3", 128, BatchNormStyle.Full);
    private readonly Convolution wide = new(weights, $"{name}.features.5", 128, 768, kernel: 2);
    private readonly BatchNorm wideNorm = new(weights, $"{name}.features.6", 768, BatchNormStyle.Full);
    private readonly Linear classifier = new(weights, $"{name}.classifier", 768, classes);

    public Tensor Forward(Tensor x, Mode mode)
    {
        if (x.shape[2] != 8 || x.shape[3] != 8)
            throw new ArgumentException(
                $"The auxiliary head needs feature maps of 8×8 (images of 32 pixels); here they are {x.shape[2]}×{x.shape[3]}. Train at 32 or switch it off.");
        x = F.avg_pool2d(F.relu(x), 5, 3, count_include_pad: false);
        x = F.relu(narrowNorm.Forward(narrow.Forward(x, mode), mode));
        x = F.relu(wideNorm.Forward(wide.Forward(x, mode), mode));
        return classifier.Forward(x.flatten(1));
    }
}
