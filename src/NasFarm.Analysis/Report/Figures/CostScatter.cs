using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Report.Svg;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report.Figures;

/// <summary>Score against the gradient evaluations of the search, a mark per run.</summary>
internal static class CostScatter
{
    private const double Width = 440, Height = 300, Left = 46, Right = 14, Top = 30;

    /// <summary>Null when no run has a score.</summary>
    public static ReportFigure? Draw(IReadOnlyList<(int Index, Series Arm)> arms, Measure measure)
    {
        var marks = arms.SelectMany(a => a.Arm.Runs.Select(run => (a.Index, a.Arm.Label, Run: run, Score: measure.ScoreOf(run))))
            .Where(m => m.Score is not null).ToList();
        if (marks.Count == 0) return null;
        const int PerRow = 3;
        var legendRows = (arms.Count + PerRow - 1) / PerRow;
        var foot = Height - 40 - 18 * legendRows;
        var x = Scale.Covering(marks.Select(m => Evaluations(m.Run)).Append(0), Left, Width - Right, 4);
        var y = Scale.Covering(marks.Select(m => m.Score!.Value), foot, Top);
        var data = new CsvText("arm", "run_id", "search_seed", "data_order_seed", "grad_evals", "score", "diverged");
        foreach (var m in marks) data.Row(m.Label, m.Run.RunId, m.Run.Spec.SearchSeed, m.Run.Spec.DataOrderSeed, Evaluations(m.Run), m.Score, measure.Diverged(m.Run));
        return new("cost", "A mark per run. An arm that draws cells without searching stands at 0. Hollow: diverged.", Picture(Width, Height, $"{measure.Label} against gradient evaluations of the search, {marks.Count} runs",
            Axis.Left(y, Left, Width - Right, $"{measure.Label}, test accuracy in %"),
            Axis.Bottom(x, Top, foot, "gradient evaluations of the search (w, α and Hessian)"),
            marks.Select(m => Markers.Dot(m.Index, x.At(Evaluations(m.Run)), y.At(m.Score!.Value),
                $"{m.Label}, seed {Series.PairOf(m.Run)}: {Numbers.Points(m.Score)} % for {Numbers.Count(Evaluations(m.Run))} gradient evaluations",
                measure.Diverged(m.Run))),
            arms.Select((a, i) => Group("legend",
                Markers.Dot(a.Index, Left + i % PerRow * 130, foot + 48 + i / PerRow * 18, a.Arm.Label),
                Words("quiet", Left + i % PerRow * 130 + 9, foot + 52 + i / PerRow * 18, Shorten(a.Arm.Label, 19))))), data.ToString());
    }

    private static string Shorten(string label, int most) => label.Length <= most ? label : label[..(most - 1)] + "…";

    private static double Evaluations(SeedRunResult run) => run.Cost.GradEvalsW + run.Cost.GradEvalsAlpha + run.Cost.GradEvalsHessian;
}
