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

    [Fact]
    public void A_network_of_layers_as_text_says_what_stands_in_each() => Assert.Equal(
        "network\n     1 ← mb6_k5(in)\n     2 ← mb6_k5(1)\n     3 ← mb6_k5(2)\n     4 ← mb3_k3(3)\n     5 ← mb6_k5(4)\n     6 ← mb6_k5(5)\n"
        + "     7 ← mb6_k5(6)\n   out ← identity(7)\n",
        GenotypeDrawing.Text(PublishedGenotypes.Get("MACRO_BEST_C10")));

    [Fact]
    public void A_cell_with_operations_on_nodes_as_text_says_what_each_reads() => Assert.Equal(
        "cell\n     1 ← conv3x3-bn-relu(in)\n     2 ← maxpool3x3(in, 1)\n     3 ← conv1x1-bn-relu(1, 2)\n     4 ← conv3x3-bn-relu(in, 3)\n   out ← concat(in, 4)\n",
        GenotypeDrawing.Text(Parse("v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(0,4)")));

    [Theory, InlineData("v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(0,4)"), InlineData("v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(0,1)")]
    public void Such_a_cell_is_drawn_with_loose_ends_and_a_label_on_every_edge_but_those_of_the_output(string text)
    {
        Assert.Equal(7, Count(XElement.Parse(GenotypeDrawing.Svg(Parse(text))), "chip"));
        Assert.Equal(Enumerable.Range(0, 6), new CellLayout(Parse(text).Space, Parse(text).Normal).Nodes.Select(n => n.Node));
    }

    private static Genotype Parse(string text) => GenotypeText.Parse("nas-bench-1shot1-1", text);

    [Fact]
    public void A_cell_of_Deeper_Insights_as_text_ends_with_its_concatenation() => Assert.Equal(
        "cell\n     1 ← dil_conv_5x5(in)\n     2 ← sep_conv_5x5(in)  +  dil_conv_5x5(1)\n   out ← concat(1, 2)\n",
        GenotypeDrawing.Text(PublishedGenotypes.Get("DEEPER_BEST")));

    [Fact]
    public void Labels_of_a_network_of_layers_stand_clear_of_its_nodes()
    {
        var svg = XElement.Parse(GenotypeDrawing.Svg(PublishedGenotypes.Get("MACRO_BEST_C10")));
        double At(XElement rect, string name) => double.Parse(rect.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
        var rects = svg.Descendants().Where(e => e.Name.LocalName == "rect")
            .Select(e => (X: At(e, "x"), Y: At(e, "y"), W: At(e, "width"), H: At(e, "height"))).ToList();
        for (var i = 0; i < rects.Count; i++)
            for (var j = 0; j < i; j++)
                Assert.False(rects[i].X < rects[j].X + rects[j].W && rects[j].X < rects[i].X + rects[i].W
                    && rects[i].Y < rects[j].Y + rects[j].H && rects[j].Y < rects[i].Y + rects[i].H, $"{rects[i]} covers {rects[j]}");
    }

    private static int Count(XElement svg, string @class) =>
        svg.Descendants().Count(e => e.Name.LocalName == "rect" && e.Attribute("class")?.Value.Split(' ')[0] == @class);
}
