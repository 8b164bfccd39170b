using System.Globalization;
using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Server.Access;
using NasFarm.Server.Comparisons;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Compare;

/// <summary>The comparison of a sweep's arms as the report has it; of several sweeps, side by side.</summary>
internal static class ComparePage
{
    /// <summary>Sweeps side by side at most.</summary>
    public const int MostSweeps = 6;

    /// <summary>Runs that the page lists one by one at most; a sweep's own page lists all.</summary>
    private const int MostListed = 200;

    /// <summary>Runs that the page draws one by one at most.</summary>
    private const int MostDrawn = 2000;

    private static readonly string[] Drawn = ["seeds", "cost"];

    /// <summary>One sweep: every section of the report but what needs all curves.</summary>
    public static PageContent Of(ComparedSweep compared)
    {
        var (result, report) = compared;
        var id = Uri.EscapeDataString(report.SweepId);
        var sections = HtmlReport.Sections(result, report).Where(s => s.Attribute("id")!.Value is var name
            && (name != "runs" || result.Runs.Count <= MostListed) && (!Drawn.Contains(name) || result.Runs.Count <= MostDrawn)).ToList();
        return new($"Comparison of {report.Name}",
            El("p", Class("crumbs"), "Sweep ", El("a", At("href", $"/sweeps/{id}"), report.Name)),
            El("h1", $"Comparison of {report.Name}"),
            El("p", Class("soft"), $"{string.Join(", ", report.Settings)} · {report.Declared}"),
            HtmlReport.Banner(report),
            El("p", Class("links"), El("a", At("href", $"/api/v1/sweeps/{id}/report"), "Report with curves, as one file"), El("a", At("href", $"/compare?with={id}"), "Hold another sweep against it")),
            result.Runs.Count > MostDrawn ? El("p", Class("soft"), $"{Wording.Count(result.Runs.Count)} runs are too many to draw one by one here; the report draws them.") : null,
            HtmlReport.Contents(sections),
            sections);
    }

    /// <summary>Several sweeps.</summary>
    public static PageContent Of(IReadOnlyList<ComparedSweep> compared)
    {
        var reports = compared.Select(c => c.Comparison).ToList();
        return new("Comparison of sweeps",
            El("h1", $"{reports.Count} sweeps side by side"),
            El("p", Class("soft"), "Sweeps were not planned together: their numbers stand beside each other and are not tested against each other."),
            Section("verdicts", "What each found", Table("Verdicts", ["sweep", "runs", "verdict"], reports.Select(r => (IReadOnlyList<object?>)
                [Link(r), El("span", Class("prose"), r.Declared.ToString()), El("span", Class("prose"), El("strong", r.Verdict.Headline), " ", r.Verdict.Text)]))),
            Section("scores", "Arms", Table("Arms of all sweeps", ["sweep", "arm", "measure", "n", "mean", "SD", "range", "collapsed"], reports.SelectMany(Rows), 3, 4, 5, 6, 7),
                El("p", Class("soft"), "Test accuracies in %; SD over seeds. Each sweep by its main measure.")),
            Section("seeds", "Every seed", El("div", Class("figures"), reports.Where(r => r.Main is not null).Select(Strip))));
    }

    /// <summary>Which sweeps?</summary>
    public static PageContent Choose(SweepPage sweeps, IReadOnlySet<string> chosen) => new("Compare",
        El("h1", "Compare"),
        sweeps.Sweeps.Count == 0
            ? El("div", Class("empty"), El("p", "There is nothing to compare yet: this farm has no sweeps."), El("pre", "nasfarm submit manifests/quickstart.yaml"))
            : El("form", At("method", "get"), At("action", "/compare"),
                El("fieldset", El("legend", $"One sweep for its arms, or up to {MostSweeps} side by side"),
                    El("ul", Class("choices"), sweeps.Sweeps.Select(s => El("li", El("label",
                        El("input", At("type", "checkbox"), At("name", "sweep"), At("value", s.Sweep.SweepId), chosen.Contains(s.Sweep.SweepId) ? At("checked", "checked") : null),
                        " ", s.Sweep.Name, " ", El("span", Class("soft"), El("code", s.Sweep.SweepId), $" · {Wording.Count(s.Sweep.Counts.Finished)} of {Wording.Count(s.Sweep.Counts.Declared)} finished")))))),
                El("button", At("type", "submit"), "Compare")));

    private static XElement Link(ComparisonReport report) => El("a", At("href", $"/compare?sweep={Uri.EscapeDataString(report.SweepId)}"), report.Name);

    private static IEnumerable<IReadOnlyList<object?>> Rows(ComparisonReport report) => report.Main is not { } main
        ? [[Link(report), "", "no score yet", "", "", "", "", ""]]
        : report.Arms.Select(arm => (Arm: arm, Score: arm.On(main.Id))).Select((x, i) => (IReadOnlyList<object?>)
        [
            i == 0 ? Link(report) : El("span", Class("unseen"), report.Name), x.Arm.Label, El("span", Class("short"), main.Label), x.Score?.N ?? 0, Numbers.Points(x.Score?.Mean), Numbers.Points(x.Score?.Sd),
            x.Score is { N: > 0 } s ? $"{Numbers.Points(s.Min)}–{Numbers.Points(s.Max)}" : Numbers.Absent, x.Arm.Structural.ToString(),
        ]);

    private static XElement Strip(ComparisonReport report) => El("figure",
        DotStrip.Draw([.. report.Arms.Index().Where(a => a.Item.On(report.Main!.Id) is { N: > 0 })], report.Main!),
        El("figcaption", string.Create(CultureInfo.InvariantCulture, $"{report.Name}: {report.Main!.Label}")));
}
