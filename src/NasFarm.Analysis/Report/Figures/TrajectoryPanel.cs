using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Report.Svg;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report.Figures;

/// <summary>One metric of one arm over trained epochs, a curve per seed. Decisions are ticks at the foot, early-stop triggers
/// triangles above the curve and rollbacks hooks below it. Panels of one metric share their axes.</summary>
internal static class TrajectoryPanel
{
    /// <summary>Seeds drawn in one panel at most; the caption says when there are more.</summary>
    public const int MostSeeds = 40;

    private const double Width = 300, Height = 176, Left = 42, Right = 8, Top = 26, Foot = 34;

    /// <summary>Axes that cover the metric in all runs.</summary>
    public static (Scale X, Scale Y) Axes(IEnumerable<SeedRunResult> runs, string metric)
    {
        var points = runs.SelectMany(r => Curve(r, metric)).ToList();
        return (Scale.Covering(points.Select(p => (double)p.Step).Append(0), Left, Width - Right, 4),
            Scale.Covering(points.Select(p => p.Value), Height - Foot, Top, 3));
    }

    /// <summary>The panel; null when no run of the arm recorded the metric.</summary>
    public static XElement? Draw(int arm, string label, IReadOnlyList<SeedRunResult> runs, string metric, string title, Scale x, Scale y)
    {
        var drawn = runs.Where(r => Curve(r, metric).Count > 0).Take(MostSeeds).ToList();
        if (drawn.Count == 0) return null;
        return Picture(Width, Height, $"{title} of {label} over trained epochs, {drawn.Count} seeds",
            Axis.Left(y, Left, Width - Right, ""),
            x.Ticks.Select(t => Words("tick", x.At(t), Height - Foot + 14, x.Label(t), "middle")),
            Words("axis-title", (Left + Width - Right) / 2, Height - 4, "trained epochs", "middle"),
            Words("name", Left, 14, label),
            drawn.Select(run => Group(Markers.Colour(arm),
                Polyline("curve", Curve(run, metric).Where(p => double.IsFinite(p.Value)).Select(p => (x.At(p.Step), y.At(p.Value))),
                    Hover($"{label}, seed {Series.PairOf(run)}")),
                run.Decisions.Select(d => Mark(run, d, metric, x, y)))));
    }

    /// <summary>What a panel shows: its curves, and the decisions on them.</summary>
    public static string Data(string label, IReadOnlyList<SeedRunResult> runs, string metric)
    {
        var csv = new CsvText("kind", "arm", "run_id", "search_seed", "data_order_seed", "name", "step", "epoch", "value");
        foreach (var run in runs.Where(r => Curve(r, metric).Count > 0).Take(MostSeeds))
        {
            foreach (var p in Curve(run, metric)) csv.Row("curve", label, run.RunId, run.Spec.SearchSeed, run.Spec.DataOrderSeed, metric, p.Step, p.Epoch, p.Value);
            foreach (var d in run.Decisions) csv.Row("decision", label, run.RunId, run.Spec.SearchSeed, run.Spec.DataOrderSeed, d.Name, d.Step, d.Epoch, null);
        }
        return csv.ToString();
    }

    private static XElement? Mark(SeedRunResult run, DecisionRecord decision, string metric, Scale x, Scale y)
    {
        double at = x.At(decision.Step), foot = Height - Foot;
        var curve = Curve(run, metric);
        var nearest = curve.Where(p => p.Step <= decision.Step && double.IsFinite(p.Value)).Select(p => (double?)p.Value).LastOrDefault();
        var height = nearest is { } value ? y.At(value) : foot;
        var hover = Hover($"seed {Series.PairOf(run)}: {decision.Name} at trained epoch {decision.Step}, epoch {decision.Epoch}");
        return decision.Name switch
        {
            SearchRecords.Trigger => Path("trigger", $"M{N(at)} {N(height - 14)}l3.5 6h-7z", hover),
            SearchRecords.Rollback => Path("rollback", $"M{N(at + 4)} {N(height + 14)}v-3a4 4 0 0 0 -8 0l-2.2 -2.6m2.2 2.6l2.8 -1.8", hover),
            _ when at >= x.From && at <= x.To => Shape("line", Markup.Class("decision"), A("x1", at), A("x2", at), A("y1", foot), A("y2", foot - 5), hover),
            _ => null,
        };
    }

    private static IReadOnlyList<TrajectoryPoint> Curve(SeedRunResult run, string metric) =>
        run.Trajectories.TryGetValue(metric, out var points) ? points : [];
}
