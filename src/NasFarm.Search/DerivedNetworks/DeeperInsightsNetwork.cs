using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.DerivedNetworks;

/// <summary>One child of "Deeper Insights into Weight Sharing", to be trained alone (spec/algorithms.md §18): the supernet's network with one
/// operation per edge, norms as there.</summary>
public sealed class DeeperInsightsNetwork : IDerivedNetwork
{
    private readonly DeeperInsightsBody<List<(EdgeChoice Edge, Func<Tensor, Mode, Tensor> Apply)>> body;

    /// <summary>Makes the network.</summary>
    /// <param name="genotype">A genotype of <c>deeper-insights</c>.</param>
    /// <param name="channels">Channels C inside a cell; 16 in the paper.</param>
    /// <param name="cellCount">Number of cells; 4 in the paper.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public DeeperInsightsNetwork(Genotype genotype, int channels, int cellCount, int imageChannels, int classes, long seed, Device device)
    {
        if (genotype.Space.Family != SpaceFamily.DeeperInsights)
            throw new ArgumentException($"A genotype of '{genotype.Space}' is no child of 'deeper-insights'.");
        Weights = new(seed, device);
        body = new(Weights, channels, cellCount, imageChannels, classes, name =>
            [.. genotype.Normal.Canonical().Edges.Select(edge => (
                edge, DeeperInsightsOperations.Make(Weights, $"{name}.dag.{edge.Target}.{edge.Source}.{edge.Operation}", edge.Operation, channels)))]);
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public long ParameterCount => Weights.ParameterCount;

    /// <inheritdoc/>
    public (Tensor Logits, Tensor? Auxiliary) Forward(Tensor x, Mode mode, DropPath? dropPath) => (body.Forward(x, (edges, input) =>
    {
        var states = new List<Tensor> { input };
        foreach (var (edge, apply) in edges)
        {
            var h = apply(states[edge.Source], mode);
            if (edge.Target == states.Count)
                states.Add(h);
            else
                states[edge.Target] = states[edge.Target] + h;
        }
        return states[1..];
    }, mode), null);

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
