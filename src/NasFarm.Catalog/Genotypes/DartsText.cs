using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>The two text forms of DARTS cells (spec/search-spaces.md §1.5).</summary>
internal static class DartsText
{
    private const int FirstNode = 2;
    private const int EdgesPerNode = 2;
    private static readonly int[] Concat = [2, 3, 4, 5];

    public static string PrintTuple(Genotype genotype)
    {
        var concat = $"[{string.Join(", ", Concat)}]";
        var cells = genotype.Cells.Select(cell =>
        {
            var name = cell.Type.ToString().ToLowerInvariant();
            return $"{name}=[{string.Join(", ", cell.Edges.Select(e => $"('{e.Operation}', {e.Source})"))}], {name}_concat={concat}";
        });
        return $"Genotype({string.Join(", ", cells)})";
    }

    /// <summary><c>Genotype(normal=[…], normal_concat=…, reduce=[…], reduce_concat=…)</c>, fields in any order, concat optional.</summary>
    public static IReadOnlyList<Cell> ReadTuple(TextScanner scanner)
    {
        IReadOnlyList<EdgeChoice>? normal = null, reduce = null;
        scanner.Require("Genotype");
        scanner.Require("(");
        do
        {
            var field = scanner.Require("normal_concat", "reduce_concat", "normal", "reduce");
            scanner.Require("=");
            if (field == "normal")
                normal = ReadPairs(scanner);
            else if (field == "reduce")
                reduce = ReadPairs(scanner);
            else
                ReadConcat(scanner);
        }
        while (scanner.Require(",", ")") == ",");
        RequireEnd(scanner);
        return BothCells(scanner, normal, reduce);
    }

    /// <summary><c>normal s3-0 s3-1 | … ; reduce mp-0 mp-1 | …</c>; the bars between nodes are for the eye, a dot or nothing will do.</summary>
    public static IReadOnlyList<Cell> ReadShort(TextScanner scanner)
    {
        IReadOnlyList<EdgeChoice>? normal = null, reduce = null;
        while (!scanner.AtEnd)
        {
            var name = scanner.Require("normal", "reduce");
            _ = scanner.Take(":") || scanner.Take("=");
            var edges = new List<EdgeChoice>();
            while (!scanner.AtEnd && !scanner.Take(";") && !scanner.Take(",") && !scanner.LooksAt("reduce") && !scanner.LooksAt("normal"))
            {
                if (scanner.Take("|") || scanner.Take("·"))
                    continue;
                var operation = scanner.RequireOperation();
                scanner.Require("-");
                edges.Add(new(operation, scanner.RequireNumber("a source node"), TargetOf(edges.Count)));
            }
            if (name == "normal")
                normal = edges;
            else
                reduce = edges;
        }
        return BothCells(scanner, normal, reduce);
    }

    private static List<EdgeChoice> ReadPairs(TextScanner scanner)
    {
        var edges = new List<EdgeChoice>();
        var close = Open(scanner);
        while (!scanner.Take(close))
        {
            if (edges.Count > 0)
            {
                scanner.Require(",");
                if (scanner.Take(close))
                    break;
            }
            var closePair = Open(scanner);
            var quote = scanner.Require("'", "\"");
            var operation = scanner.RequireOperation();
            scanner.Require(quote);
            scanner.Require(",");
            edges.Add(new(operation, scanner.RequireNumber("a source node"), TargetOf(edges.Count)));
            scanner.Require(closePair);
        }
        return edges;
    }

    private static void ReadConcat(TextScanner scanner)
    {
        List<int> nodes = [];
        var before = scanner.Wrong("every cell here concatenates the nodes 2, 3, 4, 5");
        if (scanner.Take("range"))
        {
            scanner.Require("(");
            var from = scanner.RequireNumber("the first node");
            scanner.Require(",");
            var to = scanner.RequireNumber("the node after the last");
            scanner.Require(")");
            nodes.AddRange(Enumerable.Range(from, Math.Max(0, to - from)));
        }
        else
        {
            var close = Open(scanner);
            while (!scanner.Take(close))
            {
                if (nodes.Count > 0)
                    scanner.Require(",");
                nodes.Add(scanner.RequireNumber("a node"));
            }
        }
        if (!nodes.SequenceEqual(Concat))
            throw before;
    }

    private static int TargetOf(int index) => FirstNode + index / EdgesPerNode;

    private static string Open(TextScanner scanner) => scanner.Require("[", "(") == "[" ? "]" : ")";

    private static void RequireEnd(TextScanner scanner)
    {
        if (!scanner.AtEnd)
            throw scanner.Wrong("expected the end of the text");
    }

    private static IReadOnlyList<Cell> BothCells(TextScanner scanner, IReadOnlyList<EdgeChoice>? normal, IReadOnlyList<EdgeChoice>? reduce)
    {
        if (normal is null || reduce is null)
            throw scanner.Wrong($"the {(normal is null ? "normal" : "reduce")} cell is missing");
        return [new Cell(CellType.Normal, normal), new Cell(CellType.Reduce, reduce)];
    }
}
