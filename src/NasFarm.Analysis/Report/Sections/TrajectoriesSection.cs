using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Small multiples: a row of panels per metric, a panel per arm.</summary>
internal static class TrajectoriesSection
{
    private static readonly (string Metric, string Title)[] Metrics =
    [
        (SearchRecords.ValidAccuracy, "Validation accuracy in %"), (SearchRecords.LambdaMax, "λmax, dominant eigenvalue of the architecture Hessian"),
        (SearchRecords.SkipShare, "Share of skip connections in the current cell"), (SearchRecords.AlphaEntropy, "Normalised entropy of the alphas"),
    ];

    public static XElement? Of(IReadOnlyList<(int Index, Series Item)> arms)
    {
        var rows = Metrics.Select(m => (m.Title, Panels: Panels(arms, m.Metric, m.Title))).Where(r => r.Panels.Count > 0).ToList();
        if (rows.Count == 0) return null;
        var most = arms.Max(a => a.Item.Runs.Count);
        return Section("trajectories", "How the searches went",
            El("p", Class("legend"), "One curve per seed over trained epochs, which never rewind: after a rollback a curve goes on from the older state. " +
                "△ above: early-stop trigger, ↶ below: rollback, ticks at the foot: decisions. Panels of one row share their axes." +
                (most > TrajectoryPanel.MostSeeds ? $" The first {TrajectoryPanel.MostSeeds} of {most} seeds are drawn; the export holds all." : "")),
            rows.Select(r => new object[] { El("h3", r.Title), El("div", Class("panels"), r.Panels.Select(p => El("figure", p))) }));
    }

    private static List<XElement> Panels(IReadOnlyList<(int Index, Series Item)> arms, string metric, string title)
    {
        var (x, y) = TrajectoryPanel.Axes(arms.SelectMany(a => a.Item.Runs), metric);
        return [.. arms.Select(a => TrajectoryPanel.Draw(a.Index, a.Item.Label, a.Item.Runs, metric, title, x, y)).OfType<XElement>()];
    }
}
