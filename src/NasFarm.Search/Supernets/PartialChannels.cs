using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>Partial channels (PC-DARTS, spec/algorithms.md §5): the first C/K channels of a node go through the mixed operations of an edge, the
/// others go past them (max-pooled 2×2 where the edge has stride 2); both are concatenated, those that were worked on first, and shuffled
/// in K groups. Concatenation and shuffle are the same on every edge into a node, so they are done once, on the node's two sums.</summary>
/// <param name="space">The space.</param>
/// <param name="divisor">K; 1: all channels go through the operations, and nothing is shuffled.</param>
public sealed class PartialChannels(SearchSpace space, int divisor)
{
    /// <summary>Channels that operations see, of a cell with so many. Throws <see cref="ArgumentException"/> where K does not divide them.</summary>
    public int Of(int channels) => channels % divisor == 0
        ? channels / divisor
        : throw new ArgumentException($"A cell of {channels} channels cannot send one in {divisor} through its operations.");

    /// <summary>A node's value, divided.</summary>
    public CellState State(Tensor value, Rectifier rectifier) => new(value, rectifier, divisor);

    /// <summary>A node's value from its terms: Σ of the mixture, joined with Σ of what went past. An edge's bypass has the weight of all its
    /// operations together, the sum of its row: its share, since a softmax adds up to 1.</summary>
    /// <param name="plan">Terms of the cell type.</param>
    /// <param name="node">Index into the plan's nodes.</param>
    /// <param name="mixture">Flattened rows of weights [edges × operations].</param>
    /// <param name="states">The nodes before it.</param>
    /// <param name="mode">What the pass is for.</param>
    /// <param name="term">(term, its source) → output of the operation.</param>
    /// <param name="stride">Edge → stride.</param>
    /// <param name="dropPath">Drops the mixtures of whole edges for single images; null: none.</param>
    public Tensor Node(
        CellPlan plan, int node, Tensor mixture, IReadOnlyList<CellState> states, Mode mode,
        Func<Term, CellState, Tensor> term, Func<CellEdge, int> stride, DropPath? dropPath)
    {
        var terms = plan.Nodes[node].Select(t => term(t, states[t.Source])).ToList();
        var mixed = plan.Sum(node, mixture, terms, mode == Mode.Evaluate ? null : dropPath);
        if (divisor == 1)
            return mixed;
        var edges = space.EdgesInto(space.Targets[node]);
        var weights = mixture.view(space.Edges.Count, space.Columns).sum(1).narrow(0, edges[0].Index, edges.Count);
        return Joined(mixed, MixedOperation.WeightedSum([.. edges.Select(e => states[e.Source].Past(stride(e)))], weights));
    }

    /// <summary>[B, C/K, H, W] and [B, C − C/K, H, W] → [B, C, H, W]: one after the other, seen as K groups, the first of each group, then the
    /// second of each …</summary>
    public Tensor Joined(Tensor mixed, Tensor past)
    {
        var (x, shape) = (cat([mixed, past], dim: 1), mixed.shape);
        return x.view(shape[0], divisor, x.shape[1] / divisor, shape[2], shape[3]).transpose(1, 2).contiguous().view(shape[0], x.shape[1], shape[2], shape[3]);
    }

    /// <summary>Throws <see cref="InvalidOperationException"/> where an edge is decided: what goes past it has the weight of its mixture.</summary>
    public void Require(IReadOnlyList<CellDecisions> decisions)
    {
        if (divisor > 1 && decisions.Any(cell => cell.Candidates.Count() < cell.Edges.Count))
            throw new InvalidOperationException("A supernet with partial channels mixes all operations of all edges; it runs no single path.");
    }
}
