using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Report.Svg;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report.Figures;

/// <summary>Every seed as a dot, one row per arm; thin lines join the same seed in neighbouring rows; the mean and its interval
/// stand under the dots where n allows them.</summary>
internal static class DotStrip
{
    private const double Width = 440, Left = 12, Right = 12, Top = 6, RowHeight = 62;

    /// <summary>Of one measure. <paramref name="arms"/> share a setting; their indices choose colour and shape. With
    /// <paramref name="floor"/> the axis starts there and what lies below is counted at the edge.</summary>
    public static XElement Draw(IReadOnlyList<(int Index, ArmReport Arm)> arms, Measure measure, double? floor = null)
    {
        var rows = arms.Select(a => (a.Index, a.Arm, Score: a.Arm.On(measure.Id)!)).Where(r => r.Score.N > 0).ToList();
        bool Shown(double v) => floor is null || v >= floor;
        var scale = Scale.Covering(rows.SelectMany(r => r.Score.Dots.Select(d => d.Value).Concat(Ends(r.Score))).Where(Shown), Left + 8, Width - Right - 8);
        var bottom = Top + rows.Count * RowHeight;
        double DotY(int row) => Top + row * RowHeight + 30;
        var label = $"{measure.Label} by arm, every seed a dot: " + string.Join("; ", rows.Select(r =>
            $"{r.Arm.Label} n {r.Score.N}, mean {Numbers.Points(r.Score.Mean)}, range {Numbers.Points(r.Score.Min)} to {Numbers.Points(r.Score.Max)}"));

        return Picture(Width, bottom + 36, label,
            Axis.Bottom(scale, Top, bottom, $"{measure.Label}, test accuracy in %"),
            Enumerable.Range(0, Math.Max(0, rows.Count - 1)).SelectMany(i => PairLines(rows[i].Score, rows[i + 1].Score, DotY(i), DotY(i + 1))),
            rows.Select((r, i) => Group(Markers.Colour(r.Index),
                Words("name", Left, DotY(i) - 14, NameIn(r.Arm)),
                Words("quiet", Width - Right, DotY(i) - 14, Summary(r.Score), "end"),
                MeanMark(r.Score, DotY(i) + 13),
                r.Score.Dots.Where(d => Shown(d.Value)).Select(d => Markers.Dot(r.Index, scale.At(d.Value), DotY(i),
                    $"{r.Arm.Label}, seed {d.Pair}: {Numbers.Points(d.Value)} %{(d.Diverged ? ", diverged" : "")}", hollow: d.Diverged)),
                r.Score.Dots.Count(d => !Shown(d.Value)) is > 0 and var below ? Words("quiet", Left, DotY(i) + 4, $"◂ {below}") : null)));

        // The arms share a setting, which the caption names.
        static string NameIn(ArmReport arm) => arm.Label.EndsWith($" · {arm.Setting}", StringComparison.Ordinal) ? arm.Label[..^$" · {arm.Setting}".Length] : arm.Label;

        IEnumerable<XElement> PairLines(ArmScore upper, ArmScore lower, double y1, double y2)
        {
            var byPair = lower.Dots.ToDictionary(d => d.Pair);
            return from d in upper.Dots
                   where byPair.ContainsKey(d.Pair) && Shown(d.Value) && Shown(byPair[d.Pair].Value)
                   select Line("pair", scale.At(d.Value), y1, scale.At(byPair[d.Pair].Value), y2);
        }

        XElement? MeanMark(ArmScore score, double y) => score.Mean is not { } mean || !Shown(mean) ? null : Group("",
            score.MeanInterval is { } i ? Line("whisker", scale.At(Math.Max(i.Lower, scale.Min)), y, scale.At(Math.Min(i.Upper, scale.Max)), y) : null,
            Line("mean", scale.At(mean), y - 4, scale.At(mean), y + 4),
            Hover($"mean {Numbers.Points(mean)}{(score.MeanInterval is { } t ? $", 95 % {Numbers.Points(t)}" : "")}"));
    }

    /// <summary>What the drawing shows: every seed, and each arm's mean with its interval.</summary>
    public static string Data(IEnumerable<ArmReport> arms, Measure measure)
    {
        var csv = new CsvText("kind", "arm", "run_id", "search_seed", "data_order_seed", "value", "lower", "upper", "diverged");
        foreach (var (arm, score) in arms.Select(a => (a, a.On(measure.Id)!)))
        {
            foreach (var d in score.Dots) csv.Row("seed", arm.Label, d.RunId, d.SearchSeed, d.DataOrderSeed, d.Value, null, null, d.Diverged);
            if (score.Mean is { } mean) csv.Row("mean", arm.Label, null, null, null, mean, score.MeanInterval?.Lower, score.MeanInterval?.Upper, null);
        }
        return csv.ToString();
    }

    /// <summary>Where a second, closer drawing helps: the lowest value of the main body when collapses stretch the axis; else null.</summary>
    public static double? CloserFloor(IEnumerable<ArmReport> arms, Measure measure)
    {
        var values = arms.SelectMany(a => a.On(measure.Id)!.Dots).Select(d => d.Value).Order().ToArray();
        if (values.Length < 4) return null;
        double high = values[^1], middle = Statistics.Sample.QuantileOfSorted(values, 0.25);
        var floor = middle - 1.5 * Math.Max(0.5, high - middle);
        return high - values[0] > 4 * (high - floor) ? floor : null;
    }

    // The interval may be far wider than the dots at small n; it may stretch the axis by the dots' own range and
    // not beyond 0 and 100, else it is cut.
    private static IEnumerable<double> Ends(ArmScore score)
    {
        if (score.MeanInterval is not { } i) yield break;
        var reach = Math.Max(0.2, score.Max!.Value - score.Min!.Value);
        yield return Math.Max(Math.Max(i.Lower, score.Min.Value - reach), 0);
        yield return Math.Min(Math.Min(i.Upper, score.Max.Value + reach), 100);
    }

    private static string Summary(ArmScore score) =>
        $"n {score.N} · mean {Numbers.Points(score.Mean)}" + (score.Sd is { } sd ? $" · SD {Numbers.Points(sd)}" : $" · range {Numbers.Points(score.Max - score.Min)}");
}
