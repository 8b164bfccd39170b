using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Pairs of arms, and every p value of the sweep.</summary>
internal static class ContrastsSection
{
    public static IEnumerable<ReportFigure> Figures(ComparisonReport report) => RatioForest.Draw(report) is { } forest ? [forest] : [];

    public static XElement? Of(ComparisonReport report)
    {
        var shown = report.Contrasts.Where(c => c.Refused is null).ToList();
        if (shown.Count == 0) return null;
        var label = report.Measures.ToDictionary(m => m.Id, m => m.Label);
        var main = shown.Where(c => c.Measure == report.MainMeasure).ToList();
        var table = Table("Contrasts on the main measure",
            [
                "A / B", "pairs", "A − B", "ρ", "SD ratio", "95 % of ratio", "Brown–Forsythe p", "power", "finds",
                "Pitman–Morgan p", "P(A > B)", "collapse p", "outcome p",
            ],
            main.Select(c => Row(c, report.Looks is { StoppedEarly: true })), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        if (main.FindIndex(c => c.Primary) is >= 0 and var i) table.Descendants("tbody").Single().Elements("tr").ElementAt(i).Add(Class("primary"));
        var level = report.Looks is null ? "" : $" Here it decides at p below {SequentialLooks.Level(report.Looks.Current.Level)}: see the looks.";
        return Section("contrasts", "Arms against each other",
            El("p", report.Predeclared.PrimaryA is null ? "No primary contrast was declared."
                : $"Predeclared: {report.Predeclared.PrimaryA} against {report.Predeclared.PrimaryB}, Brown–Forsythe on {report.Main?.Label}, uncorrected.{level} " +
                  $"Every other p is corrected by Holm over all {report.PValues.Count(p => !p.Primary)} of the sweep, shown here or not."),
            Figures(report).Any() ? ReportFigure.Grid(Figures(report)) : null,
            table,
            El("p", Class("soft"), "SD ratio below 1: A varies less; the ratio of variances and its interval are the squares. ρ: correlation of the arms over shared seeds. Power: of " +
                "Brown–Forsythe at a true SD ratio of 3, at the tabulated n just below. Finds: smallest true SD ratio that it finds with 80 % power at this n, by simulation with normal scores. " +
                "Pitman–Morgan compares paired variances."),
            main.All(c => c.SdRatioBca is null && c.FlignerKilleen is null) ? null : new object[]
            {
                El("h3", "Sensitivity"),
                Table("Sensitivity of the contrasts", ["A / B", "95 % of SD ratio, BCa", "IQR ratio", "95 % of IQR ratio", "Fligner–Killeen p", "Pitman–Morgan on ranks p", "without diverged p"],
                    main.Select(c => (IReadOnlyList<object?>)
                    [
                        $"{c.A} / {c.B}", Numbers.Points(c.SdRatioBca), Numbers.Points(c.IqrRatio), Numbers.Points(c.IqrRatioBootstrap),
                        Read(c.FlignerKilleen), Read(c.PitmanMorganRanks), Read(c.WithoutDiverged),
                    ]), 1, 2, 3, 4, 5, 6),
                El("p", Class("soft"), "The same questions asked in ways that forgive single seeds. An IQR leaves out the outer half of the seeds, collapses with it: it never leads a verdict."),
            },
            El("details", El("summary", $"All {report.PValues.Count} p values"),
                Table("All p values", ["test", "of", "statistic", "p", "Holm"],
                    report.PValues.Select(p => (IReadOnlyList<object?>)
                        [p.Name, p.Subject, Numbers.Short(p.Statistic), Numbers.P(p.P), p.Primary ? "predeclared" : Numbers.P(p.Read)]), 2, 3, 4)),
            shown.Count == main.Count ? null : El("details", El("summary", "Contrasts on other measures"),
                Table("Contrasts on other measures", ["A / B", "measure", "pairs", "SD ratio", "95 % of ratio", "Brown–Forsythe p (Holm)"],
                    shown.Except(main).Select(c => (IReadOnlyList<object?>)
                        [$"{c.A} / {c.B}", label[c.Measure], c.Pairs, Numbers.Points(c.SdRatio), Ratio(c), Read(c.BrownForsythe)]), 2, 3, 4, 5)));
    }

    private static IReadOnlyList<object?> Row(Contrast c, bool stoppedEarly) =>
    [
        $"{c.A} / {c.B}", c.Pairs, Numbers.Points(c.MeanDifference), Numbers.Points(c.Rho), Numbers.Points(c.SdRatio),
        stoppedEarly ? new object[] { Ratio(c), " ", El("span", Class("flag"), Flags.StoppedEarly) } : Ratio(c), Read(c.BrownForsythe),
        Numbers.Points(c.Power), Numbers.Points(c.DetectableSdRatio), Read(c.PitmanMorgan),
        Numbers.Chance(c.Superiority), Read(c.StructuralCollapse), Read(c.OutcomeCollapse),
    ];

    private static object Ratio(Contrast c) => ScoresSection.Spread(c.SdRatioBootstrap, c.SdRatioNormal);

    private static string Read(PValue? p) => p is null ? Numbers.Absent : Numbers.P(p.Read);
}
