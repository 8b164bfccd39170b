using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Derivation;

/// <summary>Edge normalisation (PC-DARTS, spec/algorithms.md §5): the edges into a node share its sum by the softmax of a logit each, β.</summary>
public static class EdgeNormalisation
{
    /// <summary>Share of every edge of one cell type. Those of the edges into one node add up to 1; other nodes have no say in them.</summary>
    /// <param name="space">The space.</param>
    /// <param name="betas">β by edge index.</param>
    public static double[] Shares(SearchSpace space, IReadOnlyList<double> betas) => betas.Count == space.Edges.Count
        ? [.. space.Targets.SelectMany(target => Softmax.Of([.. space.EdgesInto(target).Select(edge => betas[edge.Index])]))]
        : throw new ArgumentException($"{betas.Count} betas; a cell of '{space}' has {space.Edges.Count} edges.");
}
