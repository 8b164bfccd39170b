using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Every seed of every arm as a dot, by setting and measure.</summary>
internal static class SeedsSection
{
    public static XElement? Of(ComparisonReport report)
    {
        var figures = new List<XElement>();
        foreach (var setting in report.Settings)
        {
            var arms = report.Arms.Index().Where(a => a.Item.Setting == setting).Select(a => (a.Index, Arm: a.Item)).ToList();
            foreach (var measure in report.Measures.OrderBy(m => m.Id == report.MainMeasure ? 0 : 1))
            {
                if (arms.All(a => a.Arm.On(measure.Id)!.N == 0)) continue;
                var name = report.Settings.Count > 1 ? $"{measure.Label}, {setting}" : measure.Label;
                figures.Add(El("figure", DotStrip.Draw(arms, measure),
                    El("figcaption", $"{name}{(measure.Id == report.MainMeasure ? " (main measure)" : "")}")));
                if (measure.Id == report.MainMeasure && DotStrip.CloserFloor(arms.Select(a => a.Arm), measure) is { } floor)
                {
                    figures.Add(El("figure", DotStrip.Draw(arms, measure, floor),
                        El("figcaption", $"{name}, closer: values far below are counted at the left edge (◂), not drawn; a mean stands where it falls inside")));
                }
            }
        }
        return figures.Count == 0 ? null : Section("seeds", "Every seed",
            El("p", Class("legend"), "A dot is a seed, a thin line joins it to the same seed in the next arm. Below the dots stand the mean and, from two seeds on, " +
                "its 95 % t interval. Hollow: diverged."),
            El("div", Class("figures"), figures));
    }
}
