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

    /// <summary>Where the search stands: operations that draw random numbers draw others at every step. Networks without such
    /// operations do not care.</summary>
    /// <param name="trained">Trained epoch, which never rewinds.</param>
    /// <param name="step">Step in the epoch.</param>
    void MoveTo(long trained, int step)
    {
    }

    /// <summary>[B, C, H, W] → logits [B, classes].</summary>
    /// <param name="x">Images.</param>
    /// <param name="mixtures">Flattened softmax rows of each cell type, [edges × operations].</param>
    /// <param name="mode">Batch or running statistics.</param>
    Tensor Forward(Tensor x, IReadOnlyList<Tensor> mixtures, Mode mode);
}
