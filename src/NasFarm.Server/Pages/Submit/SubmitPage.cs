using System.Globalization;
using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Server.Pages.Frame;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Submit;

/// <summary>What the editor shows.</summary>
/// <param name="Manifest">The text in it.</param>
/// <param name="Errors">What is wrong in it; null: nobody has looked.</param>
/// <param name="Plan">What it would run; null: not asked.</param>
/// <param name="Problem">Why it was not taken, where its text is right.</param>
internal sealed record SubmitModel(string Manifest, IReadOnlyList<ManifestError>? Errors = null, PlanReport? Plan = null, string? Problem = null);

/// <summary>An editor for a manifest: checked as one types, planned, submitted.</summary>
internal static class SubmitPage
{
    /// <summary>The page.</summary>
    public static PageContent Of(SubmitModel model, Surroundings around) => new("Submit a manifest",
        El("h1", "Submit a manifest"),
        El("p", "A manifest names methods, a search space, data and seeds. Submitting the same one again is the same sweep: what the farm knows is not run twice."),
        El("p", "Start from ", Templates.Names.Select((name, i) => new object[] { i > 0 ? ", " : "", El("a", At("href", $"/submit?template={Uri.EscapeDataString(name)}"), name) })),
        Layout.Form(around, "/submit",
            El("label", At("for", "manifest"), "Manifest, YAML"),
            El("div", Class("editor"),
                El("pre", Class("gutter"), At("id", "gutter"), At("aria-hidden", "true"), Gutter(model)),
                El("textarea", At("id", "manifest"), At("name", "manifest"), At("spellcheck", "false"), At("autocomplete", "off"), At("autocapitalize", "off"), At("wrap", "off"),
                    At("rows", 28), At("aria-describedby", "problems"), model.Errors is { Count: > 0 } ? At("aria-invalid", "true") : null, "\n" + model.Manifest)),
            El("div", At("id", "problems"), At("role", "status"), Problems(model)),
            El("div", Class("controls"),
                El("button", At("type", "submit"), At("name", "do"), At("value", "check"), At("id", "check"), "Check"),
                El("button", At("type", "submit"), At("name", "do"), At("value", "plan"), At("id", "plan-button"), "Show the plan"),
                El("button", At("type", "submit"), At("name", "do"), At("value", "submit"), Class("primary"), "Submit"))),
        El("div", At("id", "plan"), model.Plan is { } plan ? Planned(plan) : null))
    { Scripts = ["submit.js"], Data = [("check", "/api/v1/manifests/check"), ("plan", "/api/v1/plan")] };

    private static IEnumerable<object> Gutter(SubmitModel model)
    {
        var wrong = (model.Errors ?? []).Select(e => e.Place.Line).ToHashSet();
        return Enumerable.Range(1, model.Manifest.Count(c => c == '\n') + 1).Select(line => El("span", wrong.Contains(line) ? Class("wrong") : null, $"{line}\n"));
    }

    private static object? Problems(SubmitModel model) => (model.Problem, model.Errors) switch
    {
        ({ } problem, _) => El("p", Class("banner warn"), problem),
        (_, null) => null,
        (_, []) => El("p", Class("right"), "Nothing is wrong with it."),
        (_, var errors) => El("ol", Class("problems"), errors.Select(e => El("li", El("a", At("href", "#manifest"), At("data-line", e.Place.Line), $"Line {e.Place.Line}"),
            e.Place.Path.Length > 0 ? new object[] { " ", El("code", e.Place.Path) } : null, $": {e.Message}"))),
    };

    private static XElement Planned(PlanReport plan) => Section("planned", "What it would run",
        El("p", El("strong", plan.Name), string.Create(CultureInfo.InvariantCulture, $": {Wording.Count(plan.Runs, "seed-run")}, {Wording.Count(plan.RetrainJobs, "retrain job")}, tenant {plan.Tenant}")),
        Table("Arms of the plan", ["arm", "method", "runs", "epochs of a search", "retrain jobs"], plan.Arms.Select(a => (IReadOnlyList<object?>)
            [a.Arm, a.Method, a.Cost.Runs, Epochs(a.Cost), a.Cost.RetrainJobs]), 2, 3, 4),
        El("p", plan.Evidence),
        El("p", plan.Comparison.PrimaryA is { } first ? $"Primary contrast: {first} against {plan.Comparison.PrimaryB}, budget match {plan.Comparison.BudgetMatch}." : "No primary contrast is declared."),
        plan.Store is not { Count: > 0 } store ? null
            : El("p", $"Against the farm: {string.Join(", ", store.Select(s => $"{Wording.Count(s.Value)} {Wording.Plain(System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(s.Key.ToString()))}"))}."),
        plan.Changes.Count == 0 ? null : El("ul", plan.Changes.Take(20).Select(c => El("li", $"{c.RunId} ({c.Arm}): {c.Sentence}"))));

    private static string Epochs(ArmCost cost) => (cost.LeastEpochs, cost.MostEpochs) switch
    {
        (_, 0) => Numbers.Absent,
        var (least, most) when least == most => Wording.Count(most),
        var (least, most) => $"{Wording.Count(least)} to {Wording.Count(most)}",
    };
}
