using System.Globalization;
using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Pages.Frame;
using NasFarm.Server.Pages.Grid;
using NasFarm.Server.Pages.Sweeps;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Sweep;

/// <summary>What a sweep's page shows.</summary>
/// <param name="Listed">The sweep and its state.</param>
/// <param name="Grid">Its runs.</param>
/// <param name="Attention">The first that run, failed or wait, each with its reason.</param>
/// <param name="Query">Which runs the list below shows.</param>
/// <param name="MayControl">Who looks is an operator there.</param>
/// <param name="Operation">Id of the command that a form of this page would give: sending it twice does it once.</param>
internal sealed record SweepModel(ListedSweep Listed, SeedGrid Grid, IReadOnlyList<RunStatus> Attention, RunList.Query Query, bool MayControl, string Operation);

/// <summary>One sweep: what stands where, arm by arm and run by run.</summary>
internal static class SweepPage
{
    /// <summary>The page.</summary>
    public static PageContent Of(SweepModel model, Surroundings around, DateTimeOffset now)
    {
        var sweep = model.Listed.Sweep;
        var id = Uri.EscapeDataString(sweep.SweepId);
        return new(sweep.Name,
            El("h1", sweep.Name, " ", El("span", At("id", "state"), At("data-part", ""), SweepsPage.Chip(model.Listed.State))),
            El("p", Class("soft"), El("code", sweep.SweepId), $" · {sweep.Tenant} · accepted ", Wording.Ago(sweep.AcceptedAt, now),
                string.Create(CultureInfo.InvariantCulture, $" · priority {sweep.Priority} · "), El("span", At("id", "live"), "as of this reading")),
            El("div", At("id", "sum"), At("data-part", ""),
                sweep.Paused is { } paused ? El("p", Class("banner warn"), paused) : null,
                SweepsPage.Bar(sweep.Counts), El("p", Class("counts"), Wording.Sum(sweep.Counts)), Looks(sweep)),
            El("p", Class("links"), El("a", At("href", $"/compare?sweep={id}"), "Comparison"), El("a", At("href", $"/api/v1/sweeps/{id}/report"), "Report"),
                El("a", At("href", $"/api/v1/sweeps/{id}/export/sweep.json"), "Export"), El("a", At("href", $"/api/v1/sweeps/{id}/export/runs.csv"), "Runs as CSV")),
            model.MayControl ? El("div", At("id", "controls"), At("data-part", ""), SweepControls.Buttons(model.Listed, around, model.Operation)) : null,
            Section("arms", "Arms", Aggregate(model.Grid.Aggregate(sweep.SweepId), model.Grid)),
            Section("grid", "Runs by arm and seed", Legend(),
                GridTable.Fits(model.Grid) ? GridTable.Draw(model.Grid)
                    : new object[] { GridMap.Draw(model.Grid), El("p", Class("soft"), El("span", At("id", "under"), "Each mark is a run, seeds from left to right, a hundred in a line."), " ",
                        El("a", At("href", "#runs"), "The same as a list")) }),
            Attention(model.Attention, sweep),
            RunList.Draw(sweep.SweepId, model.Grid, model.Query))
        {
            Scripts = ["sweep.js", "parts.js"],
            Data = [("events", $"/api/v1/sweeps/{id}/events"), ("cells", $"/sweeps/{id}/cells"), ("arms", string.Join('\n', model.Grid.Rows.Select(r => r.Arm)))],
        };
    }

    private static XElement? Looks(SweepSummary sweep) => sweep.Looks is not { } looks ? null : El("p", Class("soft"), string.Create(CultureInfo.InvariantCulture,
        $"Looks after {string.Join(", ", looks.Seeds)} seeds: {looks.Taken.Count} taken, {(looks.StoppedEarly ? $"stopped early, {sweep.Counts.NotNeeded} runs not needed" : looks.IsOver ? "over" : $"look {looks.Open} comes after {looks.Seeds[looks.Open - 1]} seeds")}"),
        looks.Taken.Count == 0 ? null : $"; {looks.Taken[^1].Sentence}");

