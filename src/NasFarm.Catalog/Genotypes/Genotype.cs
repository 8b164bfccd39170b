using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>One kept edge of a derived cell and the operation on it.</summary>
public readonly record struct EdgeChoice(string Operation, int Source, int Target);

/// <summary>One derived cell. Edges stand node by node; inside a node in the order they were listed.</summary>
/// <param name="Type">Normal or reduction cell.</param>
/// <param name="Edges">Kept edges: <see cref="SearchSpace.EdgesKept"/> of them, fewer in a sparse genotype.</param>
public sealed record Cell(CellType Type, IReadOnlyList<EdgeChoice> Edges)
{
    /// <summary>Number of <c>skip_connect</c> edges: the statistic of structural collapse.</summary>
    public int SkipCount => Count(Operations.SkipConnect);

    /// <summary>Number of edges that carry an operation.</summary>
    public int Count(string operation) => Edges.Count(e => e.Operation == operation);

    /// <summary>Some node reads one source through two operations: GDAS keeps the best pairs of edge and operation (spec/algorithms.md §6).</summary>
    public bool KeepsAnEdgeTwice => Edges.DistinctBy(e => (e.Source, e.Target)).Count() < Edges.Count;

    /// <summary>The same cell with the edges of each node in ascending source order, those from one source in the order of their operations' names.</summary>
    public Cell Canonical() =>
        this with { Edges = [.. Edges.OrderBy(e => e.Target).ThenBy(e => e.Source).ThenBy(e => e.Operation, StringComparer.Ordinal)] };

    /// <summary>Operation on the edge, the first listed where there are two; null when the cell does not keep it.</summary>
    public string? OperationOn(int source, int target)
    {
        foreach (var edge in Edges)
            if (edge.Source == source && edge.Target == target)
                return edge.Operation;
        return null;
    }

    /// <summary>The same set of edges and operations, whatever the listing order.</summary>
    public bool Equals(Cell? other) =>
        other is not null && Type == other.Type && Canonical().Edges.SequenceEqual(other.Canonical().Edges);

    /// <inheritdoc/>
    public override int GetHashCode() => Canonical().Edges.Aggregate(HashCode.Combine(Type), HashCode.Combine);
}

/// <summary>A derived architecture as data: one cell per cell type of its space. Prints (<see cref="ToString"/>), parses
/// (<see cref="GenotypeText.Parse(string, string)"/>), compares and measures distance. Equal means the same graph; the listing
/// order inside a node (DARTS lists by score) is kept in the text and does not count.</summary>
public sealed class Genotype : IEquatable<Genotype>
{
    /// <summary>Checks that the cells fit the space. Throws <see cref="ArgumentException"/> that names cell, node and value.</summary>
    /// <param name="space">The space.</param>
    /// <param name="cells">One per cell type.</param>
    /// <param name="mayBeSparse">Nodes may keep fewer edges than the space's in-degree, even none (FairDARTS, spec/algorithms.md §10).
    /// NAS-Bench-201 has an operation on every edge whatever the method.</param>
    public Genotype(SearchSpace space, IReadOnlyList<Cell> cells, bool mayBeSparse = false)
    {
        Space = space;
        if (!cells.Select(c => c.Type).SequenceEqual(space.CellTypes))
            throw new ArgumentException(
                $"A genotype of '{space}' has the cells {string.Join(", ", space.CellTypes)}, "
                + $"not {string.Join(", ", cells.Select(c => c.Type))}.");
        foreach (var cell in cells)
            Check(space, cell, mayBeSparse && space.InDegree is not null);
        Cells = [.. cells.Select(c => c with { Edges = [.. c.Edges.OrderBy(e => e.Target)] })]; // OrderBy is stable
    }

    /// <summary>The space it belongs to.</summary>
    public SearchSpace Space { get; }

    /// <summary>One cell per cell type, in the space's order.</summary>
    public IReadOnlyList<Cell> Cells { get; }

    /// <summary>Some node keeps fewer edges than the space's in-degree. A node without edges is all zeros and takes its place in the
    /// concatenation, so that every cell has the same number of channels.</summary>
    public bool Sparse => Cells.Any(c => c.Edges.Count < Space.EdgesKept);

    /// <summary>The normal cell; the only one of NAS-Bench-201.</summary>
    public Cell Normal => Cells[0];

    /// <summary>The reduction cell; null where the space has none.</summary>
    public Cell? Reduce => Cells.Count > 1 ? Cells[1] : null;

