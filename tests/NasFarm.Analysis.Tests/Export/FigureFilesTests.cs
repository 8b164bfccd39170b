using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tests.Report;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Tests.Export;

public sealed class FigureFilesTests
{
    private static readonly SweepResult Sweep = RichSweeps.Settings(10);
    private static readonly ComparisonReport Compared = SweepComparison.Of(Sweep, resamples: 200);
    private static readonly IReadOnlyList<ExportFile> Files = FigureFiles.All(Sweep, Compared);

    [Fact]
    public void Every_picture_of_the_report_is_a_file_and_nothing_else_is()
    {
        var html = HtmlReport.Render(Sweep, Compared);
        var pictures = html.Split("<svg ").Length - 1;
        Assert.Equal(pictures, Files.Count(f => f.Name.EndsWith(".svg", StringComparison.Ordinal)));
        Assert.All(Files.Where(f => f.Name.EndsWith(".svg", StringComparison.Ordinal)),
            f => Assert.Contains(new XElement("a", new XAttribute("l", XDocument.Parse(f.Content).Root!.Attribute("aria-label")!.Value)).ToString()[6..^4], html));
    }

    [Fact]
    public void Each_picture_has_its_data_and_its_caption()
    {
        var names = Files.Where(f => f.Name.EndsWith(".svg", StringComparison.Ordinal)).Select(f => f.Name[..^4]).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(names, name => Assert.Matches("^[a-z0-9-]+$", name));
        Assert.All(names, name => Assert.True(Files.Single(f => f.Name == $"{name}.csv").Content.Split('\n').Length > 2, name));
        Assert.Equal(names, Files.Single(f => f.Name == "figures.csv").Content.TrimEnd('\n').Split('\n').Skip(1).Select(l => l.Split(',')[0]));
        Assert.Contains("critical-difference-spread", names);
        Assert.Contains("sd-ratios", names);
        Assert.Contains("collapse", names);
        Assert.Contains("cost", names);
    }

    [Fact]
    public void A_picture_needs_nothing_beside_it() => Assert.All(Files.Where(f => f.Name.EndsWith(".svg", StringComparison.Ordinal)), file =>
    {
        var root = XDocument.Parse(file.Content).Root!;
        Assert.Equal("{http://www.w3.org/2000/svg}svg", root.Name.ToString());
        Assert.DoesNotContain("var(", file.Content);
        Assert.DoesNotContain("class=", file.Content);
        Assert.DoesNotContain("<style", file.Content);
        Assert.DoesNotContain("NaN", file.Content);
        Assert.DoesNotContain("://", file.Content.Replace("http://www.w3.org/2000/svg", ""));
        Assert.Contains("sans-serif", root.Attribute("font-family")!.Value);
        Assert.True(double.Parse(root.Attribute("width")!.Value) > 0 && double.Parse(root.Attribute("height")!.Value) > 0);
        // Whatever is drawn with a colour of its own has it on itself.
        Assert.All(root.Descendants().Where(e => e.Name.LocalName == "text"), e => Assert.StartsWith("#", e.Attribute("fill")?.Value));
        Assert.All(root.Descendants().Where(e => e.Name.LocalName is "line" or "polyline"), e => Assert.StartsWith("#", e.Attribute("stroke")?.Value));
    });

    [Fact]
    public void Dots_of_the_picture_are_rows_of_its_data()
    {
        var dots = Compared.Arms.Where(a => a.Setting == Compared.Settings[0]).Sum(a => a.On(Compared.MainMeasure)!.N);
        var name = Files.First(f => f.Name.StartsWith("seeds-", StringComparison.Ordinal)).Name[..^4];
        Assert.Equal(dots, Files.Single(f => f.Name == $"{name}.csv").Content.Split('\n').Count(l => l.StartsWith("seed,", StringComparison.Ordinal)));
    }

    [Fact]
    public void Comparisons_of_another_sweep_are_refused() => Assert.Throws<ArgumentException>(() => FigureFiles.All(Sweep with { SweepId = "other" }, Compared));

    [Fact]
    public void The_dictionary_explains_every_column_of_the_comparison()
    {
        var explained = SweepCsv.DataDictionary();
        foreach (var file in ComparisonCsv.All(Compared))
            Assert.All(file.Content.Split('\n')[0].Split(','), column => Assert.Contains(column, explained));
    }
}
