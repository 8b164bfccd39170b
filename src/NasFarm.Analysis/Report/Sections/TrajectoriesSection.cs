using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>Small multiples: a row of panels per metric, a panel per arm.</summary>
internal static class TrajectoriesSection
{
    /// <summary>Rows by run at most; the text says when there are more.</summary>
    private const int MostRuns = 2000;

    private static readonly (string Metric, string Title)[] Metrics =
    [
        (SearchRecords.ValidAccuracy, "Validation accuracy in %"), (SearchRecords.LambdaMax, "λmax, dominant eigenvalue of the architecture Hessian"),
        (SearchRecords.LayerAlignment, "Λ, alignment of the layers' gradients"),
        (SearchRecords.SkipShare, "Share of skip connections in the current cell"), (SearchRecords.AlphaEntropy, "Normalised entropy of the alphas"),
    ];

    public static IEnumerable<ReportFigure> Figures(IReadOnlyList<(int Index, Series Item)> arms) => Metrics.SelectMany(m => Panels(arms, m.Metric, m.Title));

    public static XElement? Of(IReadOnlyList<(int Index, Series Item)> arms, ComparisonReport report)
    {
        var rows = Metrics.Select(m => (m.Title, Panels: Panels(arms, m.Metric, m.Title))).Where(r => r.Panels.Count > 0).ToList();
        if (rows.Count == 0) return null;
        var most = arms.Max(a => a.Item.Runs.Count);
        return Section("trajectories", "How the searches went",
            El("p", Class("legend"), "One curve per seed over trained epochs, which never rewind: after a rollback a curve goes on from the older state. " +
                "△ above: early-stop trigger, ↶ below: rollback, ticks at the foot: decisions. Panels of one row share their axes." +
                (most > TrajectoryPanel.MostSeeds ? $" The first {TrajectoryPanel.MostSeeds} of {most} seeds are drawn; the export holds all." : "")),
            rows.Select(r => new object[] { El("h3", r.Title), El("div", Class("panels"), r.Panels.Select(p => El("figure", p.Picture))) }),
            Lambda(report));
    }

    private static object? Lambda(ComparisonReport report)
    {
        var arms = report.Arms.Where(a => a.Lambda is not null).Select(a => (a.Label, Lambda: a.Lambda!)).ToList();
        var runs = arms.SelectMany(a => a.Lambda.Runs.Select(r => (a.Label, Run: r))).ToList();
        return arms.Count == 0 ? null : new object[]
        {
            El("h3", "λmax in numbers"),
            Table("λmax by arm", ["arm", "runs", "first five", "last five", "largest", "growth", "rule", "fires in", "recorded triggers", "window", "batches", "time"],
                arms.Select(a => (IReadOnlyList<object?>)
                [
                    a.Label, a.Lambda.Runs.Count, Numbers.Short(a.Lambda.First5), Numbers.Short(a.Lambda.Last5), Numbers.Short(a.Lambda.Max), Numbers.Points(a.Lambda.Growth),
                    a.Lambda.Rule, ArmText.Fires(a.Lambda), a.Lambda.Runs.Sum(r => r.Recorded),
                    a.Lambda.Window, ArmText.Batches(a.Lambda.Batches), Numbers.Duration(a.Lambda.Seconds),
                ]), 1, 2, 3, 4, 5, 8, 9, 10, 11),
            El("p", Class("soft"), "Means of the first and last five measurements, medians over runs; growth is their ratio. The rule is replayed over what was recorded: " +
                "DARTS-ES's on searches that decide at the end, SGAS-es's on those that decide edge by edge. Levels depend on space, data and batch. Window: measurements in its local average; batches: α minibatches of a measurement; time: of all measurements of a run."),
            El("details", El("summary", $"λmax of {runs.Count} runs"),
                Table("λmax by run", ["arm", "seed", "measurements", "first five", "last five", "largest", "at epoch", "growth", "trigger", "recorded triggers", "batches", "time"],
                    runs.Take(MostRuns).Select(r => (IReadOnlyList<object?>)
                    [
                        r.Label, r.Run.Seed, r.Run.Measurements, Numbers.Short(r.Run.First5), Numbers.Short(r.Run.Last5), Numbers.Short(r.Run.Max), r.Run.MaxEpoch,
                        Numbers.Points(r.Run.Growth), ArmText.Trigger(r.Run), r.Run.Recorded, ArmText.Batches(r.Run.Batches), Numbers.Duration(r.Run.Seconds),
                    ]), 1, 2, 3, 4, 5, 6, 7, 9, 10, 11),
                runs.Count > MostRuns ? El("p", $"The first {MostRuns} of {runs.Count} runs; the comparison as JSON holds all.") : null),
        };
    }

    private static List<ReportFigure> Panels(IReadOnlyList<(int Index, Series Item)> arms, string metric, string title)
    {
        var (x, y) = TrajectoryPanel.Axes(arms.SelectMany(a => a.Item.Runs), metric);
        return
        [
            .. from arm in arms
               let panel = TrajectoryPanel.Draw(arm.Index, arm.Item.Label, arm.Item.Runs, metric, title, x, y)
               where panel is not null
               select new ReportFigure($"{metric} {arm.Item.Label}", $"{title}, {arm.Item.Label}", panel, TrajectoryPanel.Data(arm.Item.Label, arm.Item.Runs, metric)),
        ];
    }
}
