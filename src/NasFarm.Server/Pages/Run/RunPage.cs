using System.Globalization;
using System.Xml.Linq;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Run;

/// <summary>What a run's page shows.</summary>
/// <param name="Run">Everything the store knows.</param>
/// <param name="History">What counts of what it measured and decided.</param>
/// <param name="Waits">Why its units are not further; null: nothing is open.</param>
/// <param name="Against">Another run to hold it against; null: none.</param>
internal sealed record RunModel(RunDetails Run, RunHistory History, RunExplanation? Waits, ComparedRun? Against);

/// <summary>The other run of a comparison of two.</summary>
internal sealed record ComparedRun(RunDetails Run, RunHistory History);

/// <summary>One run: its phases, curves, cell and attempts.</summary>
internal static class RunPage
{
    /// <summary>The page.</summary>
    public static PageContent Of(RunModel model, DateTimeOffset now)
    {
        var run = model.Run;
        var sweep = run.Sweeps.Count > 0 ? run.Sweeps[0] : null;
        var name = $"{sweep?.Arm ?? run.Spec.Method}, seed {Seeds(run.Spec)}";
        return new(name,
            sweep is null ? null : El("p", Class("crumbs"), "Sweep ", run.Sweeps.Select((s, i) => new object[]
                { i > 0 ? ", " : "", El("a", At("href", $"/sweeps/{Uri.EscapeDataString(s.SweepId)}"), s.Name) })),
            El("h1", name),
            El("p", Class("soft"), El("code", run.RunId), string.Create(CultureInfo.InvariantCulture,
                $" · {run.Spec.Method} in {run.Spec.Space.Name} C{run.Spec.Space.Channels} N{run.Spec.Space.Cells} on {run.Spec.Data.Name} · {run.Spec.Tenant}")),
            El("div", At("id", "standing"), At("data-part", ""), Standing(run), Waits(model.Waits)),
            El("div", At("id", "phases"), At("data-part", ""), Section("timeline", "Phases and retrain jobs", RunTimeline.Draw(run, now), RunTimeline.Decisions(run))),
            El("div", At("id", "curves"), At("data-part", ""), RunCurves.Draw(model)),
            El("div", At("id", "genotype"), At("data-part", ""), Cell(model)),
            El("div", At("id", "tries"), At("data-part", ""), RunAttempts.Draw(run)))
        {
            Scripts = model.Waits is null ? [] : ["parts.js"],
            Data = model.Waits is null || sweep is null ? [] : [("events", $"/api/v1/sweeps/{Uri.EscapeDataString(sweep.SweepId)}/events"), ("run", run.RunId)],
        };
    }

    /// <summary>The search seed, with the data-order seed where it differs.</summary>
    public static string Seeds(SeedRunSpec spec) => spec.SearchSeed == spec.DataOrderSeed
        ? spec.SearchSeed.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{spec.SearchSeed}/{spec.DataOrderSeed}");

    private static XElement Standing(RunDetails run)
    {
        var done = run.Units.Count(u => u.State == "done");
        var outcomes = run.Units.Where(u => u is { Kind: UnitKind.Retrain, Outcome: not null }).Select(RetrainScore.Of).ToList();
        return El("p", El("span", Class($"chip {run.SearchState}"), $"search {run.SearchState}"), run.Diverged ? El("span", Class("chip diverged"), "diverged") : null,
            run.NumericsChanged ? El("span", Class("chip"), "numerics changed") : null,
            $" {done} of {Wording.Count(run.Units.Count, "known unit")} done",
            outcomes.Count == 0 ? null : $" · test accuracy {string.Join(", ", outcomes.Select(o => Wording.Accuracy(o.TestAccuracy)))} %");
    }

    private static XElement? Waits(RunExplanation? waits)
    {
        var open = waits?.Units.Where(u => u.State != "done").ToList();
        return open is not { Count: > 0 } ? null : El("ul", Class("waits"), open.Select(unit => El("li",
            El("strong", $"{unit.What}, {unit.State}"), unit.Reason is { } reason ? El("span", $" ({Wording.Plain(reason)})") : null, $": {unit.Sentence}",
            unit.ExpectedStart is { } at ? new object[] { " (", Wording.Instant(at), ")" } : null)));
    }

    private static XElement Cell(RunModel model)
    {
        var own = Parse(model.Run);
        var against = model.Against is { } other ? Parse(other.Run) : null;
        return Section("cell", "Cell", own is null
            ? El("p", "The search has not derived a cell yet.")
            : new object?[]
            {
                GenotypePictures.Draw(own, against, model),
                model.Against is null ? null : GenotypeDifference.Draw(own, against, RunPage.Seeds(model.Run.Spec), Name(model.Against.Run)),
                GenotypePictures.Text(own),
            },
            Against(model));
    }

    /// <summary>A form and a link that hold the run against another.</summary>
    private static XElement Against(RunModel model) => El("form", At("method", "get"), At("action", $"/runs/{Uri.EscapeDataString(model.Run.RunId)}#cell"), Class("filter"),
        El("label", "Hold it against run ", El("input", At("type", "text"), At("name", "against"), model.Against is { } a ? At("value", a.Run.RunId) : null)),
        El("button", At("type", "submit"), "Show"),
        El("a", At("href", $"/runs/{Uri.EscapeDataString(model.Run.RunId)}?against=previous#cell"), "the same arm's previous seed"));

    /// <summary>How another run is called beside this one.</summary>
    public static string Name(RunDetails run) => $"{(run.Sweeps.Count > 0 ? run.Sweeps[0].Arm : run.Spec.Method)}, seed {Seeds(run.Spec)}";

    private static Genotype? Parse(RunDetails run)
    {
        try
        {
            return run.Genotype is { } text ? GenotypeText.Parse(run.Spec.Space.Name, text) : null;
        }
        catch (Exception e) when (e is GenotypeFormatException or ArgumentException)
        {
            return null;
        }
    }
}
