using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>The two text forms of DARTS cells (spec/search-spaces.md §1.5). Where nodes may keep fewer than two edges, every edge names its
/// target, as FairDARTS prints it.</summary>
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
            return $"{name}=[{string.Join(", ", cell.Edges.Select(e => $"('{e.Operation}', {e.Source}{(genotype.Sparse ? $", {e.Target}" : "")})"))}], {name}_concat={concat}";
        });
        return $"Genotype({string.Join(", ", cells)})";
    }

    /// <summary><c>Genotype(normal=[…], normal_concat=…, reduce=[…], reduce_concat=…)</c>, fields in any order, concat optional.</summary>
    public static (IReadOnlyList<Cell> Cells, bool MayBeSparse) ReadTuple(TextScanner scanner)
    {
        EdgeList? normal = null, reduce = null;
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
    public static (IReadOnlyList<Cell> Cells, bool MayBeSparse) ReadShort(TextScanner scanner)
    {
        EdgeList? normal = null, reduce = null;
        while (!scanner.AtEnd)
        {
            var name = scanner.Require("normal", "reduce");
            _ = scanner.Take(":") || scanner.Take("=");
            var edges = new EdgeList();
            while (!scanner.AtEnd && !scanner.Take(";") && !scanner.Take(",") && !scanner.LooksAt("reduce") && !scanner.LooksAt("normal"))
            {
                if (scanner.Take("|") || scanner.Take("·"))
                    continue;
                var operation = scanner.RequireOperation();
                scanner.Require("-");
                edges.Add(operation, scanner.RequireNumber("a source node"), scanner.Take(">") ? scanner.RequireNumber("a target node") : null, scanner);
            }
            if (name == "normal")
                normal = edges;
            else
                reduce = edges;
        }
        return BothCells(scanner, normal, reduce);
    }

    private static EdgeList ReadPairs(TextScanner scanner)
    {
        var edges = new EdgeList();
        var close = Open(scanner);
        while (!scanner.Take(close))
        {
            if (edges.Edges.Count > 0)
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
            edges.Add(operation, scanner.RequireNumber("a source node"), scanner.Take(",") ? scanner.RequireNumber("a target node") : null, scanner);
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

    private static string Open(TextScanner scanner) => scanner.Require("[", "(") == "[" ? "]" : ")";

    private static void RequireEnd(TextScanner scanner)
    {
        if (!scanner.AtEnd)
            throw scanner.Wrong("expected the end of the text");
    }

    private static (IReadOnlyList<Cell> Cells, bool MayBeSparse) BothCells(TextScanner scanner, EdgeList? normal, EdgeList? reduce)
    {
        if (normal is null || reduce is null)
            throw scanner.Wrong($"the {(normal is null ? "normal" : "reduce")} cell is missing");
        return ([new Cell(CellType.Normal, normal.Edges), new Cell(CellType.Reduce, reduce.Edges)], normal.MayBeSparse || reduce.MayBeSparse);
    }

    /// <summary>Edges as they are read: all with a target, or none, and then two per node in order.</summary>
    private sealed class EdgeList
    {
        private bool named;

        public List<EdgeChoice> Edges { get; } = [];

        /// <summary>An empty list names the targets of all its edges.</summary>
        public bool MayBeSparse => named || Edges.Count == 0;

        public void Add(string operation, int source, int? target, TextScanner scanner)
        {
            if (Edges.Count > 0 && named != target is not null)
                throw scanner.Wrong("either every edge names its target node or none does");
            named = target is not null;
            Edges.Add(new(operation, source, target ?? FirstNode + Edges.Count / EdgesPerNode));
        }
    }
}
