using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Published figures, apart from ours.</summary>
internal static class PublishedSection
{
    public static XElement Of(ComparisonReport report) => report.Published.Count == 0
        ? Section("published", "Published, not comparable",
            El("p", "No published accuracy whose source was read exists for this space and data; none is shown rather than a recalled one."))
        : Section("published", "Published, not comparable",
            El("p", $"{PublishedFigures.Source}. These figures stand apart because the numbers above carry flags " +
                $"({string.Join(", ", report.Flags.Select(f => f.Flag))}) that they do not."),
            Table("Published figures on NAS-Bench-201", ["method", "n", "CIFAR-10", "CIFAR-100", "ImageNet16-120"],
                report.Published.Select(p => (IReadOnlyList<object?>)
                    [p.Method, p.N?.ToString() ?? Numbers.Absent, Accuracy(p.Cifar10), Accuracy(p.Cifar100), Accuracy(p.ImageNet16)]), 1, 2, 3, 4));

    private static string Accuracy(PublishedAccuracy? a) => a is null ? Numbers.Absent : Numbers.Points(a.Mean) + (a.Sd is { } sd ? $" ± {Numbers.Points(sd)}" : "");
}
