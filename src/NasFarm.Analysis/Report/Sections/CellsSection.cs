using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Spaces;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>The cells found, one picture per different cell of an arm.</summary>
internal static class CellsSection
{
    /// <summary>Pictures per arm at most; the text says when there are more.</summary>
    private const int MostCells = 24;

    /// <summary>Rows of a table by run at most; the export holds all.</summary>
    private const int MostRows = 2000;

    public static IEnumerable<ReportFigure> Figures(IReadOnlyList<(int Index, Series Item)> arms, ComparisonReport report) =>
        from arm in arms
        from found in Different(arm.Item).Take(MostCells).Index()
        from picture in GenotypeDrawing.Pictures(found.Item.Genotype, arm.Item.Label).Zip(found.Item.Genotype.Cells)
        let type = picture.Second.Type.ToString().ToLowerInvariant()
        select new ReportFigure($"cell {arm.Item.Label} {found.Index + 1:00}{(found.Item.Genotype.Cells.Count > 1 ? $" {type}" : "")}",
            Caption(found.Item.Runs, report.Main), picture.First, Data(arm.Item.Label, found.Item, picture.Second, type));

    private static string Data(string label, (Genotype Genotype, IReadOnlyList<SeedRunResult> Runs) found, Cell cell, string type)
    {
        var csv = new CsvText("arm", "runs", "cell", "source", "target", "operation");
        foreach (var edge in cell.Edges) csv.Row(label, string.Join(' ', found.Runs.Select(r => r.RunId)), type, edge.Source, edge.Target, edge.Operation);
        return csv.ToString();
    }

    public static XElement? Of(IReadOnlyList<(int Index, Series Item)> arms, ComparisonReport report)
    {
        var main = report.Main;
        var found = arms.Select(a => (a.Item.Label, a.Item.Setting, Cells: Different(a.Item))).Where(a => a.Cells.Count > 0).ToList();
        if (found.Count == 0) return null;
        var operations = found.SelectMany(f => SearchSpaces.Get(f.Setting.Space.Name).Operations).Distinct();
        return Section("cells", "The cells found",
            Shapes(report), Agreement(report),
            El("p", Class("legend"), string.Join(" · ", operations.Select(o => $"{Operations.Abbreviate(o)} = {o}"))),
            found.Select(arm => new object[]
            {
                El("h3", arm.Label, El("span", Class("soft"), $" {arm.Cells.Count} different cell{(arm.Cells.Count == 1 ? "" : "s")}" +
                    (arm.Cells.Count > MostCells ? $", the first {MostCells} drawn" : ""))),
                El("div", Class("cells"), arm.Cells.Take(MostCells).Select(cell => El("figure",
                    GenotypeDrawing.Pictures(cell.Genotype, arm.Label), El("figcaption", Caption(cell.Runs, main))))),
            }));
    }

    private static object Shapes(ComparisonReport report) => new object[]
    {
        Table("Shapes of the cells and agreement of the seeds", ["arm", "cell", "width / C", "depth", "skips", "runs", "different", "mean distance", "agreement"],
            report.Arms.Where(a => a.Cells is not null).SelectMany(a => a.Cells!.Shapes.Select(s => (IReadOnlyList<object?>)
            [
                a.Label, s.Type.ToString().ToLowerInvariant(), ArmText.Range(s.Width), ArmText.Range(s.Depth), ArmText.Range(s.Skips),
                a.Cells.N, a.Cells.Different, ArmText.Distance(a.Cells), Numbers.Points(a.Cells.MeanAgreement),
            ])), 2, 3, 4, 5, 6, 7, 8),
        El("p", Class("soft"), "Mean (range) over runs. Width: sum over intermediate nodes of the share of their inputs that come from the cell's inputs. Depth: edges on the longest " +
            "path from an input to the output. Distance: choices of an operation on an edge that two genotypes do not share, mean over pairs of seeds, all cells " +
            "together. Agreement: share of seeds that make the commonest choice on an edge, mean over edges."),
        El("details", El("summary", "Shapes by run"),
            Table("Shapes by run", ["arm", "seed", "cell", "width / C", "depth", "skips"],
                report.Arms.Where(a => a.Cells is not null).SelectMany(a => a.Cells!.Runs.SelectMany(r => r.Shapes.Select(s => (a.Label, r.Seed, Shape: s)))).Take(MostRows)
                    .Select(r => (IReadOnlyList<object?>)
                        [r.Label, r.Seed, r.Shape.Type.ToString().ToLowerInvariant(), Numbers.Points(r.Shape.Width), r.Shape.Depth, r.Shape.Skips]), 1, 3, 4, 5)),
    };

    private static XElement Agreement(ComparisonReport report) => El("details", El("summary", "Agreement by edge"),
        Table("Commonest choice by edge", ["arm", "cell", "edge", "commonest choice", "seeds", "share"],
            report.Arms.Where(a => a.Cells is not null).SelectMany(a => a.Cells!.Edges.Select(e => (IReadOnlyList<object?>)
            [
                a.Label, e.Type.ToString().ToLowerInvariant(), $"{e.Source} → {e.Target}", e.Choice ?? "not kept", $"{e.Count} of {a.Cells.N}", Numbers.Points(e.Share),
            ])), 5));

    private static IReadOnlyList<(Genotype Genotype, IReadOnlyList<SeedRunResult> Runs)> Different(Series arm) =>
    [
        .. arm.Runs.Where(r => r is { State: SeedRunState.Finished, Genotype: not null })
            .Select(r => (Run: r, Genotype: arm.GenotypeOf(r)!))
            .GroupBy(r => r.Genotype).Select(g => (g.Key, (IReadOnlyList<SeedRunResult>)[.. g.Select(r => r.Run)])),
    ];

    private static string Caption(IReadOnlyList<SeedRunResult> runs, Measure? main)
    {
        const int Named = 12;
        var seeds = string.Join(", ", runs.Take(Named).Select(r => $"{Series.PairOf(r)}")) + (runs.Count > Named ? $" and {runs.Count - Named} more" : "");
        double[] scores = [.. runs.Select(r => main?.ScoreOf(r)).OfType<double>()];
        var score = scores.Length == 0 ? ""
            : scores.Min() == scores.Max() ? $": {Numbers.Points(scores[0])} %"
            : $": {Numbers.Points(scores.Min())}–{Numbers.Points(scores.Max())} %";
        var collapse = runs.Any(r => StructuralCollapse.Of(r) == true) ? ", structural collapse" : "";
        var diverged = runs.Any(r => r.SearchDiverged) ? ", diverged" : "";
        return $"seed{(runs.Count == 1 ? "" : "s")} {seeds}{score}{collapse}{diverged}";
    }
}
