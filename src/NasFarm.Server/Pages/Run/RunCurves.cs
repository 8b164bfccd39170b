using System.Text.Json;
using System.Xml.Linq;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Lineage;
using NasFarm.Farm.Store;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Server.Pages.Run;

/// <summary>What a search measured, over trained epochs: a panel per metric, the other run's curve behind it.</summary>
internal static class RunCurves
{
    private static readonly (string Metric, string Title)[] Metrics =
    [
        (SearchRecords.ValidAccuracy, "Validation accuracy in %"), ("train_accuracy", "Training accuracy in %"),
        (SearchRecords.LambdaMax, "λmax of the α Hessian"), (SearchRecords.AlphaEntropy, "Entropy of α, normalised"),
        (SearchRecords.AlphaMargin, "Margin of the two largest α"), (SearchRecords.SkipShare, "Share of skip connections"),
        (SearchRecords.LayerAlignment, "Λ, alignment of layers"),
    ];

    /// <summary>The section; null while nothing was measured.</summary>
    public static XElement? Draw(RunModel model)
    {
        var own = Result(model.Run, model.History);
        var other = model.Against is { } against ? Result(against.Run, against.History) : null;
        List<SeedRunResult> both = other is null ? [own] : [own, other];
        var panels = Metrics.Select(m =>
        {
            var (x, y) = TrajectoryPanel.Axes(both, m.Metric);
            return TrajectoryPanel.Draw(0, m.Title, both, m.Metric, m.Title, x, y);
        }).OfType<XElement>().ToList();
        return panels.Count == 0 ? null : Section("measured", "What the search measured",
            El("p", Class("legend"), "Over trained epochs, which never rewind: after a rollback a curve goes on from the older state. △ above: early-stop trigger, ↶ below: rollback, ticks at the foot: decisions." +
                (model.Against is { } a ? $" Both curves: this run and {RunPage.Name(a.Run)}; point at one to see which." : "")),
            El("div", Class("panels"), panels.Select(p => El("figure", p))));
    }

    /// <summary>A run as drawings of results take it.</summary>
    private static SeedRunResult Result(RunDetails run, RunHistory history)
    {
        var searches = history.Units.Where(u => u.Kind == UnitKind.Search).ToList();
        var phases = run.Units.Where(u => u.Kind == UnitKind.Search).ToDictionary(u => u.UnitId, u => u.Phase);
        return new()
        {
            RunId = run.RunId, Arm = run.Spec.Method, Spec = run.Spec, State = SeedRunState.Running, Cost = new(0, 0, 0, 0, 0, 0, 0, 0, 0),
            Trajectories = searches.SelectMany(u => u.Metrics).GroupBy(m => m.Name)
                .ToDictionary(g => g.Key, IReadOnlyList<TrajectoryPoint> (g) => [.. g.OrderBy(m => m.Step).Select(m => new TrajectoryPoint(m.Step, m.Epoch, m.Value))]),
            Decisions = [.. searches.SelectMany(u => u.Decisions.Select(d => new DecisionRecord(
                phases.GetValueOrDefault(u.UnitId), d.Step, d.Epoch, d.Name, JsonSerializer.Deserialize<JsonElement>(d.Detail, CatalogJson.Compact))))],
        };
    }
}
