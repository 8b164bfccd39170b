using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Genotypes;

/// <summary>Architectures one replacement away (spec/algorithms.md §14).</summary>
public static class Neighbours
{
    /// <summary>Every genotype with another operation on one edge that is kept, the others as they are: Hamming distance 1. Operation by
    /// operation within edge by edge, all of them legal under the rule.</summary>
    public static IReadOnlyList<Genotype> OneOperationAway(Genotype genotype, NoneRule noneRule) =>
    [
        .. from type in Enumerable.Range(0, genotype.Cells.Count)
           from place in Enumerable.Range(0, genotype.Cells[type].Edges.Count)
           let kept = genotype.Cells[type].Edges[place]
           let edge = genotype.Space.FindEdge(kept.Source, kept.Target)!.Value
           from operation in RandomGenotypes.ReachableOperations(genotype.Space, genotype.Cells[type].Type, edge.Index, noneRule)
           where operation != kept.Operation
           select With(genotype, type, place, operation),
    ];

    /// <summary>How many there are where <c>none</c> is excluded; under <see cref="NoneRule.Paper"/> there are no fewer.</summary>
    public static int Count(SearchSpace space) => space.CellTypes.Count * space.EdgesKept * (space.Columns - (space.NoneIndex is null ? 1 : 2));

    private static Genotype With(Genotype genotype, int type, int place, string operation) => new(genotype.Space,
    [
        .. genotype.Cells.Select((cell, t) => t != type ? cell : cell with
        {
            Edges = [.. cell.Edges.Select((edge, i) => i == place ? edge with { Operation = operation } : edge)],
        }),
    ]);
}
