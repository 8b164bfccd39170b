using System.Text;
using System.Xml.Linq;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Analysis.Report.Svg;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report;

/// <summary>A genotype as a picture: nodes left to right, an operation's two letters on every edge, colour and dash by operation.</summary>
public static class GenotypeDrawing
{
    // One width for every cell: words then have one size, and deeper cells have narrower columns.
    private const double Width = 400, Row = 44, Margin = 26, NodeWidth = 30, NodeHeight = 22, ChipWidth = 23, ChipHeight = 16;

    /// <summary>A complete SVG document with its own style, all cells one below the other.</summary>
    public static string Svg(Genotype genotype)
    {
        var cells = genotype.Cells.Select(c => Cell(genotype.Space, c)).ToList();
        var height = cells.Sum(c => c.Height);
        var top = 0.0;
        var stacked = new List<XElement>();
        foreach (var cell in cells)
        {
            stacked.Add(Shape("g", A("transform", $"translate(0 {N(top)})"), cell.Content));
            top += cell.Height;
        }
        var picture = Picture(Width, height, $"Cell: {GenotypeText.PrintShort(genotype)}",
            A("width", Width), A("height", height), Shape("style", Style), stacked);
        return picture.ToString() + "\n";
    }

    /// <summary>For a terminal: one line per node with what flows into it.</summary>
    public static string Text(Genotype genotype)
    {
        var text = new StringBuilder();
        foreach (var cell in genotype.Cells)
        {
            text.Append(genotype.Cells.Count > 1 ? $"{cell.Type.ToString().ToLowerInvariant()} cell\n"
                : genotype.Space.Family == SpaceFamily.NasBenchMacro ? "network\n" : "cell\n");
            foreach (var node in cell.Edges.GroupBy(e => e.Target))
            {
                text.Append($"  {NodeName(genotype.Space, node.Key, null),4} ← ");
                if (genotype.Space.NodeRows is not null)
                    text.Append($"{node.First().Operation.Replace(Operations.Output, "concat", StringComparison.Ordinal)}({string.Join(", ", node.Select(e => NodeName(genotype.Space, e.Source, null)))})\n");
                else
                    text.AppendJoin("  +  ", node.Select(e => $"{e.Operation}({NodeName(genotype.Space, e.Source, null)})")).Append('\n');
            }
            if (genotype.Space.Family is SpaceFamily.Darts or SpaceFamily.DeeperInsights) text.Append($"   out ← concat({string.Join(", ", genotype.Space.Targets)})\n");
        }
        return text.ToString();
    }

    /// <summary>Inline pictures, one per cell, for a page that already carries the style.</summary>
    internal static IEnumerable<XElement> Pictures(Genotype genotype, string label) => genotype.Cells.Select(cell =>
    {
        var (height, content) = Cell(genotype.Space, cell);
        var name = genotype.Cells.Count > 1 ? $", {cell.Type.ToString().ToLowerInvariant()} cell" : "";
        return Picture(Width, height, $"{label}{name}: {GenotypeText.PrintShort(genotype)}",
            genotype.Cells.Count > 1 ? Words("quiet", 4, 12, $"{cell.Type.ToString().ToLowerInvariant()} cell") : null, content);
    });

    /// <summary>Class by operation; the dash of skip and the dots of none are in figure.css.</summary>
    internal static string Look(string operation) => operation switch
    {
        Operations.SepConv3x3 or Operations.NorConv3x3 or Operations.InvertedResidual3x3 or Operations.VertexConv3x3 => "c0",
        Operations.DilConv3x3 or Operations.NorConv1x1 or Operations.InvertedResidual5x5 or Operations.VertexConv1x1 => "c1",
        Operations.MaxPool3x3 or Operations.VertexMaxPool3x3 => "c2",
        Operations.AvgPool3x3 => "c3",
        Operations.DilConv5x5 => "c4",
        Operations.SkipConnect or Operations.Identity => "c5",
        Operations.SepConv5x5 => "c6",
        _ => "faint",
    };