    /// <summary>The same architecture with the edges of each node in ascending source order: one text per graph.</summary>
    public Genotype Canonical() => new(Space, [.. Cells.Select(c => c.Canonical())], Sparse);

    /// <summary>Number of (edge, operation) pairs of one genotype that the other lacks, over all cells: 0 for the same graph, at most 16
    /// (DARTS cells), 6 (NAS-Bench-201) or 9 (NAS-Bench-1Shot1, where another operation on a node counts once per parent). Symmetric: of two sparse cells the one with more edges counts. Another operation on a kept
    /// edge counts 1, and so does an edge moved to another source.</summary>
    public int DistanceTo(Genotype other)
    {
        if (other.Space != Space)
            throw new ArgumentException($"Distance between a genotype of '{Space}' and one of '{other.Space}' has no meaning.");
        return Cells.Zip(other.Cells).Sum(pair =>
            Math.Max(pair.First.Edges.Except(pair.Second.Edges).Count(), pair.Second.Edges.Except(pair.First.Edges).Count()));
    }

    /// <summary>The space's text format; see <see cref="GenotypeText"/>.</summary>
    public override string ToString() => GenotypeText.Print(this);

    /// <inheritdoc/>
    public bool Equals(Genotype? other) => other is not null && Space == other.Space && Cells.SequenceEqual(other.Cells);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Genotype);

    /// <inheritdoc/>
    public override int GetHashCode() => Cells.Aggregate(Space.Name.GetHashCode(StringComparison.Ordinal), HashCode.Combine);

    private static void Check(SearchSpace space, Cell cell, bool mayBeSparse)
    {
        var place = space.CellTypes.Count > 1 ? $"{cell.Type.ToString().ToLowerInvariant()} cell" : "cell";
        foreach (var edge in cell.Edges)
        {
            if (!space.Operations.Contains(edge.Operation) && (space.NodeRows is null || edge.Operation != Operations.Output))
                throw new ArgumentException(
                    $"The {place} has '{edge.Operation}' into node {edge.Target}; "
                    + $"operations of '{space}' are {string.Join(", ", space.Operations)}.");
            if (space.InDegree is not null && edge.Operation == Operations.None)
                throw new ArgumentException($"The {place} has 'none' into node {edge.Target}; a derived cell of '{space}' never keeps it.");
            if (space.FindEdge(edge.Source, edge.Target) is not { } known)
                throw new ArgumentException(
                    $"The {place} has an edge from {edge.Source} into node {edge.Target}; "
                    + $"targets are {string.Join(", ", space.Targets)} and sources lie before them.");
            if (space.OperationsOn(cell.Type, known.Index) is var there && !there.Contains(edge.Operation))
                throw new ArgumentException(
                    $"The {place} has '{edge.Operation}' from {edge.Source} into node {edge.Target}; "
                    + $"on that edge '{space}' has {string.Join(", ", there)}.");
        }
        foreach (var target in space.Targets)
        {
            var into = cell.Edges.Where(e => e.Target == target).Select(e => e.Source).ToList();
            var due = space.Keeps(target);
            if (into.Count > due || (into.Count < due && !mayBeSparse))
                throw new ArgumentException($"Node {target} of the {place} has {into.Count} edges; '{space}' keeps {due}.");
            if (space.NodeRows is not null && cell.Edges.Where(e => e.Target == target).Select(e => e.Operation).Distinct().ToList() is { Count: > 1 } several)
                throw new ArgumentException($"Node {target} of the {place} has the operations {string.Join(", ", several)}; a node of '{space}' has one.");
            if (into.Distinct().Count() == into.Count)
                continue;
            // Two operations on one edge are two summands of the node; NAS-Bench-201 has one operation on every edge.
            if (space.InDegree is null)
                throw new ArgumentException($"Node {target} of the {place} has two edges from one source ({string.Join(", ", into)}).");
            if (cell.Edges.Where(e => e.Target == target).Distinct().Count() != into.Count)
                throw new ArgumentException(
                    $"Node {target} of the {place} has two edges from one source ({string.Join(", ", into)}) with the same operation.");
        }
        if (cell.Edges.Count > space.EdgesKept || (cell.Edges.Count < space.EdgesKept && !mayBeSparse))
            throw new ArgumentException($"The {place} has {cell.Edges.Count} edges; '{space}' keeps {space.EdgesKept}.");
    }
}
