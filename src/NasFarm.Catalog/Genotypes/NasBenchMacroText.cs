using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>The key of NAS-Bench-Macro: eight digits, one per layer; 0 identity, 1 <c>mb3_k3</c>, 2 <c>mb6_k5</c>.</summary>
internal static class NasBenchMacroText
{
    private static readonly SearchSpace Space = SearchSpaces.NasBenchMacro;

    public static string Print(Cell cell) =>
        string.Concat(cell.Canonical().Edges.Select(e => Space.OperationIndex(CellType.Normal, e.Source, e.Operation)));

    public static Cell ReadCell(TextScanner scanner)
    {
        var edges = new List<EdgeChoice>();
        foreach (var edge in Space.Edges)
        {
            var digit = scanner.Require("0", "1", "2");
            edges.Add(new(Space.Operations[digit[0] - '0'], edge.Source, edge.Target));
        }
        if (!scanner.AtEnd)
            throw scanner.Wrong("expected the end of the text");
        return new Cell(CellType.Normal, edges);
    }
}