    private static (double Height, object Content) Cell(SearchSpace space, Cell cell)
    {
        var layout = new CellLayout(space, cell);
        var height = layout.Height * Row + 2 * Margin;
        var columns = Columns(layout);
        (double X, double Y) Place(int layer, double slot) => (columns[layer], Margin + slot * Row);

        var nodes = layout.Nodes.Select(n => (n.Node, At: Place(n.Layer, n.Slot))).ToList();
        var occupied = nodes.Select(n => (n.At.X, n.At.Y, W: NodeWidth, H: NodeHeight)).ToList();
        var curves = new List<XElement>();
        var chips = new List<XElement>();
        foreach (var (wire, points) in layout.Wires)
        {
            var through = points.Select(p => Place(p.Layer, p.Slot)).ToList();
            var look = wire.Operation is null ? "concat" : Look(wire.Operation);
            curves.Add(Path($"edge {look}", Curve(through),
                Hover(wire.Operation is null
                    ? $"{wire.Source} is part of the output"
                    : $"{wire.Operation}: {NodeName(space, wire.Source, layout)} to {NodeName(space, wire.Target, layout)}")));
            if (wire.Operation is null) continue;
            var (x, y) = FreePlace(through, occupied);
            occupied.Add((x, y, ChipWidth, ChipHeight));
            chips.Add(Group(look,
                Rect($"chip {look}", x - ChipWidth / 2, y - ChipHeight / 2, ChipWidth, ChipHeight, 4),
                Words(look == "faint" ? "op quiet" : "op", x, y + 4, Operations.Abbreviate(wire.Operation), "middle")));
        }
        return (height, new object[]
        {
            curves,
            nodes.Select(n => Group("",
                Rect(n.Node < space.InputNodes || n.Node == layout.Output ? "node-end" : "node",
                    n.At.X - NodeWidth / 2, n.At.Y - NodeHeight / 2, NodeWidth, NodeHeight, 6),
                Words("tick", n.At.X, n.At.Y + 4, NodeName(space, n.Node, layout), "middle"))),
            chips,
        });
    }

    // Where layers stand: the more labels begin in a gap, the wider it is; one without labels is narrow.
    private static double[] Columns(CellLayout layout)
    {
        double[] weights = [.. Enumerable.Range(0, layout.Layers - 1).Select(gap =>
            layout.Wires.Count(w => w.Wire.Operation is not null && w.Points[0].Layer == gap) is > 0 and var labels ? 1 + 0.22 * labels : 0.8)];
        var unit = (Width - 2 * Margin) / weights.Sum();
        return [.. Enumerable.Range(0, layout.Layers).Select(layer => Margin + unit * weights.Take(layer).Sum())];
    }

    // Horizontal at every point, so that the pieces join smoothly.
    private static string Curve(IReadOnlyList<(double X, double Y)> points)
    {
        var path = new StringBuilder($"M{N(points[0].X)} {N(points[0].Y)}");
        foreach (var (a, b) in points.Zip(points.Skip(1)))
        {
            var middle = (a.X + b.X) / 2;
            path.Append($"C{N(middle)} {N(a.Y)} {N(middle)} {N(b.Y)} {N(b.X)} {N(b.Y)}");
        }
        return path.ToString();
    }

    // First place along the curve where the label covers no node and no other label. Beyond the middle wires of one source have parted.
    private static (double X, double Y) FreePlace(List<(double X, double Y)> points, List<(double X, double Y, double W, double H)> occupied)
    {
        (double X, double Y) On(int piece, double t)
        {
            var (a, b) = (points[piece], points[piece + 1]);
            double s = 1 - t, middle = (a.X + b.X) / 2;
            return (s * s * s * a.X + 3 * s * t * middle + t * t * t * b.X, (s * s * s + 3 * s * s * t) * a.Y + (3 * s * t * t + t * t * t) * b.Y);
        }
        var candidates =
            from t in new[] { 0.6, 0.65, 0.55, 0.7, 0.5, 0.45, 0.75, 0.4, 0.35, 0.3, 0.25 }
            from piece in Enumerable.Range(0, points.Count - 1)
            select On(piece, t);
        return candidates.Where(p => occupied.All(o =>
                Math.Abs(o.X - p.X) > (o.W + ChipWidth) / 2 + 1 || Math.Abs(o.Y - p.Y) > (o.H + ChipHeight) / 2 + 1))
            .DefaultIfEmpty(On(0, 0.6)).First();
    }

    private static string NodeName(SearchSpace space, int node, CellLayout? layout) => space.Family switch
    {
        SpaceFamily.Darts when node == 0 => "k−2",
        SpaceFamily.Darts when node == 1 => "k−1",
        SpaceFamily.Darts when node == layout?.Output => "out",
        not SpaceFamily.Darts when node == 0 => "in",
        SpaceFamily.DeeperInsights when node == layout?.Output => "out",
        SpaceFamily.NasBench201 or SpaceFamily.NasBenchMacro or SpaceFamily.NasBench1Shot1 when node == space.Targets[^1] => "out",
        _ => $"{node}",
    };
}
