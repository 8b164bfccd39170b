using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.Networks;
using NasFarm.Torch.Ext;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Supernets;

/// <summary>One operation output that a node sums.</summary>
/// <param name="Edge">Edge index in the cell.</param>
/// <param name="Source">Index of the source state.</param>
/// <param name="Operation">Operation index.</param>
public readonly record struct Term(int Edge, int Source, int Operation);

/// <summary>Which terms each node of a cell sums, and where their weights stand in the mixture matrix. An undecided edge mixes all its
/// operations, a decided one runs its operation with weight 1, a pruned one is left out (spec/algorithms.md §2.5). A sampled one runs its
/// operation with its weight, and the weights of the others are added to the node as numbers (§6). Made once for a set of edge states; a
/// forward pass only gathers. <c>none</c> contributes zero and is never computed in a mixture: its weight still
/// takes its share of the softmax.</summary>
public sealed class CellPlan : IDisposable
{
    private readonly SearchSpace space;
    private readonly CellType type;
    private readonly List<Tensor?> gather = [];
    private readonly List<Tensor?> ones = [];
    private readonly List<Tensor?> numbers = [];

    /// <summary>Plans the sums of one cell type.</summary>
    public CellPlan(SearchSpace space, CellDecisions decisions, Device device)
    {
        (this.space, type) = (space, decisions.Type);
        var nodes = new List<IReadOnlyList<Term>>();
        foreach (var target in space.Targets)
        {
            var edges = space.EdgesInto(target);
            Term[] mixed =
            [
                .. from edge in edges
                   from operation in Weighted(edge.Index, decisions.Edges[edge.Index])
                   select new Term(edge.Index, edge.Source, operation),
            ];
            Term[] others =
            [
                .. from edge in edges
                   where decisions.Edges[edge.Index].Status == EdgeStatus.Sampled
                   from operation in Enumerable.Range(0, space.OperationsOn(type, edge.Index).Count).Except(Weighted(edge.Index, decisions.Edges[edge.Index]))
                   select new Term(edge.Index, edge.Source, operation),
            ];
            Term[] decided =
            [
                .. from edge in edges
                   where decisions.Edges[edge.Index].Status == EdgeStatus.Decided
                   select new Term(edge.Index, edge.Source, space.OperationIndex(type, edge.Index, decisions.Edges[edge.Index].Operation!)),
            ];
            nodes.Add([.. mixed, .. decided]);
            gather.Add(mixed.Length == 0 ? null : Indices(mixed, device));
            numbers.Add(others.Length == 0 ? null : Indices(others, device));
            ones.Add(mixed.Length == 0 || decided.Length == 0 ? null : torch.ones([decided.Length], device: device).DetachFromDisposeScope());
        }
        Nodes = nodes;
    }

    /// <summary>Terms of each node after the inputs, in summation order.</summary>
    public IReadOnlyList<IReadOnlyList<Term>> Nodes { get; }

    /// <summary>Name of a term's operation.</summary>
    public string OperationOf(Term term) => space.OperationsOn(type, term.Edge)[term.Operation];

    /// <summary>Σ weights·terms of a node; <paramref name="terms"/> in the order of its plan, all of one shape.</summary>
    /// <param name="node">Index into <see cref="Nodes"/>.</param>
    /// <param name="mixture">Flattened rows of weights [edges × operations] of this cell.</param>
    /// <param name="terms">Operation outputs.</param>
    /// <param name="dropPath">Drops whole edges for single images; null: none.</param>
    public Tensor Sum(int node, Tensor mixture, IReadOnlyList<Tensor> terms, DropPath? dropPath = null)
    {
        if (gather[node] is not { } indices)
            return MixedOperation.Sum(dropPath is null ? terms : [.. terms.Select(dropPath.Apply)]);
        var weights = mixture.index_select(0, indices);
        if (ones[node] is { } rest)
            weights = cat([weights, rest]);
        var sum = dropPath is null ? MixedOperation.WeightedSum(terms, weights) : SumOfDropped(node, weights, terms, dropPath);
        // Straight-through weights of what was not drawn are 0 and matter to their own gradients only.
        return numbers[node] is { } others && mixture.requires_grad ? sum + mixture.index_select(0, others).sum() : sum;
    }

    /// <summary>Operations of an edge that run and have a weight.</summary>
    private IEnumerable<int> Weighted(int edge, EdgeState state) => state.Status switch
    {
        EdgeStatus.Undecided => Enumerable.Range(0, space.OperationsOn(type, edge).Count).Where(operation => operation != space.NoneOn(type, edge)),
        // A drawn `none` runs, as zeros: what lies before it stays connected to the loss.
        EdgeStatus.Sampled => [space.OperationIndex(type, edge, state.Operation!)],
        _ => [],
    };

    /// <summary>Edge by edge, because a mask belongs to an edge: all its operations live or die together.</summary>
    private Tensor SumOfDropped(int node, Tensor weights, IReadOnlyList<Tensor> terms, DropPath dropPath)
    {
        var edges = new List<Tensor>();
        for (var from = 0; from < terms.Count;)
        {
            var count = Nodes[node].Skip(from).TakeWhile(t => t.Edge == Nodes[node][from].Edge).Count();
            var mixed = MixedOperation.WeightedSum([.. terms.Skip(from).Take(count)], weights.narrow(0, from, count));
            edges.Add(dropPath.Apply(mixed));
            from += count;
        }
        return MixedOperation.Sum(edges);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in gather.Concat(ones).Concat(numbers))
            tensor?.Dispose();
    }

    private Tensor Indices(Term[] terms, Device device)
    {
        // Rows stand one after the other in the flattened matrix.
        int FirstOf(int edge) => Enumerable.Range(0, edge).Sum(e => space.OperationsOn(type, e).Count);
        using var host = tensor(terms.Select(t => (long)(FirstOf(t.Edge) + t.Operation)).ToArray());
        return host.to(device, copy: true).DetachFromDisposeScope();
    }
}
