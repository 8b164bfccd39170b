using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Sgas;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Paths;

/// <summary>One cell inside a supernet: every edge is decided or pruned, so that a forward pass runs the chosen operations and no others.</summary>
public static class SinglePaths
{
    /// <summary>The states that make a supernet compute a derived cell.</summary>
    public static IReadOnlyList<CellDecisions> Of(Genotype genotype) =>
        [.. genotype.Cells.Select(cell => new CellDecisions(genotype.Space.Name, cell.Type, [.. genotype.Space.Edges.Select(edge =>
            cell.OperationOn(edge.Source, edge.Target) is { } operation ? EdgeState.Decided(operation) : EdgeState.Pruned)]))];

    /// <summary>Draws what one training step runs (spec/algorithms.md §17). DARTS cells: per node as many distinct sources as a derived cell
    /// keeps, uniformly, and any operation on each, <c>none</c> too. NAS-Bench-201: on every edge an operation that a derived cell may
    /// hold. NAS-Bench-1Shot1: a random cell. <paramref name="below"/> gives a uniform whole number in [0, n) for each n it is asked.</summary>
    public static IReadOnlyList<CellDecisions> Draw(SearchSpace space, NoneRule noneRule, Func<int, int> below)
    {
        return [.. space.CellTypes.Select(type =>
        {
            var edges = Enumerable.Repeat(EdgeState.Pruned, space.Edges.Count).ToArray();
            foreach (var (edge, operation) in space.Targets.SelectMany(target => RandomGenotypes.Into(space, target, Candidates, below)))
                edges[edge.Index] = EdgeState.Decided(operation);
            return new CellDecisions(space.Name, type, edges);

            IReadOnlyList<string> Candidates(CellEdge edge) => space.InDegree is null
                ? RandomGenotypes.ReachableOperations(space, type, edge.Index, noneRule) : space.OperationsOn(type, edge.Index);
        })];
    }
}
