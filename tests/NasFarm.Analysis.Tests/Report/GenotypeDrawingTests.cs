using System.Xml.Linq;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Catalog.Genotypes;

namespace NasFarm.Analysis.Tests.Report;

public sealed class GenotypeDrawingTests
{
    public static TheoryData<string> Names => [.. PublishedGenotypes.Names];

    [Theory, MemberData(nameof(Names))]
    public void Every_published_cell_is_drawn_with_a_label_per_edge(string name)
    {
        var genotype = PublishedGenotypes.Get(name);
        var svg = XElement.Parse(GenotypeDrawing.Svg(genotype));
        Assert.Equal(genotype.Cells.Sum(c => c.Edges.Count), Count(svg, "chip"));
        Assert.Equal(genotype.Cells.Sum(c => new CellLayout(genotype.Space, c).Nodes.Count()), Count(svg, "node") + Count(svg, "node-end"));
        Assert.Equal(GenotypeDrawing.Svg(genotype), GenotypeDrawing.Svg(genotype));
    }

    [Theory, MemberData(nameof(Names))]
    public void Wires_run_from_left_to_right_through_every_layer_and_nodes_never_overlap(string name)
    {
        var genotype = PublishedGenotypes.Get(name);
        foreach (var cell in genotype.Cells)
        {
            var layout = new CellLayout(genotype.Space, cell);
            Assert.All(layout.Wires, w => Assert.Equal(Enumerable.Range(w.Points[0].Layer, w.Points.Count), w.Points.Select(p => p.Layer)));
            foreach (var layer in layout.Nodes.GroupBy(n => n.Layer))
            {
                var slots = layer.Select(n => n.Slot).Order().ToList();
                Assert.All(slots.Zip(slots.Skip(1)), pair => Assert.True(pair.Second - pair.First > 0.999));
            }
            // A wire's turning points keep their distance from the nodes of the layers that they pass.
            Assert.All(layout.Wires.SelectMany(w => w.Points.Skip(1).SkipLast(1)), p =>
                Assert.All(layout.Nodes.Where(n => n.Layer == p.Layer), n => Assert.True(Math.Abs(n.Slot - p.Slot) > 0.999)));
        }
    }

    [Theory]
    [InlineData("normal s3-0>2 sk-3>5 s3-1>5 ; reduce mp-0>2")]
    [InlineData("normal ; reduce d3-4>5")]
    public void A_sparse_cell_is_drawn_with_every_node(string text)
    {
        var genotype = GenotypeText.Parse("darts", text);
        Assert.Equal(genotype.Cells.Sum(c => c.Edges.Count), Count(XElement.Parse(GenotypeDrawing.Svg(genotype)), "chip"));
        Assert.All(genotype.Cells, c => Assert.Equal(Enumerable.Range(0, 7), new CellLayout(genotype.Space, c).Nodes.Select(n => n.Node)));
        Assert.NotEmpty(GenotypeDrawing.Text(genotype));
    }

    [Fact]
    public void Different_operations_look_different() =>
        Assert.All(Catalog.Spaces.SearchSpaces.All, s => Assert.Equal(s.Operations.Count, s.Operations.Select(GenotypeDrawing.Look).Distinct().Count()));

    [Fact]
    public void A_cell_as_text_says_what_flows_where() => Assert.Equal(
        "cell\n     1 ← nor_conv_3x3(in)\n     2 ← nor_conv_3x3(in)  +  nor_conv_3x3(1)\n   out ← skip_connect(in)  +  nor_conv_3x3(1)  +  nor_conv_3x3(2)\n",
        GenotypeDrawing.Text(PublishedGenotypes.Get("NB201_DRNAS")));

    private static int Count(XElement svg, string @class) =>
        svg.Descendants().Count(e => e.Name.LocalName == "rect" && e.Attribute("class")?.Value.Split(' ')[0] == @class);
}
