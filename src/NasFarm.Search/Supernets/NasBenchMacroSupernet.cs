using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>The NAS-Bench-Macro supernet: the benchmark's network with all three blocks in each of the eight layers. The benchmark
/// publishes trained networks and no differentiable supernet; this relaxation is ours and follows DARTS: a layer is the softmax mixture of
/// its blocks, whose norms have running statistics and no affine part.</summary>
public sealed class NasBenchMacroSupernet : ISupernet
{
    private static readonly SearchSpace Space = SearchSpaces.NasBenchMacro;

    private readonly NasBenchMacroBody body;
    private readonly Func<Tensor, Mode, Tensor>[,] blocks = new Func<Tensor, Mode, Tensor>[MacroLayers.Count, Space.Operations.Count];
    private CellPlan plan;

    /// <summary>Makes the network; every layer starts undecided.</summary>
    /// <param name="channels">Channels after the stem.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public NasBenchMacroSupernet(int channels, int imageChannels, int classes, long seed, Device device)
    {
        Weights = new(seed, device);
        body = new(Weights, channels, imageChannels, classes, (layer, shape) =>
        {
            foreach (var (column, operation) in Space.Operations.Index())
                blocks[layer, column] = NasBenchMacroBody.Block(
                    Weights, EdgeWeights.Name("layers", layer, operation), operation, shape, BatchNormStyle.Search);
        });
        plan = new(Space, CellDecisions.Start(Space)[0], device);
        ActiveParameters = Weights.Parameters;
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NamedTensor> ActiveParameters { get; private set; }

    /// <inheritdoc/>
    public void SetDecisions(IReadOnlyList<CellDecisions> decisions)
    {
        plan.Dispose();
        plan = new(Space, decisions[0], Weights.Device);
        ActiveParameters = EdgeWeights.Reachable(Weights.Parameters, [plan], _ => 0);
    }

    /// <summary>The whole network is one cell: all layers stand in one matrix.</summary>
    public IReadOnlyList<int> LayerTypes { get; } = [0];

    /// <inheritdoc/>
    public Tensor ForwardLayers(Tensor x, IReadOnlyList<Tensor> layers, Mode mode, DropPath? dropPath = null) => body.Forward(
        x,
        (layer, h) => plan.Sum(layer, layers[0], [.. plan.Nodes[layer].Select(t => blocks[layer, t.Operation](h, mode))], mode == Mode.Evaluate ? null : dropPath),
        mode);

    /// <inheritdoc/>
    public void Dispose()
    {
        plan.Dispose();
        Weights.Dispose();
    }
}
