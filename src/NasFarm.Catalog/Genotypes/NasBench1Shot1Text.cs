using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>Cells of NAS-Bench-1Shot1: node by node the operation and, in brackets, the parents,
/// <c>conv3x3-bn-relu(0)|maxpool3x3(0,1)|…|output(2,4)</c>; 0 is the cell's input.</summary>
internal static class NasBench1Shot1Text
{
    private static readonly string[] Names =
    [
        .. new[] { Operations.VertexMaxPool3x3, Operations.VertexConv3x3, Operations.VertexConv1x1, Operations.Output }
            .SelectMany(name => new[] { name, Operations.Abbreviate(name) }),
    ];

    public static string Print(Cell cell) => string.Join('|', Nodes(cell, operation => operation));

    public static string PrintShort(Cell cell) => string.Join(" | ", Nodes(cell, Operations.Abbreviate));

    /// <summary>Operations may be abbreviated (<c>v3(0) | vm(0,1) | …</c>).</summary>
    public static Cell ReadCell(SearchSpace space, TextScanner scanner)
    {
        var edges = new List<EdgeChoice>();
        foreach (var target in space.Targets)
        {
            if (target > 1)
                scanner.Require("|");
            var operation = Operations.Expand(scanner.Require(Names))!;
            scanner.Require("(");
            do
                edges.Add(new(operation, scanner.RequireNumber("a parent"), target));
            while (scanner.Require(",", ")") == ",");
        }
        if (!scanner.AtEnd)
            throw scanner.Wrong("expected the end of the text");
        return new Cell(CellType.Normal, edges);
    }

    private static IEnumerable<string> Nodes(Cell cell, Func<string, string> name) => cell.Canonical().Edges.GroupBy(e => e.Target)
        .Select(node => $"{name(node.First().Operation)}({string.Join(',', node.Select(e => e.Source))})");
}
