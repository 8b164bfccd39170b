using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Looks at the growing sweep: what each asked and what came of it.</summary>
internal static class LooksSection
{
    public static XElement? Of(ComparisonReport report)
    {
        if (report.Looks is not { } looks) return null;
        return Section("looks", "Looks",
            El("p", looks.Sentence),
            Table("Looks", ["look", "seeds per arm", "decides at p below", "|z|", "level spent", "p", "came of it"],
                looks.Planned.Select(look => (IReadOnlyList<object?>)
                [
                    look.Look, look.Seeds, SequentialLooks.Level(look.Level), Numbers.Points(look.Boundary), SequentialLooks.Level(look.Spent),
                    looks.Taken.FirstOrDefault(t => t.Look == look.Look)?.P is { } p ? SequentialLooks.Level(p) : Numbers.Absent,
                    looks.Outcome(look),
                ]), 1, 2, 3, 4, 5),
            El("p", Class("soft"), $"Predeclared: {report.Predeclared.PrimaryA} against {report.Predeclared.PrimaryB}. Boundaries of the O'Brien–Fleming type " +
                "(Lan and DeMets' spending function) keep the level over all looks together."));
    }
}
