using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Analysis.Tables;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Collapses with their base rates.</summary>
internal static class CollapseSection
{
    public static IEnumerable<ReportFigure> Figures(ComparisonReport report) => report.Arms.Any(a => a.Structural.N > 0) ? [CollapseRates.Draw(report)] : [];

    public static XElement Of(ComparisonReport report) => Section("collapse", "Collapse",
        Figures(report).Any() ? ReportFigure.Grid(Figures(report)) : null,
        Table("Collapses by arm", ["arm", "structural", "base rate", "outcome", "base rate", "diverged"],
            report.Arms.Select(a => (IReadOnlyList<object?>)
            [
                a.Label, ArmText.Collapse(a.Structural, a), a.Structural.BaseRate, ArmText.Collapse(a.Outcome, a), a.Outcome?.BaseRate ?? Numbers.Absent, a.Diverged,
            ]), 5),
        El("ul",
            report.Arms.Select(a => $"Structural: {a.Structural.Definition}.").Distinct().Select(d => El("li", d)),
            report.Arms.Where(a => a.Outcome is not null).Select(a => $"Outcome: {a.Outcome!.Definition}.").Distinct().Select(d => El("li", d)),
            El("li", "Intervals are Wilson's at 95 %. Growth of λmax is not counted: it also occurs without collapse.")));
}
