using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Every seed of every arm as a dot, by setting and measure.</summary>
internal static class SeedsSection
{
    public static IEnumerable<ReportFigure> Figures(ComparisonReport report)
    {
        foreach (var setting in report.Settings)
        {
            var arms = report.Arms.Index().Where(a => a.Item.Setting == setting).Select(a => (a.Index, Arm: a.Item)).ToList();
            foreach (var measure in report.Measures.OrderBy(m => m.Id == report.MainMeasure ? 0 : 1))
            {
                if (arms.All(a => a.Arm.On(measure.Id)!.N == 0)) continue;
                var name = report.Settings.Count > 1 ? $"{measure.Label}, {setting}" : measure.Label;
                var data = DotStrip.Data(arms.Select(a => a.Arm), measure);
                yield return new($"seeds {name}", $"{name}{(measure.Id == report.MainMeasure ? " (main measure)" : "")}", DotStrip.Draw(arms, measure), data);
                if (measure.Id == report.MainMeasure && DotStrip.CloserFloor(arms.Select(a => a.Arm), measure) is { } floor)
                {
                    yield return new($"seeds {name} closer",
                        $"{name}, closer: values far below are counted at the left edge (◂), not drawn; a mean stands where it falls inside", DotStrip.Draw(arms, measure, floor), data);
                }
            }
        }
    }

    public static XElement? Of(ComparisonReport report) => Figures(report).ToList() is not { Count: > 0 } figures ? null : Section("seeds", "Every seed",
        El("p", Class("legend"), "A dot is a seed, a thin line joins it to the same seed in the next arm. Below the dots stand the mean and, from two seeds on, " +
            "its 95 % t interval. Hollow: diverged."),
        ReportFigure.Grid(figures));
}
