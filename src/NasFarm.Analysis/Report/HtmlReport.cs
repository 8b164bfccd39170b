using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Sections;
using NasFarm.Analysis.Report.Svg;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report;

/// <summary>A comparison as one HTML file: no script, no request to anywhere, readable offline, on paper, on a phone, light and dark.
/// The same sweep gives the same bytes.</summary>
public static class HtmlReport
{
    /// <summary>The whole document. <paramref name="report"/> must be the comparison of <paramref name="sweep"/>.</summary>
    public static string Render(SweepResult sweep, ComparisonReport report)
    {
        var shown = Sections(sweep, report);
        var document = El("html", At("lang", "en"),
            El("head",
                El("meta", At("charset", "utf-8")),
                El("meta", At("name", "viewport"), At("content", "width=device-width, initial-scale=1")),
                El("title", $"{report.Name} – {report.Verdict.Headline}"),
                El("style", "\n" + Drawing.Resource("report.css") + Drawing.Style)),
            El("body",
                Header(report),
                Contents(shown),
                El("main", shown)));
        return "<!DOCTYPE html>\n" + document.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>Every section that has something to say, in reading order.</summary>
    internal static IReadOnlyList<XElement> Sections(SweepResult sweep, ComparisonReport report)
    {
        if (sweep.SweepId != report.SweepId) throw new ArgumentException($"The comparison is of sweep {report.SweepId}, not of {sweep.SweepId}.");
        var arms = Series.Of(sweep.ToOpenLook()).Index().ToList();
        XElement?[] sections =
        [
            Section("notes", "Read this first", El("ul", report.Notes.Select(n => El("li", n)))),
            LooksSection.Of(report),
            SeedsSection.Of(report),
            ScoresSection.Of(report),
            ContrastsSection.Of(report),
            RankingSection.Of(report),
            CollapseSection.Of(report),
            TrajectoriesSection.Of(arms, report),
            SearchesSection.Of(report),
            CellsSection.Of(arms, report),
            CostSection.Of(arms, report),
            RunsSection.Of(sweep, report),
            PublishedSection.Of(report),
            RepeatSection.Of(sweep, report),
        ];
        return [.. sections.OfType<XElement>()];
    }

    /// <summary>Links to sections.</summary>
    internal static XElement Contents(IEnumerable<XElement> sections) => El("nav", At("aria-label", "Sections"),
        sections.Select(s => El("a", At("href", "#" + s.Attribute("id")!.Value), s.Element("h2")!.Value)));

    private static XElement Header(ComparisonReport report) => El("header",
        El("h1", report.Name),
        El("p", Class("soft"), $"{string.Join(", ", report.Settings)} · {report.Declared}"),
        Banner(report));

    /// <summary>The verdict.</summary>
    internal static XElement Banner(ComparisonReport report) => El("div", Class($"banner {Mood(report.Verdict.Kind)}"), At("role", "status"),
        El("strong", report.Verdict.Headline),
        El("p", report.Verdict.Text),
        report.Flags.Count == 0 ? null : El("p", El("span", Class("soft"), "Flags on these numbers: "), FlagList(report.Flags.Select(f => f.Flag))));

    /// <summary>Flags as small labels.</summary>
    internal static IEnumerable<object> FlagList(IEnumerable<string> flags) => flags.SelectMany(f => new object[] { El("span", Class("flag"), f), " " });

    private static string Mood(VerdictKind kind) => kind switch
    {
        VerdictKind.MoreStable => "good",
        VerdictKind.NoDifference or VerdictKind.LessStable => "",
        _ => "warn",
    };
}
