namespace NasFarm.Catalog.Spaces;

/// <summary>What one row of alphas chooses.</summary>
/// <param name="Target">The node that it is chosen for.</param>
/// <param name="OfOperations">One of the space's operations, in their order; false: parents among the earlier nodes, ascending.</param>
/// <param name="Candidates">Length of the row.</param>
public readonly record struct NodeRow(int Target, bool OfOperations, int Candidates);

/// <summary>The rows of alphas of a cell with operations on nodes (spec/search-spaces.md §4): the operation of every node but the output, and
/// then, in node order, the parents of every node that keeps fewer than there are. Node 0 is the cell's input.</summary>
public sealed class NodeRows
{
    internal NodeRows(IReadOnlyList<int> parents, int operations)
    {
        Nodes = parents.Count - 1;
        All =
        [
            .. Enumerable.Range(1, Nodes).Select(node => new NodeRow(node, OfOperations: true, operations)),
            .. parents.Index().Where(p => p.Item < p.Index + 1).Select(p => new NodeRow(p.Index + 1, OfOperations: false, p.Index + 1)),
        ];
    }

    /// <summary>What an edge into the output carries.</summary>
    public static IReadOnlyList<string> OutputOperation { get; } = [Operations.Output];

    /// <summary>Nodes with an operation.</summary>
    public int Nodes { get; }

    /// <summary>Every row of one cell type.</summary>
    public IReadOnlyList<NodeRow> All { get; }

    /// <summary>The row of a node's operation; nodes are numbered from 1.</summary>
    public int OperationsOf(int node) => node - 1;

    /// <summary>The row of a node's parents; null where it keeps all there are.</summary>
    public int? SourcesOf(int target)
    {
        for (var row = Nodes; row < All.Count; row++)
            if (All[row].Target == target)
                return row;
        return null;
    }
}
