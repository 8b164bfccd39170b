using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>The NAS-Bench-201 supernet (spec/search-spaces.md §2): stem, three stages of N cells with a residual block between, all
/// cells sharing one α matrix. Norms inside cells use the batch's statistics in both modes and have no affine part, so the
/// convolutions before them carry a bias, as the released configuration does.</summary>
public sealed class NasBench201Supernet : SingleTypeSupernet
{
    private static readonly SearchSpace Space = SearchSpaces.NasBench201;

    private readonly NasBench201Body<NasBench201MixedCell> body;
    private readonly PartialChannels partial;
    private double auxiliarySkip;

    /// <summary>Makes the network; every edge starts undecided.</summary>
    /// <param name="channels">Channels C of the first stage.</param>
    /// <param name="cellsPerStage">Cells per stage N.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    /// <param name="auxiliarySkips">With an identity beside every mixture.</param>
    /// <param name="partialChannels">One channel in so many goes through the operations; 1: all.</param>
    public NasBench201Supernet(
        int channels, int cellsPerStage, int imageChannels, int classes, long seed, Device device, bool auxiliarySkips = false, int partialChannels = 1)
        : base(Space, NasBench201Body<NasBench201MixedCell>.Stages * cellsPerStage, seed, device)
    {
        partial = new(Space, partialChannels);
        body = new(Weights, channels, cellsPerStage, imageChannels, classes, (name, c) => new(Weights, name, c, auxiliarySkips, partial));
    }

    /// <inheritdoc/>
    public override void SetDecisions(IReadOnlyList<CellDecisions> decisions)
    {
        partial.Require(decisions);
        base.SetDecisions(decisions);
    }

    /// <inheritdoc/>
    public override void SetAuxiliarySkip(double coefficient) => auxiliarySkip = coefficient;

    /// <inheritdoc/>
    public override Tensor ForwardLayers(Tensor x, IReadOnlyList<Tensor> layers, Mode mode, DropPath? dropPath = null)
    {
        var layer = 0;
        return body.Forward(x, (cell, h) => cell.Forward(h, Plan, layers[layer++], mode, dropPath, auxiliarySkip), mode);
    }
}

/// <summary>One mixed cell of NAS-Bench-201: four nodes, six edges; a node is the sum of its edges, the last node is the output.</summary>
internal sealed class NasBench201MixedCell
{
    private static readonly SearchSpace Space = SearchSpaces.NasBench201;
    private readonly Rectifier rectifier;
    private readonly AuxiliarySkips? auxiliary;
    private readonly PartialChannels partial;
    private readonly Func<CellState, Mode, Tensor>[,] candidates = new Func<CellState, Mode, Tensor>[Space.Edges.Count, Space.Operations.Count];

    public NasBench201MixedCell(NetworkWeights weights, string name, int channels, bool auxiliarySkips, PartialChannels partial)
    {
        (rectifier, this.partial) = (weights.Relu, partial);
        auxiliary = auxiliarySkips ? new(Space, _ => null) : null;
        foreach (var edge in Space.Edges)
            for (var o = 0; o < Space.Operations.Count; o++)
                candidates[edge.Index, o] = Candidate(weights, EdgeWeights.Name(name, edge.Index, Space.Operations[o]), Space.Operations[o], partial.Of(channels));
    }

    public Tensor Forward(Tensor x, CellPlan plan, Tensor mixture, Mode mode, DropPath? dropPath, double auxiliarySkip) => Intermediate.Released(() =>
    {
        var states = new List<CellState> { partial.State(x, rectifier) };
        for (var node = 0; node < plan.Nodes.Count; node++)
        {
            var sum = partial.Node(plan, node, mixture, states, mode, (t, source) => candidates[t.Edge, t.Operation](source, mode), _ => 1, dropPath);
            states.Add(partial.State(auxiliary?.Beside(sum, Space.Targets[node], auxiliarySkip, states, mode) ?? sum, rectifier));
        }
        return states[^1].Whole;
    });

    private static Func<CellState, Mode, Tensor> Candidate(NetworkWeights weights, string name, string operation, int channels)
    {
        switch (operation)
        {
            case Operations.None:
                return (s, _) => s.Zeros(stride: 1);
            case Operations.SkipConnect:
                return (s, _) => s.Value;
            case Operations.AvgPool3x3:
                return (s, _) => s.Pooled(operation, stride: 1);
            default:
                var kernel = operation == Operations.NorConv1x1 ? 1 : 3;
                var block = new ConvolutionNorm(
                    new(weights, $"{name}.op.1", channels, channels, kernel, padding: kernel / 2, bias: true),
                    new(weights, $"{name}.op.2", channels, BatchNormStyle.Untracked));
                return (s, mode) => block.Forward(s.Relu, mode);
        }
    }
}
