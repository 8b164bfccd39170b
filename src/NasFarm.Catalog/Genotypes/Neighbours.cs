using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Genotypes;

/// <summary>Architectures one replacement away (spec/algorithms.md §14).</summary>
public static class Neighbours
{
    /// <summary>Every genotype with another operation on one edge that is kept, the others as they are: Hamming distance 1. Operation by
    /// operation within edge by edge, all of them legal under the rule. Where operations belong to nodes: on one node, all its edges with it.</summary>
    public static IReadOnlyList<Genotype> OneOperationAway(Genotype genotype, NoneRule noneRule) =>
    [
        .. from type in Enumerable.Range(0, genotype.Cells.Count)
           from place in Places(genotype, genotype.Cells[type])
           let kept = genotype.Cells[type].Edges[place]
           let edge = genotype.Space.FindEdge(kept.Source, kept.Target)!.Value
           from operation in RandomGenotypes.ReachableOperations(genotype.Space, genotype.Cells[type].Type, edge.Index, noneRule)
           where operation != kept.Operation
           select With(genotype, type, place, operation),
    ];

    /// <summary>How many there are where <c>none</c> is excluded; under <see cref="NoneRule.Paper"/> there are no fewer.</summary>
    public static int Count(SearchSpace space) => space.CellTypes.Count * (space.NodeRows?.Nodes ?? space.EdgesKept) * (space.Columns - (space.NoneIndex is null ? 1 : 2));

    /// <summary>One place per operation of the cell: every edge, or the first edge into every node.</summary>
    private static IEnumerable<int> Places(Genotype genotype, Cell cell) => Enumerable.Range(0, cell.Edges.Count)
        .Where(place => genotype.Space.NodeRows is null || place == 0 || cell.Edges[place - 1].Target != cell.Edges[place].Target);

    private static Genotype With(Genotype genotype, int type, int place, string operation) => new(genotype.Space,
    [
        .. genotype.Cells.Select((cell, t) => t != type ? cell : cell with
        {
            Edges =
            [
                .. cell.Edges.Select((edge, i) => i == place || (genotype.Space.NodeRows is not null && edge.Target == cell.Edges[place].Target)
                    ? edge with { Operation = operation } : edge),
            ],
        }),
    ]);
}
