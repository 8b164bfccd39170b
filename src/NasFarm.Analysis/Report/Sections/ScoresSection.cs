using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Statistics;
using NasFarm.Analysis.Tables;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>The arms in numbers, one table per measure.</summary>
internal static class ScoresSection
{
    public static XElement? Of(ComparisonReport report)
    {
        if (report.Measures.Count == 0) return null;
        return Section("scores", "Arms in numbers",
            report.Measures.OrderBy(m => m.Id == report.MainMeasure ? 0 : 1).Select(m => new object[]
            {
                El("h3", $"{report.Route(m)}{(m.Id == report.MainMeasure ? " (main measure)" : "")}"),
                Table($"Scores on {m.Label}", ["arm", "n", "mean", "95 % of mean", "range", "IQM", "SD", "95 % of SD", "P(better than random)", "flags"],
                    report.Arms.Where(a => a.On(m.Id)!.N > 0).Select(a => Row(a, a.On(m.Id)!)), 1, 2, 3, 4, 5, 6, 7, 8),
                El("ul", report.Arms.SelectMany(a => Remarks(a, a.On(m.Id)!)).Select(r => El("li", r))) is var remarks && remarks.HasElements ? remarks : "",
            }),
            El("p", Class("soft"), "Accuracies in %. – : not allowed at this n or not known. " +
                $"Bootstrap: studentised (BCa above {SeedBootstrap.MostForStudentised} seeds), {report.Resampling.Resamples} resamples of seeds, the same for all arms."));
    }

    private static IReadOnlyList<object?> Row(ArmReport arm, ArmScore score) =>
    [
        arm.Label, ArmText.Counted(score.N, arm), Numbers.Points(score.Mean), Numbers.Points(score.MeanInterval), $"{Numbers.Points(score.Min)}–{Numbers.Points(score.Max)}",
        Numbers.Points(score.InterquartileMean), Numbers.Points(score.Sd),
        Spread(score.SdBootstrap, score.SdNormal),
        Numbers.Chance(score.BetterThanRandom),
        El("span", Class("flags"), HtmlReport.FlagList(score.Flags)),
    ];

    /// <summary>The bootstrap's interval, else the one that assumes normal, with those words.</summary>
    internal static object Spread(Interval? bootstrap, Interval? normal) => bootstrap is null && normal is not null
        ? new object[] { Numbers.Points(normal), El("br"), El("span", Class("soft"), "assumes normal") }
        : Numbers.Points(bootstrap);

    private static IEnumerable<string> Remarks(ArmReport arm, ArmScore score)
    {
        if (score.N == 0) yield break;
        if (score.WithoutDiverged is { } kept)
            yield return $"{arm.Label} without diverged runs (sensitivity): n {kept.N}, mean {Numbers.Points(kept.Mean)}, SD {Numbers.Points(kept.Sd)}.";
        if (score.SdUser is { } user)
        {
            yield return $"{arm.Label}: SD of the search {Numbers.Points(score.Sd)}, SD a user sees {Numbers.Points(user)} " +
                $"(0.31 of one training added){(score.AtTableNoise ? "; at table noise" : "")}.";
        }
        if (score.Components is { } c)
            yield return $"{arm.Label}: {ArmText.Components(c)}.";
        if (score.NotDistinguishableFromRandom) yield return $"{arm.Label} is not distinguishable from random.";
    }
}
