using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
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

    public static XElement? Of(IReadOnlyList<(int Index, Series Item)> arms, Measure? main)
    {
        var found = arms.Select(a => (a.Item.Label, a.Item.Setting, Cells: Different(a.Item))).Where(a => a.Cells.Count > 0).ToList();
        if (found.Count == 0) return null;
        var operations = found.SelectMany(f => SearchSpaces.Get(f.Setting.Space.Name).Operations).Distinct();
        return Section("cells", "The cells found",
            El("p", Class("legend"), string.Join(" · ", operations.Select(o => $"{Operations.Abbreviate(o)} = {o}"))),
            found.Select(arm => new object[]
            {
                El("h3", arm.Label, El("span", Class("soft"), $" {arm.Cells.Count} different cell{(arm.Cells.Count == 1 ? "" : "s")}" +
                    (arm.Cells.Count > MostCells ? $", the first {MostCells} drawn" : ""))),
                El("div", Class("cells"), arm.Cells.Take(MostCells).Select(cell => El("figure",
                    GenotypeDrawing.Pictures(cell.Genotype, arm.Label), El("figcaption", Caption(cell.Runs, main))))),
            }));
    }

    private static IReadOnlyList<(Genotype Genotype, IReadOnlyList<SeedRunResult> Runs)> Different(Series arm) =>
    [
        .. arm.Runs.Where(r => r is { State: SeedRunState.Finished, Genotype: not null })
            .Select(r => (Run: r, Genotype: GenotypeText.Parse(r.Spec.Space.Name, r.Genotype!)))
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
