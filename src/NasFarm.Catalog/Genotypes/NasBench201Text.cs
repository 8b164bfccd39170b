using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>The architecture string of NAS-Bench-201, <c>|op~0|+|op~0|op~1|+|op~0|op~1|op~2|</c> (spec/search-spaces.md §2): every edge with
/// its operation, node by node. Cells of <c>deeper-insights</c> are written the same way.</summary>
internal static class NasBench201Text
{
    public static string Print(Cell cell) =>
        string.Join('+', cell.Canonical().Edges
            .GroupBy(e => e.Target)
            .Select(node => $"|{string.Join('|', node.Select(e => $"{e.Operation}~{e.Source}"))}|"));

    /// <summary>Operations may be abbreviated (<c>|c3~0|+…</c>).</summary>
    public static Cell ReadCell(SearchSpace space, TextScanner scanner)
    {
        var edges = new List<EdgeChoice>();
        foreach (var target in space.Targets)
        {
            if (target > 1)
                scanner.Require("+");
            scanner.Require("|");
            foreach (var edge in space.EdgesInto(target))
            {
                var operation = scanner.RequireOperation();
                scanner.Require($"~{edge.Source}");
                scanner.Require("|");
                edges.Add(new(operation, edge.Source, target));
            }
        }
        if (!scanner.AtEnd)
            throw scanner.Wrong("expected the end of the text");
        return new Cell(CellType.Normal, edges);
    }
}
