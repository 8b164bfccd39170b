using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>A network that holds every operation of its space on every edge or node, with weights shared by all cells it contains.</summary>
public interface ISupernet : IDisposable
{
    /// <summary>Trainable weights and running statistics; α is not among them.</summary>
    NetworkWeights Weights { get; }

    /// <summary>Fixes which operations take part from now on; one value per cell type, in the space's order.</summary>
    void SetDecisions(IReadOnlyList<CellDecisions> decisions);

    /// <summary>Parameters that undecided and decided edges can reach: the ones that get gradients.</summary>
    IReadOnlyList<NamedTensor> ActiveParameters { get; }

    /// <summary>Where the search stands: operations that draw random numbers draw others at every step. Networks without such
    /// operations do not care.</summary>
    /// <param name="trained">Trained epoch, which never rewinds.</param>
    /// <param name="step">Step in the epoch.</param>
    void MoveTo(long trained, int step)
    {
    }

    /// <summary>Lets the next forward pass draw what the last one drew, both of one mode. Networks that draw nothing do not care.</summary>
    void RepeatNoise()
    {
    }

    /// <summary>Sets the coefficient of the auxiliary skip connections of every forward pass from now on. Networks that were made without them do
    /// not care.</summary>
    void SetAuxiliarySkip(double coefficient)
    {
    }

    /// <summary>Index of the cell type of every layer (cell), first to last.</summary>
    IReadOnlyList<int> LayerTypes { get; }

    /// <summary>[B, C, H, W] → logits [B, classes], each layer under mixture weights of its own.</summary>
    /// <param name="x">Images.</param>
    /// <param name="layers">Flattened rows (<see cref="SearchSpace.RowLengths"/>), one tensor per layer in the order of <see cref="LayerTypes"/>.</param>
    /// <param name="mode">Batch or running statistics.</param>
    /// <param name="dropPath">Drops the outputs of whole edges for single images, except when evaluating; null: none.</param>
    Tensor ForwardLayers(Tensor x, IReadOnlyList<Tensor> layers, Mode mode, DropPath? dropPath = null);
}

/// <summary>The usual way through a supernet.</summary>
public static class SharedMixtures
{
    /// <summary>[B, C, H, W] → logits [B, classes], all layers of a cell type under the same mixture weights.</summary>
    /// <param name="net">The network.</param>
    /// <param name="x">Images.</param>
    /// <param name="mixtures">Flattened rows of each cell type.</param>
    /// <param name="mode">Batch or running statistics.</param>
    /// <param name="dropPath">Drops the outputs of whole edges for single images, except when evaluating; null: none.</param>
    public static Tensor Forward(this ISupernet net, Tensor x, IReadOnlyList<Tensor> mixtures, Mode mode, DropPath? dropPath = null) =>
        net.ForwardLayers(x, [.. net.LayerTypes.Select(type => mixtures[type])], mode, dropPath);
}

/// <summary>The supernet of each space.</summary>
public static class Supernet
{
    /// <summary>Makes it, nothing decided.</summary>
    /// <param name="space">The space.</param>
    /// <param name="channels">Initial channels.</param>
    /// <param name="cells">Cells, cells per stage, or layers: what the space calls its size.</param>
    /// <param name="imageChannels">Channels of the images.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    /// <param name="auxiliarySkips">With a skip connection beside every mixture; of the spaces of DARTS and NAS-Bench-201 only.</param>
    /// <param name="partialChannels">One channel in so many goes through the operations; 1: all (<see cref="PartialChannels"/>). Of the same spaces only.</param>
    public static ISupernet Make(
        SearchSpace space, int channels, int cells, int imageChannels, int classes, long seed, Device device, bool auxiliarySkips = false,
        int partialChannels = 1) =>
        space.Family switch
        {
            SpaceFamily.NasBench201 => new NasBench201Supernet(channels, cells, imageChannels, classes, seed, device, auxiliarySkips, partialChannels),
            SpaceFamily.Darts => new DartsSupernet(space, channels, cells, imageChannels, classes, seed, device, auxiliarySkips, partialChannels),
            _ when auxiliarySkips => throw new ArgumentException($"The supernet of '{space}' has no auxiliary skip connections."),
            _ when partialChannels > 1 => throw new ArgumentException($"The supernet of '{space}' sends all channels through its operations."),
            SpaceFamily.NasBenchMacro => new NasBenchMacroSupernet(channels, imageChannels, classes, seed, device),
            SpaceFamily.NasBench1Shot1 => new NasBench1Shot1Supernet(space, channels, cells, imageChannels, classes, seed, device),
            _ => new DeeperInsightsSupernet(channels, cells, imageChannels, classes, seed, device),
        };
}
