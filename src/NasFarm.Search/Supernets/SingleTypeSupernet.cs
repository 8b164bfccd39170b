using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>What supernets with one cell type share: one plan for all cells, and those weights that it reaches.</summary>
public abstract class SingleTypeSupernet : ISupernet
{
    private readonly SearchSpace space;
    private IReadOnlyList<NamedTensor>? reached;

    /// <summary>No weights yet; every edge is undecided.</summary>
    /// <param name="space">The space.</param>
    /// <param name="layers">Layers with mixture weights of their own.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="device">Where the network lives.</param>
    private protected SingleTypeSupernet(SearchSpace space, int layers, long seed, Device device)
    {
        (this.space, Weights, LayerTypes) = (space, new(seed, device), new int[layers]);
        Plan = new(space, CellDecisions.Start(space)[0], device);
    }

    /// <inheritdoc/>
    public NetworkWeights Weights { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> LayerTypes { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NamedTensor> ActiveParameters => reached ?? Weights.Parameters;

    /// <summary>What every cell sums.</summary>
    private protected CellPlan Plan { get; private set; }

    /// <inheritdoc/>
    public virtual void SetDecisions(IReadOnlyList<CellDecisions> decisions)
    {
        Plan.Dispose();
        Plan = new(space, decisions[0], Weights.Device);
        reached = EdgeWeights.Reachable(Weights.Parameters, [Plan], _ => 0);
    }

    /// <inheritdoc/>
    public virtual void SetAuxiliarySkip(double coefficient)
    {
    }

    /// <inheritdoc/>
    public abstract Tensor ForwardLayers(Tensor x, IReadOnlyList<Tensor> layers, Mode mode, DropPath? dropPath = null);

    /// <inheritdoc/>
    public void Dispose()
    {
        Plan.Dispose();
        Weights.Dispose();
        GC.SuppressFinalize(this);
    }
}
