using System.Globalization;
using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Server.Pages.Frame;
using NasFarm.Server.Pages.Grid;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Sweep;

/// <summary>Every run of a sweep in words, a page at a time: what the grid says, for those who read lists.</summary>
internal static class RunList
{
    /// <summary>Rows of a page.</summary>
    public const int PerPage = 50;

    /// <summary>Which runs are wanted.</summary>
    /// <param name="Look">Null: any.</param>
    /// <param name="Arm">Null: any.</param>
    /// <param name="Page">From 1.</param>
    public sealed record Query(string? Look = null, string? Arm = null, int Page = 1);

    /// <summary>The section.</summary>
    public static XElement Draw(string sweepId, SeedGrid grid, Query query)
    {
        var fitting = grid.Cells.Where(c => (query.Look is null || c.Look == query.Look) && (query.Arm is null || c.Run.Arm == query.Arm)).ToList();
        var pages = Math.Max(1, (fitting.Count + PerPage - 1) / PerPage);
        var page = Math.Clamp(query.Page, 1, pages);
        var shown = fitting.Skip((page - 1) * PerPage).Take(PerPage).ToList();
        return Section("runs", "All runs", Filter(sweepId, grid, query),
            El("div", At("id", "list"), At("data-part", ""),
                shown.Count == 0 ? El("p", "No run fits.") : Table("Runs", ["run", "seed", "state", "accuracy in %", "id"], shown.Select(c => (IReadOnlyList<object?>)
                [
                    El("a", At("href", $"/runs/{Uri.EscapeDataString(c.Run.RunId)}"), grid.Rows[c.Row].Label), new SeedPair(c.Run.SearchSeed, c.Run.DataOrderSeed),
                    El("span", Class($"chip {c.Look}"), c.Look), Numbers.Points(c.Run.Accuracy), El("code", Class("short"), c.Run.RunId),
                ]), 1, 3),
                Pages(sweepId, query with { Page = page }, pages, fitting.Count)));
    }

    private static XElement Filter(string sweepId, SeedGrid grid, Query query) => El("form", At("method", "get"), At("action", $"/sweeps/{Uri.EscapeDataString(sweepId)}#runs"), Class("filter"),
        El("label", "Arm ", El("select", At("name", "arm"), Options(grid.Rows.Select(r => r.Arm).Distinct(), query.Arm))),
        El("label", "State ", El("select", At("name", "look"), Options(SeedGrid.Looks, query.Look))),
        El("button", At("type", "submit"), "Show"));

    private static IEnumerable<XElement> Options(IEnumerable<string> values, string? chosen) =>
        values.Select(v => El("option", At("value", v), v == chosen ? At("selected", "selected") : null, v)).Prepend(El("option", At("value", ""), "any"));

    private static XElement? Pages(string sweepId, Query query, int pages, int runs) => pages == 1 ? null : El("nav", At("aria-label", "Pages of the list"),
        query.Page > 1 ? El("a", At("href", Link(sweepId, query with { Page = query.Page - 1 })), At("rel", "prev"), "Previous") : null,
        El("span", $"page {query.Page} of {pages}, {Wording.Count(runs, "run")}"),
        query.Page < pages ? El("a", At("href", Link(sweepId, query with { Page = query.Page + 1 })), At("rel", "next"), "Next") : null);

    private static string Link(string sweepId, Query query) => string.Create(CultureInfo.InvariantCulture,
        $"/sweeps/{Uri.EscapeDataString(sweepId)}?arm={Uri.EscapeDataString(query.Arm ?? "")}&look={Uri.EscapeDataString(query.Look ?? "")}&page={query.Page}#runs");
}