    /// <summary>The arms in numbers; sweep.js writes into the same cells.</summary>
    private static object Aggregate(SweepAggregate aggregate, SeedGrid grid)
    {
        string[] header = ["arm", "finished", "running", "waiting", "failed", "cancelled", "n", "mean", "SD", "lowest", "highest", "collapsed"];
        return new object[]
        {
            El("div", Class("scroll"), At("role", "region"), At("aria-label", "Arms in numbers, table"), At("tabindex", "0"),
                El("table", At("id", "aggregate"),
                    El("caption", Class("unseen"), "Arms in numbers"),
                    El("thead", El("tr", header.Select((h, c) => El("th", At("scope", "col"), c == 0 ? null : Class("number"), h)))),
                    El("tbody", aggregate.Arms.Select(arm => Row(arm, grid.CollapsesOf(arm.Arm)))))),
            El("p", Class("soft"), "Test accuracy in % of retrained networks, over seeds; SD: standard deviation (n − 1). Collapsed: finished runs whose cell meets the space's definition, diverged searches included."),
        };
    }

    private static XElement Row(ArmAggregate arm, (int Collapsed, int Of) collapses)
    {
        XElement Cell(string of, string text) => El("td", Class("number"), At("data-of", of), text);
        return El("tr", At("data-arm", arm.Arm), El("th", At("scope", "row"), arm.Arm),
            Cell("finished", Wording.Count(arm.Finished)), Cell("running", Wording.Count(arm.Running)), Cell("waiting", Wording.Count(arm.Waiting)),
            Cell("failed", Wording.Count(arm.Failed)), Cell("cancelled", Wording.Count(arm.Cancelled)), Cell("scored", Wording.Count(arm.Scored)),
            Cell("meanAccuracy", Numbers.Points(arm.MeanAccuracy)), Cell("standardDeviation", Numbers.Points(arm.StandardDeviation)),
            Cell("lowest", Numbers.Points(arm.Lowest)), Cell("highest", Numbers.Points(arm.Highest)), Cell("collapsed", $"{Wording.Count(collapses.Collapsed)} of {Wording.Count(collapses.Of)}"));
    }

    private static XElement Legend() => El("ul", Class("key"), At("aria-label", "Signs"), SeedGrid.Looks.Select(look => El("li",
        Analysis.Report.Svg.Drawing.Shape("svg", At("viewBox", "0 0 10 10"), Class("figure sign"), At("aria-hidden", "true"),
            Analysis.Report.Svg.Drawing.Path($"mark {look}", $"M0 0{GridMap.Shape(look)}")),
        look)));

    private static XElement Attention(IReadOnlyList<RunStatus> runs, SweepSummary sweep)
    {
        var shown = runs.Where(r => r.State is SeedRunState.Running or SeedRunState.Failed or SeedRunState.Waiting).ToList();
        return El("div", At("id", "now"), At("data-part", ""), shown.Count == 0 ? null : Section("now-runs", "What runs, failed and waits",
            sweep.Counts.Running + sweep.Counts.Failed + sweep.Counts.Waiting > shown.Count ? El("p", Class("soft"), $"The first {shown.Count}; the list below has all.") : null,
            Table("What runs, failed and waits", ["run", "seed", "state", "where", "why"], shown.Select(run => (IReadOnlyList<object?>)
            [
                El("a", At("href", $"/runs/{Uri.EscapeDataString(run.RunId)}"), run.Arm), run.SearchSeed, El("span", Class($"chip {Wording.State(run.State)}"), Wording.State(run.State)),
                El("span", Class("short"), run.Phase is { } phase ? $"phase {phase}" : $"retrain {run.RetrainsDone} of {run.RetrainsWanted}"),
                El("span", Class("prose"), run.ReasonText is { Length: > 0 } text ? text
                    : run.State == SeedRunState.Running ? string.Create(CultureInfo.InvariantCulture, $"attempt {run.Attempts}") : run.Reason ?? "queued; its page says when it may start"),
            ]), 1)));
    }
}
