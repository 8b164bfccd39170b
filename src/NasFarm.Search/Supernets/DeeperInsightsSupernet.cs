using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>The supernet of "Deeper Insights into Weight Sharing" (spec/algorithms.md §18): 64 children share the weights of four operations on
/// three edges, in every cell the same choice. With an edge decided, the others of its operations are out: one-hot sampling of a child
/// and softmax mixtures are the same network.</summary>
public sealed class DeeperInsightsSupernet : SingleTypeSupernet
{
    private static readonly SearchSpace Space = SearchSpaces.DeeperInsights;

    private readonly DeeperInsightsBody<Func<Tensor, Mode, Tensor>[,]> body;

    /// <summary>Makes the network; every edge starts undecided.</summary>
    /// <param name="channels">Channels C inside a cell.</param>
    /// <param name="cellCount">Number of cells.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public DeeperInsightsSupernet(int channels, int cellCount, int imageChannels, int classes, long seed, Device device)
        : base(Space, cellCount, seed, device) =>
        body = new(Weights, channels, cellCount, imageChannels, classes, name =>
        {
            var candidates = new Func<Tensor, Mode, Tensor>[Space.Edges.Count, Space.Operations.Count];
            foreach (var edge in Space.Edges)
                foreach (var (column, operation) in Space.Operations.Index())
                    candidates[edge.Index, column] =
                        DeeperInsightsOperations.Make(Weights, EdgeWeights.Name(name, edge.Index, operation), operation, channels);
            return candidates;
        });

    /// <inheritdoc/>
    public override Tensor ForwardLayers(Tensor x, IReadOnlyList<Tensor> layers, Mode mode, DropPath? dropPath = null)
    {
        var layer = 0;
        return body.Forward(x, (candidates, input) =>
        {
            var (states, mixture) = (new List<Tensor> { input }, layers[layer++]);
            for (var node = 0; node < Plan.Nodes.Count; node++)
            {
                var terms = Plan.Nodes[node].Select(t => candidates[t.Edge, t.Operation](states[t.Source], mode)).ToList();
                states.Add(Plan.Sum(node, mixture, terms, mode == Mode.Evaluate ? null : dropPath));
            }
            return states[1..];
        }, mode);
    }
}
