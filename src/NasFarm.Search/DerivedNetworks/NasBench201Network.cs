using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace NasFarm.Search.DerivedNetworks;

/// <summary>The network of one NAS-Bench-201 cell (spec/search-spaces.md §2): one operation per edge, affine norms with running
/// statistics, convolutions without bias.</summary>
public sealed class NasBench201Network : IDerivedNetwork
{
    private readonly NasBench201Body<NasBench201Cell> body;

    /// <summary>Makes the network.</summary>
    /// <param name="genotype">A genotype of <c>nas-bench-201</c>.</param>
    /// <param name="channels">Channels C of the first stage; 16 in the benchmark.</param>
    /// <param name="cellsPerStage">Cells per stage N; 5 in the benchmark.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public NasBench201Network(Genotype genotype, int channels, int cellsPerStage, int imageChannels, int classes, long seed, Device device)
    {
        if (genotype.Space.Family != SpaceFamily.NasBench201)
            throw new ArgumentException($"A genotype of '{genotype.Space}' does not fit a NAS-Bench-201 network.");
        Weights = new(seed, device);
        body = new(Weights, channels, cellsPerStage, imageChannels, classes, (name, c) => new(Weights, name, genotype.Normal, c));
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public long ParameterCount => Weights.ParameterCount;

    /// <inheritdoc/>
    public (Tensor Logits, Tensor? Auxiliary) Forward(Tensor x, Mode mode, DropPath? dropPath) =>
        (body.Forward(x, (cell, h) => cell.Forward(h, mode), mode), null);

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}

/// <summary>One derived cell: a node is the sum of its in-edges, the last node is the output.</summary>
internal sealed class NasBench201Cell
{
    private readonly List<(EdgeChoice Edge, Func<Tensor, Mode, Tensor> Apply)> operations = [];
    private readonly int nodes;

    public NasBench201Cell(NetworkWeights weights, string name, Cell cell, int channels)
    {
        nodes = 1 + cell.Edges.Max(e => e.Target);
        foreach (var edge in cell.Edges)
            operations.Add((edge, Operation(weights, $"{name}.edges.{edge.Target}.{edge.Source}.{edge.Operation}", edge.Operation, channels)));
    }

    public Tensor Forward(Tensor x, Mode mode) => Intermediate.Released(() =>
    {
        var states = new Tensor?[nodes];
        states[0] = x;
        foreach (var (edge, apply) in operations)
        {
            var h = apply(states[edge.Source]!, mode);
            states[edge.Target] = states[edge.Target] is { } sum ? sum + h : h;
        }
        return states[^1]!;
    });

    private static Func<Tensor, Mode, Tensor> Operation(NetworkWeights weights, string name, string operation, int channels)
    {
        switch (operation)
        {
            case Operations.None:
                return (x, _) => x * 0f;
            case Operations.SkipConnect:
                return (x, _) => x;
            case Operations.AvgPool3x3:
                return (x, _) => AveragePooling.Pool3x3(x, 1);
            case Operations.NorConv1x1 or Operations.NorConv3x3:
                var kernel = operation == Operations.NorConv1x1 ? 1 : 3;
                var block = new ConvolutionNorm(
                    new(weights, $"{name}.op.1", channels, channels, kernel, padding: kernel / 2), new(weights, $"{name}.op.2", channels, BatchNormStyle.Full));
                return (x, mode) => block.Forward(F.relu(x), mode);
            default:
                throw new ArgumentException($"A NAS-Bench-201 cell cannot hold '{operation}'.");
        }
    }
}
