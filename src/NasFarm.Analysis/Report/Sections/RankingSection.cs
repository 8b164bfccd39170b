using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Arms ranked over several spaces or data sets.</summary>
internal static class RankingSection
{
    public static IEnumerable<ReportFigure> Figures(ComparisonReport report) => report.Rankings.Select(CriticalDifference.Draw);

    public static XElement? Of(ComparisonReport report) => report.Rankings.Count == 0 ? null : Section("ranking", "Arms ranked over the settings",
        ReportFigure.Grid(Figures(report)),
        report.Rankings.Select(r => Table($"Ranked by {(r.By == RankedBy.Spread ? "SD" : "mean score")}",
            [r.By == RankedBy.Spread ? "SD in points" : "mean in %", .. r.Arms],
            r.Settings.Select(s => (IReadOnlyList<object?>)[$"{s.Setting}, {report.Measures.First(m => m.Id == s.Measure).Label}", .. s.Values.Select(v => Numbers.Points(v))])
                .Append([El("strong", "mean rank"), .. r.MeanRanks.Select(v => Numbers.Points(v))]), [.. Enumerable.Range(1, r.Arms.Count)])),
        El("p", Class("soft"), "A setting is one block, whatever its cells were retrained on. Friedman's test asks whether any arm differs; pairs whose mean ranks lie closer than Nemenyi's " +
            "critical difference are not told apart. With few settings hardly anything is."));
}
