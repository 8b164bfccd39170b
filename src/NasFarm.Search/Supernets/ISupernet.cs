using NasFarm.Catalog.Sgas;
using NasFarm.Search.Networks;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>A network that holds every operation of its space on every edge, with weights shared by all cells it contains.</summary>
public interface ISupernet : IDisposable
{
    /// <summary>Trainable weights and running statistics; α is not among them.</summary>
    NetworkWeights Weights { get; }

    /// <summary>Fixes which operations take part from now on; one value per cell type, in the space's order.</summary>
    void SetDecisions(IReadOnlyList<CellDecisions> decisions);

    /// <summary>Parameters that undecided and decided edges can reach: the ones that get gradients.</summary>
    IReadOnlyList<NamedTensor> ActiveParameters { get; }

    /// <summary>Index of the cell type of every layer (cell), first to last.</summary>
    IReadOnlyList<int> LayerTypes { get; }

    /// <summary>[B, C, H, W] → logits [B, classes], each layer under mixture weights of its own.</summary>
    /// <param name="x">Images.</param>
    /// <param name="layers">Flattened rows [edges × operations], one tensor per layer in the order of <see cref="LayerTypes"/>.</param>
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
    /// <param name="mixtures">Flattened rows of each cell type, [edges × operations].</param>
    /// <param name="mode">Batch or running statistics.</param>
    /// <param name="dropPath">Drops the outputs of whole edges for single images, except when evaluating; null: none.</param>
    public static Tensor Forward(this ISupernet net, Tensor x, IReadOnlyList<Tensor> mixtures, Mode mode, DropPath? dropPath = null) =>
        net.ForwardLayers(x, [.. net.LayerTypes.Select(type => mixtures[type])], mode, dropPath);
}
