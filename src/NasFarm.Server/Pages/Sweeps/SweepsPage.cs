using System.Xml.Linq;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Sweeps;

/// <summary>The list of sweeps.</summary>
internal static class SweepsPage
{
    /// <summary>Rows of a page.</summary>
    public const int PerPage = 50;

    /// <summary>The page.</summary>
    /// <param name="page">What the question found.</param>
    /// <param name="query">The question.</param>
    /// <param name="now">For ages.</param>
    public static PageContent Of(SweepPage page, SweepQuery query, DateTimeOffset now)
    {
        var asked = query is not { Name: null, State: null };
        return new("Sweeps",
            El("h1", "Sweeps"),
            Filter(query),
            El("div", At("id", "list"), At("data-part", ""),
                page.Sweeps.Count > 0 ? List(page.Sweeps, now) : asked ? Nothing(query) : Empty(),
                page.Next is { } next ? El("p", El("a", At("href", Link(query with { After = next })), At("rel", "next"), "Older sweeps")) : null,
                query.After is null ? null : El("p", El("a", At("href", Link(query with { After = null })), "Newest sweeps"))))
        { Scripts = ["parts.js"], Data = [("refresh", "10")] };
    }

    /// <summary>All runs of a sweep as one bar: done, then running, then waiting. The words beside it say the same.</summary>
    public static XElement Bar(SweepCounts counts)
    {
        (string Look, int Runs)[] pieces =
        [
            ("finished", counts.Finished), ("failed", counts.Failed), ("cancelled", counts.Cancelled), ("running", counts.Running), ("waiting", counts.Waiting),
        ];
        var (x, all) = (0.0, Math.Max(1, counts.Declared));
        var shown = new List<XElement>();
        foreach (var (look, runs) in pieces)
        {
            var width = 200.0 * runs / all;
            if (runs > 0)
                shown.Add(Analysis.Report.Svg.Drawing.Rect($"piece {look}", x, 0, width, 10));
            x += width;
        }
        return Analysis.Report.Svg.Drawing.Shape("svg", At("viewBox", "0 0 200 10"), Class("figure progress"), At("aria-hidden", "true"), At("preserveAspectRatio", "none"), shown);
    }

    /// <summary>A state as a chip with a sign.</summary>
    public static XElement Chip(SweepState state)
    {
        var word = state.ToString().ToLowerInvariant();
        return El("span", Class($"chip {word}"), word);
    }

    private static XElement Filter(SweepQuery query) => El("form", At("method", "get"), At("action", "/"), Class("filter"), At("role", "search"),
        El("label", "Name or id ", El("input", At("type", "search"), At("name", "name"), query.Name is { } name ? At("value", name) : null)),
        El("label", "State ", El("select", At("name", "state"),
            El("option", At("value", ""), "any"),
            Enum.GetValues<SweepState>().Select(state => state.ToString().ToLowerInvariant()).Select(word =>
                El("option", At("value", word), query.State?.ToString().ToLowerInvariant() == word ? At("selected", "selected") : null, word)))),
        El("button", At("type", "submit"), "Show"));

    private static XElement List(IReadOnlyList<ListedSweep> sweeps, DateTimeOffset now) => El("ul", Class("sweeps"), sweeps.Select(listed =>
    {
        var (sweep, counts) = (listed.Sweep, listed.Sweep.Counts);
        return El("li",
            El("div", Class("title"), El("a", At("href", $"/sweeps/{Uri.EscapeDataString(sweep.SweepId)}"), sweep.Name), " ", Chip(listed.State)),
            El("div", Class("soft meta"), El("code", sweep.SweepId), $" · {sweep.Tenant} · accepted ", Wording.Ago(sweep.AcceptedAt, now),
                sweep.Priority == 0 ? null : $" · priority {sweep.Priority}"),
            Bar(counts),
            El("div", Class("counts"), Wording.Sum(counts)));
    }));

    private static XElement Nothing(SweepQuery query) => El("p", "No sweep fits",
        query.Name is { } name ? new object[] { " the name ", El("code", name) } : null, query.State is { } state ? $" in the state {state.ToString().ToLowerInvariant()}" : null, ". ",
        El("a", At("href", "/"), "Show all"));

    private static XElement Empty() => El("div", Class("empty"),
        El("p", "This farm has no sweeps yet."),
        El("p", El("a", At("href", "/submit"), "Submit a manifest here"), ", or from a terminal:"),
        El("pre", "nasfarm submit manifests/quickstart.yaml"));

    private static string Link(SweepQuery query) => "/?" + string.Join('&', new[]
    {
        query.Name is { } name ? $"name={Uri.EscapeDataString(name)}" : null,
        query.State is { } state ? $"state={state.ToString().ToLowerInvariant()}" : null,
        query.After is { } after ? $"after={Uri.EscapeDataString(after)}" : null,
    }.OfType<string>());
}
