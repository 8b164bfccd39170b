using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.DerivedNetworks;

/// <summary>The network of one NAS-Bench-Macro genotype, as the benchmark trains it: affine norms with running statistics.</summary>
public sealed class NasBenchMacroNetwork : IDerivedNetwork
{
    private readonly NasBenchMacroBody body;
    private readonly List<Func<Tensor, Mode, Tensor>> layers = [];

    /// <summary>Makes the network.</summary>
    /// <param name="genotype">A genotype of <c>nas-bench-macro</c>.</param>
    /// <param name="channels">Channels after the stem; 32 in the benchmark.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    public NasBenchMacroNetwork(Genotype genotype, int channels, int imageChannels, int classes, long seed, Device device)
    {
        if (genotype.Space.Family != SpaceFamily.NasBenchMacro)
            throw new ArgumentException($"A genotype of '{genotype.Space}' does not fit a NAS-Bench-Macro network.");
        Weights = new(seed, device);
        body = new(Weights, channels, imageChannels, classes, (layer, shape) => layers.Add(NasBenchMacroBody.Block(
            Weights, $"features.{layer}", genotype.Normal.OperationOn(layer, layer + 1)!, shape, BatchNormStyle.Full)));
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public long ParameterCount => Weights.ParameterCount;

    /// <inheritdoc/>
    public (Tensor Logits, Tensor? Auxiliary) Forward(Tensor x, Mode mode, DropPath? dropPath) =>
        (body.Forward(x, (layer, h) => layers[layer](h, mode), mode), null);

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
