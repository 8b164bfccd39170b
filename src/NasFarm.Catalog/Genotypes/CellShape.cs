using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>Width, depth and skip connections of a cell after Shu, Wang and Cai (spec/algorithms.md §19). Edges with <c>none</c> are no edges.</summary>
/// <param name="Type">Normal or reduction cell.</param>
/// <param name="Width">Sum over intermediate nodes of the share of their inputs that come from the cell's inputs, in multiples of the cell's
/// channels C: 4 at most in the DARTS cell; DARTS_V2's normal cell has 3.5. The output node of NAS-Bench-201 is no intermediate node.</param>
/// <param name="Depth">Edges on the longest path from an input to the output, the concatenation of a DARTS cell being one; 0: no path.</param>
/// <param name="Skips">Edges with <c>skip_connect</c>.</param>
public sealed record CellShape(CellType Type, double Width, int Depth, int Skips)
{
    /// <summary>The shape of a cell of the space.</summary>
    public static CellShape Of(SearchSpace space, Cell cell)
    {
        var concatenates = space.Family == SpaceFamily.Darts;
        var longest = Enumerable.Repeat(0, space.InputNodes).Select(zero => (int?)zero).ToList();
        var width = 0.0;
        foreach (var node in space.Targets)
        {
            var sources = cell.Edges.Where(e => e.Target == node && e.Operation != Operations.None).Select(e => e.Source).ToList();
            longest.Add(sources.Select(s => longest[s]).Max() + 1);   // nullable: no source, or none that is reached, stays null
            if (sources.Count > 0 && (concatenates || node != space.Targets[^1]))
                width += (double)sources.Count(s => s < space.InputNodes) / sources.Count;
        }
        var reached = concatenates ? longest.Skip(space.InputNodes).Max() + 1 : longest[^1];
        return new(cell.Type, width, reached ?? 0, cell.SkipCount);
    }

    /// <summary>The shapes of all cells of a genotype.</summary>
    public static IReadOnlyList<CellShape> Of(Genotype genotype) => [.. genotype.Cells.Select(cell => Of(genotype.Space, cell))];
}
