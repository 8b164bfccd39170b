using System.Text.Json.Serialization;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Collapse;

/// <summary>What counts as a collapsed search, fixed before the first run and kept in the sweep's hash
/// (spec/retraining-and-data.md §8). Growth of λmax is no part of it.</summary>
/// <param name="SpaceName">Search space.</param>
/// <param name="SkipAtLeast">Structural: this many skip connections (or edges with <paramref name="Operation"/>) or more in the normal
/// (or only) cell.</param>
/// <param name="OfEdges">Edges of that cell.</param>
/// <param name="TableColumn">Outcome by look-up: column; null where cells are retrained.</param>
/// <param name="TableBelow">Outcome by look-up: a value strictly below this, in percent.</param>
/// <param name="Operation">Structural: what is counted where it is not <c>skip_connect</c>.</param>
public sealed record CollapseDefinition(
    string SpaceName, int SkipAtLeast, int OfEdges, string? TableColumn = null, double? TableBelow = null,
    string? Operation = null)
{
    /// <summary>The definition of a space. Throws <see cref="ArgumentException"/> that lists the spaces.</summary>
    public static CollapseDefinition For(string spaceName)
    {
        var space = SearchSpaces.Get(spaceName);
        return space.Name switch
        {
            "nas-bench-201" => new(space.Name, SkipAtLeast: 4, space.EdgesKept, NasBench201Table.Cifar10Test, TableBelow: 80.0),
            "sgas-es" => new(space.Name, SkipAtLeast: 5, space.EdgesKept),

            // Ours, the specification has none: the fewest edges that less than 5 % of random cells reach (S1 1.5 %, S2 to S4 3.5 %).
            // Where there is no skip connection DARTS drifts to noise (spec/search-spaces.md §3.2).
            "robust-s1" or "robust-s2" or "robust-s3" => new(space.Name, SkipAtLeast: 7, space.EdgesKept),
            "robust-s4" => new(space.Name, SkipAtLeast: 7, space.EdgesKept, Operation: Operations.Noise),

            // Ours again: one of the 64 cells, and three of them.
            "deeper-insights" => new(
                space.Name, SkipAtLeast: 3, space.EdgesKept, DeeperInsightsTable.Cifar10Test, TableBelow: 79.0, Operation: Operations.MaxPool3x3),

            // Ours again: 2.0 % of all networks, and 4.2 % of the table.
            "nas-bench-macro" => new(
                space.Name, SkipAtLeast: 6, space.EdgesKept, NasBenchMacroTable.Cifar10Test, TableBelow: 85.0, Operation: Operations.Identity),

            // Ours again: cells that hardly have weights; 3.7, 1.2 and 2.9 % of random ones. No edge into the output has an operation.
            "nas-bench-1shot1-1" or "nas-bench-1shot1-2" or "nas-bench-1shot1-3" => new(
                space.Name, SkipAtLeast: 6, space.EdgesKept, Operation: Operations.VertexMaxPool3x3),
            _ => new(space.Name, SkipAtLeast: 4, space.EdgesKept),
        };
    }

    /// <summary>The operation that is counted.</summary>
    [JsonIgnore]
    public string Counted => Operation ?? Operations.SkipConnect;

    /// <summary>Structural collapse of a final genotype.</summary>
    public bool IsStructural(Genotype genotype) => genotype.Space.Name == SpaceName
        ? genotype.Normal.Count(Counted) >= SkipAtLeast
        : throw new ArgumentException($"The collapse of '{SpaceName}' is not defined for a genotype of '{genotype.Space}'.");

    /// <summary>Outcome collapse of a table value in percent; null where this space has no table.</summary>
    public bool? IsOutcome(double tableValue) => TableBelow is { } threshold ? tableValue < threshold : null;

    /// <summary>Share of structural collapses among cells drawn uniformly from what the rule lets a search reach, exact.</summary>
    public double StructuralBaseRate(NoneRule noneRule)
    {
        var space = SearchSpaces.Get(SpaceName);
        double Share(CellEdge edge)
        {
            var operations = RandomGenotypes.ReachableOperations(space, CellType.Normal, edge.Index, noneRule);
            return operations.Contains(Counted) ? 1.0 / operations.Count : 0;
        }

        // Nodes are independent: the distribution of the sum is the convolution of theirs.
        double[] counts = [1];
        foreach (var target in space.Targets)
        {
            double[] shares = [.. space.EdgesInto(target).Select(Share)];
            var kept = space.Keeps(target);
            counts = Convolve(counts, space.NodeRows is null ? OfNode(shares, kept) : [1 - shares[0], .. new double[kept - 1], shares[0]]);
        }
        return counts.Skip(SkipAtLeast).Sum();
    }

    /// <summary>Share of outcome collapses in the table under the rule; null where this space has no table.</summary>
    public double? OutcomeBaseRate(NasBench201Table table, NoneRule noneRule) =>
        TableColumn is { } column && TableBelow is { } threshold ? table.Distribution(column, noneRule).ShareBelow(threshold) : null;

    /// <summary>A sentence for tables and legends.</summary>
    public string Describe()
    {
        var structural = $"{Counted} on at least {SkipAtLeast} of {OfEdges} edges";
        return TableBelow is { } threshold
            ? FormattableString.Invariant($"{structural}; {TableColumn} below {threshold:0.0} %")
            : structural;
    }

    /// <summary>Distribution of how many kept edges of one node carry the operation: <paramref name="kept"/> of the edges, every set equally
    /// likely, each with its share.</summary>
    private static double[] OfNode(double[] shares, int kept)
    {
        // sets[j, c]: over all sets of j edges so far, the summed probability of c hits.
        var sets = new double[kept + 1, kept + 1];
        sets[0, 0] = 1;
        foreach (var share in shares)
            for (var j = kept; j > 0; j--)
                for (var c = j; c >= 0; c--)
                    sets[j, c] += sets[j - 1, c] * (1 - share) + (c > 0 ? sets[j - 1, c - 1] * share : 0);
        var all = Enumerable.Range(0, kept + 1).Sum(c => sets[kept, c]);
        return [.. Enumerable.Range(0, kept + 1).Select(c => sets[kept, c] / all)];
    }

    private static double[] Convolve(double[] a, double[] b)
    {
        var sum = new double[a.Length + b.Length - 1];
        for (var i = 0; i < a.Length; i++)
            for (var j = 0; j < b.Length; j++)
                sum[i + j] += a[i] * b[j];
        return sum;
    }
}
