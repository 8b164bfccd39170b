using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Paths;

/// <summary>One operation per edge inside a supernet: every edge is decided, sampled or pruned, so that a forward pass runs the chosen
/// operations and no others.</summary>
public static class SinglePaths
{
    /// <summary>The states that make a supernet compute a derived cell. Throws <see cref="ArgumentException"/> for a cell that keeps an edge with
    /// two operations (<see cref="Cell.KeepsAnEdgeTwice"/>): an edge has one state.</summary>
    public static IReadOnlyList<CellDecisions> Of(Genotype genotype) => genotype.Cells.Any(cell => cell.KeepsAnEdgeTwice)
        ? throw new ArgumentException($"A node of {genotype} reads one source through two operations; a supernet runs one operation on an edge.")
        : [.. genotype.Cells.Select(cell => new CellDecisions(genotype.Space.Name, cell.Type, [.. genotype.Space.Edges.Select(edge =>
            cell.OperationOn(edge.Source, edge.Target) is { } operation ? EdgeState.Decided(operation) : EdgeState.Pruned)]))];

    /// <summary>Draws what one training step runs (spec/algorithms.md §17). DARTS cells: per node as many distinct sources as a derived cell
    /// keeps, uniformly, and any operation on each, <c>none</c> too. NAS-Bench-201: on every edge an operation that a derived cell may
    /// hold. NAS-Bench-1Shot1: a random cell. <paramref name="below"/> gives a uniform whole number in [0, n) for each n it is asked.</summary>
    public static IReadOnlyList<CellDecisions> Draw(SearchSpace space, NoneRule noneRule, Func<int, int> below)
    {
        return [.. space.CellTypes.Select(type =>
        {
            var edges = Enumerable.Repeat(EdgeState.Pruned, space.Edges.Count).ToArray();
            foreach (var (edge, operation) in space.Targets.SelectMany(target => RandomGenotypes.Into(space, target, edge => Trained(space, noneRule, type, edge.Index), below)))
                edges[edge.Index] = EdgeState.Decided(operation);
            return new CellDecisions(space.Name, type, edges);
        })];
    }

    /// <summary>One drawn operation on every edge, with its mixture weight.</summary>
    /// <param name="space">The space.</param>
    /// <param name="columns"><c>[cell type][edge]</c> → column of the operation.</param>
    public static IReadOnlyList<CellDecisions> Sampled(SearchSpace space, IReadOnlyList<IReadOnlyList<int>> columns) =>
        [.. space.CellTypes.Zip(columns, (type, edges) => new CellDecisions(
            space.Name, type, [.. edges.Select((column, edge) => EdgeState.Sampled(space.OperationsOn(type, edge)[column]))]))];

    /// <summary>Every edge with its largest alpha, the first of equals, among the operations that <see cref="Draw"/> may choose; no edge is left out.</summary>
    /// <param name="space">The space.</param>
    /// <param name="noneRule">May <c>none</c> be derived.</param>
    /// <param name="alphas"><c>[cell type][edge][operation]</c>.</param>
    public static IReadOnlyList<CellDecisions> Strongest(
        SearchSpace space, NoneRule noneRule, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> alphas) =>
        [.. space.CellTypes.Zip(alphas, (type, rows) => new CellDecisions(space.Name, type, [.. rows.Select((row, edge) =>
            EdgeState.Decided(Trained(space, noneRule, type, edge).MaxBy(operation => row[space.OperationIndex(type, edge, operation)])!))]))];

    private static IReadOnlyList<string> Trained(SearchSpace space, NoneRule noneRule, CellType type, int edge) =>
        space.InDegree is null ? RandomGenotypes.ReachableOperations(space, type, edge, noneRule) : space.OperationsOn(type, edge);
}
