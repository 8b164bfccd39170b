using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Torch.Ext;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>The skip connections that DARTS- puts beside the mixtures of one cell, one per edge (spec/algorithms.md §20).</summary>
/// <param name="space">The space.</param>
/// <param name="reduction">What an edge does that halves the image; null: the edge keeps it, and its skip is the identity.</param>
public sealed class AuxiliarySkips(SearchSpace space, Func<CellEdge, FactorizedReduce?> reduction)
{
    private readonly FactorizedReduce?[] reductions = [.. space.Edges.Select(reduction)];

    /// <summary>A node's sum of mixtures, plus β times what its edges skip.</summary>
    /// <param name="mixtures">The sum without them.</param>
    /// <param name="target">The node.</param>
    /// <param name="beta">Their common coefficient; a constant of the graph. At 0 they still take part, and their weights decay.</param>
    /// <param name="states">Inputs and nodes of the cell so far.</param>
    /// <param name="mode">Batch or running statistics of the reductions' norms.</param>
    public Tensor Beside(Tensor mixtures, int target, double beta, IReadOnlyList<CellState> states, Mode mode)
    {
        var skips = space.EdgesInto(target).Select(edge => reductions[edge.Index] is { } reduce
            ? reduce.Forward(states[edge.Source].Relu, mode)
            : states[edge.Source].Whole);
        return mixtures.add(MixedOperation.Sum([.. skips]), alpha: beta);
    }
}
