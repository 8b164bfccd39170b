namespace NasFarm.Catalog.Spaces;

/// <summary>Cells that share one set of alphas.</summary>
public enum CellType
{
    /// <summary>Keeps the resolution. The only cell type of NAS-Bench-201, NAS-Bench-1Shot1 and <c>deeper-insights</c>; in
    /// NAS-Bench-Macro the whole network.</summary>
    Normal,

    /// <summary>Halves the resolution and doubles the channels.</summary>
    Reduce,
}

/// <summary>How a network is put together from cells.</summary>
public enum SpaceFamily
{
    /// <summary>Two cell inputs, four intermediate nodes, concatenated output; two edges kept per node.</summary>
    Darts,

    /// <summary>One cell input, three further nodes, the last is the output; one operation on every edge.</summary>
    NasBench201,

    /// <summary>Eight layers one after the other, one operation each.</summary>
    NasBenchMacro,

    /// <summary>One cell input, two further nodes, concatenated output; one operation on every edge.</summary>
    DeeperInsights,

    /// <summary>One cell input, operations on nodes, a number of parents for each, the output node among them, which concatenates.</summary>
    NasBench1Shot1,
}

/// <summary>A possible connection inside a cell. <paramref name="Index"/> is the row of the alpha matrix where rows belong to edges.</summary>
public readonly record struct CellEdge(int Index, int Source, int Target);

/// <summary>A cell search space: operations, nodes, edges and the rule of what a derived cell keeps. One instance per space, but for
/// those with fewer operations that a search makes of it (<see cref="Keeping"/>).</summary>
public sealed class SearchSpace
{
    private readonly CellEdge[][] edgesInto;
    private readonly EdgeOperations? perEdge;
    private readonly IReadOnlyList<int>? parents;

    internal SearchSpace(
        string name, string title, SpaceFamily family, IReadOnlyList<string> operations, IReadOnlyList<CellType> cellTypes,
        int inputNodes, int innerNodes, int? inDegree, int defaultChannels, int defaultCells, EdgeOperations? perEdge = null,
        IReadOnlyList<int>? parents = null)
    {
        (Name, Title, Family, Operations, CellTypes) = (name, title, family, operations, cellTypes);
        (this.perEdge, this.parents) = (perEdge, parents);
        (InputNodes, InnerNodes, InDegree) = (inputNodes, innerNodes, inDegree);
        (DefaultChannels, DefaultCells) = (defaultChannels, defaultCells);
        Targets = [.. Enumerable.Range(inputNodes, innerNodes)];

        // Node by node, source ascending (spec/search-spaces.md §1.3, §2); in a chain every node reads the one before it.
        var pairs = Targets.SelectMany(target => Enumerable.Range(0, target).Select(source => (source, target)))
            .Where(p => family != SpaceFamily.NasBenchMacro || p.source == p.target - 1);
        Edges = [.. pairs.Select((p, index) => new CellEdge(index, p.source, p.target))];
        edgesInto = [.. Enumerable.Range(0, inputNodes + innerNodes).Select(t => Edges.Where(e => e.Target == t).ToArray())];
        NodeRows = parents is null ? null : new(parents, operations.Count);
        RowLengths = [.. NodeRows?.All.Select(row => row.Candidates) ?? Edges.Select(_ => Columns)];
    }

    /// <summary>Name in manifests, e.g. <c>darts</c> or <c>nas-bench-201</c> (<see cref="SearchSpaces.All"/>).</summary>
    public string Name { get; }

    /// <summary>One line for people.</summary>
    public string Title { get; }

    /// <summary>Times that the networks of this family came to compute other bits on purpose; part of every numerics revision.
    /// DARTS 1: depthwise convolutions have loops of their own.</summary>
    public int NumericsChanges => Family == SpaceFamily.Darts ? 1 : 0;

    /// <summary>How networks are built from the cells.</summary>
    public SpaceFamily Family { get; }

    /// <summary>Candidate operations of every edge, in alpha column order; where edges differ (<c>robust-s1</c>), every operation that
    /// some edge has. Columns are <see cref="OperationsOn"/>.</summary>
    public IReadOnlyList<string> Operations { get; }

    /// <summary>Cell types with alphas of their own.</summary>
    public IReadOnlyList<CellType> CellTypes { get; }

    /// <summary>Nodes 0 … InputNodes−1 are the cell's inputs.</summary>
    public int InputNodes { get; }

