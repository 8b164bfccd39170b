using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>The NAS-Bench-Macro supernet: the benchmark's network with all three blocks in each of the eight layers. The benchmark
/// publishes trained networks and no differentiable supernet; this relaxation is ours and follows DARTS: a layer is the softmax mixture of
/// its blocks, whose norms have running statistics and no affine part. The whole network is one cell: all layers stand in one matrix.</summary>
public sealed class NasBenchMacroSupernet : SingleTypeSupernet
{
    private static readonly SearchSpace Space = SearchSpaces.NasBenchMacro;

    private readonly NasBenchMacroBody body;
    private readonly Func<Tensor, Mode, Tensor>[,] blocks = new Func<Tensor, Mode, Tensor>[MacroLayers.Count, Space.Operations.Count];

    /// <summary>Makes the network; every layer starts undecided.</summary>
    /// <param name="channels">Channels after the stem.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public NasBenchMacroSupernet(int channels, int imageChannels, int classes, long seed, Device device)
        : base(Space, layers: 1, seed, device) =>
        body = new(Weights, channels, imageChannels, classes, (layer, shape) =>
        {
            foreach (var (column, operation) in Space.Operations.Index())
                blocks[layer, column] = NasBenchMacroBody.Block(
                    Weights, EdgeWeights.Name("layers", layer, operation), operation, shape, BatchNormStyle.Search);
        });

    /// <inheritdoc/>
    public override Tensor ForwardLayers(Tensor x, IReadOnlyList<Tensor> layers, Mode mode, DropPath? dropPath = null) => body.Forward(
        x,
        (layer, h) => Plan.Sum(layer, layers[0], [.. Plan.Nodes[layer].Select(t => blocks[layer, t.Operation](h, mode))], mode == Mode.Evaluate ? null : dropPath),
        mode);
}
