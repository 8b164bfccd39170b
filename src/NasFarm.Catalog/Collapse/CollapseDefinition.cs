using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Collapse;

/// <summary>What counts as a collapsed search, fixed before the first run and kept in the sweep's hash
/// (spec/retraining-and-data.md §8). Growth of λmax is no part of it.</summary>
/// <param name="SpaceName">Search space.</param>
/// <param name="SkipAtLeast">Structural: this many skip connections or more in the normal (or only) cell.</param>
/// <param name="OfEdges">Edges of that cell.</param>
/// <param name="TableColumn">Outcome by look-up: column; null where cells are retrained.</param>
/// <param name="TableBelow">Outcome by look-up: a value strictly below this, in percent.</param>
public sealed record CollapseDefinition(
    string SpaceName, int SkipAtLeast, int OfEdges, string? TableColumn = null, double? TableBelow = null)
{
    /// <summary>The definition of a space. Throws <see cref="ArgumentException"/> that lists the spaces.</summary>
    public static CollapseDefinition For(string spaceName)
    {
        var space = SearchSpaces.Get(spaceName);
        return space.Name switch
        {
            "nas-bench-201" => new(space.Name, SkipAtLeast: 4, space.EdgesKept, NasBench201Table.Cifar10Test, TableBelow: 80.0),
            "sgas-es" => new(space.Name, SkipAtLeast: 5, space.EdgesKept),
            _ => new(space.Name, SkipAtLeast: 4, space.EdgesKept),
        };
    }

    /// <summary>Structural collapse of a final genotype.</summary>
    public bool IsStructural(Genotype genotype) => genotype.Space.Name == SpaceName
        ? genotype.Normal.SkipCount >= SkipAtLeast
        : throw new ArgumentException($"The collapse of '{SpaceName}' is not defined for a genotype of '{genotype.Space}'.");

    /// <summary>Outcome collapse of a table value in percent; null where this space has no table.</summary>
    public bool? IsOutcome(double tableValue) => TableBelow is { } threshold ? tableValue < threshold : null;

    /// <summary>Share of structural collapses among cells drawn uniformly from what the rule lets a search reach, exact.</summary>
    public double StructuralBaseRate(NoneRule noneRule)
    {
        var operations = RandomGenotypes.ReachableOperations(SearchSpaces.Get(SpaceName), noneRule).Count;

        // Operations are independent and uniform over the edges: count assignments with k skips, C(n,k)·(m−1)^(n−k), out of m^n.
        double collapsed = 0;
        for (var skips = SkipAtLeast; skips <= OfEdges; skips++)
            collapsed += Choose(OfEdges, skips) * Math.Pow(operations - 1, OfEdges - skips);
        return collapsed / Math.Pow(operations, OfEdges);
    }

    /// <summary>Share of outcome collapses in the table under the rule; null where this space has no table.</summary>
    public double? OutcomeBaseRate(NasBench201Table table, NoneRule noneRule) =>
        TableColumn is { } column && TableBelow is { } threshold ? table.Distribution(column, noneRule).ShareBelow(threshold) : null;

    /// <summary>A sentence for tables and legends.</summary>
    public string Describe()
    {
        var structural = $"skip_connect on at least {SkipAtLeast} of {OfEdges} edges";
        return TableBelow is { } threshold
            ? FormattableString.Invariant($"{structural}; {TableColumn} below {threshold:0.0} %")
            : structural;
    }

    private static double Choose(int n, int k) => Enumerable.Range(1, k).Aggregate(1.0, (product, i) => product * (n - k + i) / i);
}