    /// <summary>Number of nodes after the inputs.</summary>
    public int InnerNodes { get; }

    /// <summary>Edges that a derived cell keeps per node; null: every edge keeps one operation, or nodes differ (<see cref="Keeps"/>).</summary>
    public int? InDegree { get; }

    /// <summary>What rows of alphas choose where operations belong to nodes and parents are a choice of their own (NAS-Bench-1Shot1); null:
    /// row i holds the operations of edge i.</summary>
    public NodeRows? NodeRows { get; }

    /// <summary>Alphas of each row of one cell type. Each row has a softmax of its own.</summary>
    public IReadOnlyList<int> RowLengths { get; }

    /// <summary>Initial channels C of the published search network.</summary>
    public int DefaultChannels { get; }

    /// <summary>Cells (DARTS family, <c>deeper-insights</c>, NAS-Bench-1Shot1), cells per stage N (NAS-Bench-201) or layers (NAS-Bench-Macro) of the published search network.</summary>
    public int DefaultCells { get; }

    /// <summary>Nodes that receive edges, ascending. The last of NAS-Bench-201 and NAS-Bench-1Shot1 is the output.</summary>
    public IReadOnlyList<int> Targets { get; }

    /// <summary>All edges of one cell type, by index. In NAS-Bench-Macro edge i is layer i.</summary>
    public IReadOnlyList<CellEdge> Edges { get; }

    /// <summary>Candidate operations of one edge of a cell type, in alpha column order. Where operations belong to nodes, an edge carries
    /// that of the node it leads to.</summary>
    public IReadOnlyList<string> OperationsOn(CellType type, int edge) => perEdge is not null ? perEdge.Of(type, edge)
        : NodeRows is not null && Edges[edge].Target == Targets[^1] ? NodeRows.OutputOperation : Operations;

    /// <summary>Where a row of alphas begins in the flattened rows of its cell type.</summary>
    public int FirstOf(int row) => RowLengths.Take(row).Sum();

    /// <summary>Operations of one edge, as many on every edge: the length of an alpha row of operations.</summary>
    public int Columns => perEdge?.Columns ?? Operations.Count;

    /// <summary>Column of <c>none</c>, the same on every edge; null where a derived cell may keep whatever the alphas prefer
    /// (<c>robust-s1</c>, <c>robust-s2</c>, <c>robust-s4</c>), and where edges differ.</summary>
    public int? NoneIndex => perEdge is null ? Column(Operations) : null;

    /// <summary>Column of <c>none</c> on one edge; null when the edge does not have it.</summary>
    public int? NoneOn(CellType type, int edge) => Column(OperationsOn(type, edge));

    /// <summary>The same space with fewer operations, which may differ from edge to edge (P-DARTS, spec/algorithms.md §8).</summary>
    /// <param name="operations">What stays, <c>[cell type][edge]</c>, in column order; as many on every edge.</param>
    public SearchSpace Keeping(IReadOnlyList<IReadOnlyList<IReadOnlyList<string>>> operations) => new(
        Name, Title, Family, Operations, CellTypes, InputNodes, InnerNodes, InDegree, DefaultChannels, DefaultCells,
        new EdgeOperations(CellTypes.Zip(operations).ToDictionary(pair => pair.First, pair => pair.Second)));

    /// <summary>Column of <c>none</c>. Throws <see cref="InvalidOperationException"/> in a space without it: SGAS's edge importance is
    /// 1 − P(none).</summary>
    public int RequireNone() => NoneIndex
        ?? throw new InvalidOperationException($"Space '{Name}' has no operation 'none', and what is asked for is computed from it.");

    /// <summary>Edges that a derived cell has, and so the number of SGAS decisions per cell type: 8 (DARTS), 6 (NAS-Bench-201),
    /// 8 layers (NAS-Bench-Macro), 3 (<c>deeper-insights</c>), 9 (NAS-Bench-1Shot1).</summary>
    public int EdgesKept => Targets.Sum(Keeps);

    /// <summary>Edges into a node that a derived cell keeps.</summary>
    public int Keeps(int target) => parents?[target - InputNodes] ?? InDegree ?? EdgesInto(target).Count;

    /// <summary>Edges into a node, source ascending.</summary>
    public IReadOnlyList<CellEdge> EdgesInto(int target) => edgesInto[target];

    /// <summary>The edge from source to target; null when the space has none.</summary>
    public CellEdge? FindEdge(int source, int target)
    {
        if (target >= 0 && target < edgesInto.Length)
            foreach (var edge in edgesInto[target])
                if (edge.Source == source)
                    return edge;
        return null;
    }

    /// <summary>Column of an operation on an edge. Throws <see cref="ArgumentException"/> that lists the operations there.</summary>
    public int OperationIndex(CellType type, int edge, string operation)
    {
        var there = OperationsOn(type, edge);
        return there.IndexOf(operation) is var column and >= 0
            ? column
            : throw new ArgumentException($"Space '{Name}' has no operation '{operation}'{Place(type, edge)}; it has {string.Join(", ", there)}.");
    }

    /// <summary>Sentences about what is wrong with a network size; empty when it can be built.</summary>
    public IEnumerable<string> CheckSize(int channels, int cells)
    {
        if (Family == SpaceFamily.Darts)
        {
            // FactorizedReduce makes C/2 channels twice; with fewer than 3 cells there is no normal cell beside the two reductions.
            if (channels < 2 || channels % 2 != 0)
                yield return $"channels is {channels}; space '{Name}' needs an even number of at least 2.";
            if (cells < 3)
                yield return $"cells is {cells}; space '{Name}' needs at least 3 (two of them reduce).";
        }
        else
        {
            if (channels < 1)
                yield return $"channels is {channels}; space '{Name}' needs at least 1.";
            if (Family == SpaceFamily.NasBenchMacro && cells != DefaultCells)
                yield return $"cells is {cells}; space '{Name}' has {DefaultCells} layers, each with a choice of its own.";
            else if (Family == SpaceFamily.NasBench1Shot1 && cells < 3)
                yield return $"cells is {cells}; space '{Name}' needs at least 3, one before each halving and one after.";
            else if (cells < 1)
                yield return $"cells is {cells}; space '{Name}' needs at least 1 cell{(Family == SpaceFamily.NasBench201 ? " per stage" : "")}.";
        }
    }

    /// <summary>Throws <see cref="ArgumentException"/> when a network of this size cannot be built.</summary>
    public void RequireSize(int channels, int cells)
    {
        var wrong = string.Join(" ", CheckSize(channels, cells));
        if (wrong.Length > 0)
            throw new ArgumentException(wrong);
    }

    /// <summary>Whether cell <paramref name="index"/> of a network of <paramref name="cells"/> cells reduces (DARTS family), or stands after a
    /// halving (NAS-Bench-1Shot1): L/3 and 2L/3.</summary>
    public static bool IsReduction(int index, int cells) => index == cells / 3 || index == 2 * cells / 3;

    /// <summary>Layers of a network that share the alphas of the space's first cell type.</summary>
    /// <param name="cells">Cells, or cells of a stage.</param>
    public int NormalLayers(int cells) => Family switch
    {
        SpaceFamily.Darts => Enumerable.Range(0, cells).Count(index => !IsReduction(index, cells)),
        SpaceFamily.NasBench201 => 3 * cells,
        SpaceFamily.NasBenchMacro => 1,
        _ => cells,
    };

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static int? Column(IReadOnlyList<string> operations) => operations.IndexOf(Spaces.Operations.None) is var column and >= 0 ? column : null;

    private string Place(CellType type, int edge) => perEdge is null ? "" : $" on edge {edge} of the {type.ToString().ToLowerInvariant()} cell";
}

/// <summary>Candidate operations that differ from edge to edge, by cell type.</summary>
internal sealed class EdgeOperations(IReadOnlyDictionary<CellType, IReadOnlyList<IReadOnlyList<string>>> rows)
{
    /// <summary>Operations of an edge, as many on each.</summary>
    public int Columns { get; } = rows.Values.SelectMany(type => type).Select(edge => edge.Count).Distinct().Single();

    /// <summary>Operations of an edge in column order.</summary>
    public IReadOnlyList<string> Of(CellType type, int edge) => rows[type][edge];

    /// <summary>Every operation once, in order of appearance.</summary>
    public IReadOnlyList<string> Distinct => [.. rows.OrderBy(r => r.Key).SelectMany(r => r.Value).SelectMany(o => o).Distinct()];
}

/// <summary>What <see cref="IReadOnlyList{T}"/> lacks.</summary>
internal static class ReadOnlyLists
{
    /// <summary>First place of a value; −1 when it is absent.</summary>
    public static int IndexOf(this IReadOnlyList<string> list, string value)
    {
        for (var i = 0; i < list.Count; i++)
            if (list[i] == value)
                return i;
        return -1;
    }
}
