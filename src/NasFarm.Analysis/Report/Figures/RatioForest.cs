using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Report.Svg;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report.Figures;

/// <summary>Ratios of SDs with their intervals, a row per contrast, on a logarithmic axis: 0.5 and 2 are equally far from 1.</summary>
internal static class RatioForest
{
    private const double Width = 440, Left = 12, Right = 12, Top = 6, RowHeight = 40;

    /// <summary>Rows at most; the table has all.</summary>
    private const int MostRows = 30;

    /// <summary>Ends of the axis: what lies beyond is cut and has an arrow.</summary>
    private const double Least = 0.005, Most = 200;

    /// <summary>Of the main measure; null when no contrast has a ratio.</summary>
    public static ReportFigure? Draw(ComparisonReport report)
    {
        var all = report.Contrasts.Where(c => c.Measure == report.MainMeasure && c.SdRatio is > 0).ToList();
        if (all.Count == 0) return null;
        var rows = all.Take(MostRows).Select(c => (Contrast: c, Interval: c.SdRatioBootstrap ?? c.SdRatioNormal)).ToList();
        var values = rows.SelectMany(r => new[] { r.Contrast.SdRatio!.Value, r.Interval?.Lower ?? 1, r.Interval?.Upper ?? 1 }).Append(0.5).Append(2)
            .Select(v => Math.Clamp(v, Least, Most)).ToList();
        double[] ticks = [.. new[] { 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200 }.Where(t => t >= values.Min() / 2 && t <= values.Max() * 2)];
        double low = Math.Log(Math.Min(ticks[0], values.Min())), high = Math.Log(Math.Max(ticks[^1], values.Max()));
        double At(double ratio) => Left + 12 + (Math.Log(Math.Clamp(ratio, Least, Most)) - low) / (high - low) * (Width - Left - Right - 24);
        var bottom = Top + rows.Count * RowHeight;

        var data = new CsvText("a", "b", "primary", "measure", "sd_ratio", "lower", "upper", "level", "method", "brown_forsythe_p", "holm_p");
        foreach (var c in all)
        {
            var interval = c.SdRatioBootstrap ?? c.SdRatioNormal;
            data.Row(c.A, c.B, c.Primary, c.Measure, c.SdRatio, interval?.Lower, interval?.Upper, interval?.Level, interval is null ? null
                : interval.Method + (interval.Assumes is { } assumes ? $", assumes {assumes}" : ""), c.BrownForsythe?.P, c.BrownForsythe?.Adjusted);
        }
        var spoken = $"Ratios of standard deviations on {report.Main!.Label}: " + string.Join("; ", rows.Select(r =>
            $"{r.Contrast.A} to {r.Contrast.B} {Numbers.Points(r.Contrast.SdRatio)}{(r.Interval is null ? "" : $", 95 % {Numbers.Points(r.Interval)}")}"));
        return new("sd ratios", $"Ratio of SDs on {report.Main.Label}, with 95 % intervals ({(rows.Any(r => r.Contrast.SdRatioBootstrap is not null) ? "bootstrap" : "assuming normal scores")})." +
                $" Left of 1 the first arm varies less; filled: the predeclared contrast.{(all.Count > MostRows ? $" The first {MostRows} of {all.Count}." : "")}",
            Picture(Width, bottom + 36, spoken,
                Group("axis",
                    ticks.Select(t => Line(t == 1 ? "one" : "grid", At(t), Top, At(t), bottom)),
                    ticks.Select(t => Words("tick", At(t), bottom + 14, Numbers.Short(t), "middle")),
                    Words("axis-title", Width / 2, bottom + 30, "SD of the first arm / SD of the second", "middle")),
                rows.Select((r, i) =>
                {
                    var y = Top + i * RowHeight + 28;
                    return Group(Markers.Colour(r.Contrast.Primary ? 0 : 5),
                        Words("name", Left, y - 12, $"{r.Contrast.A} / {r.Contrast.B}"),
                        Words("quiet", Width - Right, y - 12, $"{Numbers.Points(r.Contrast.SdRatio)}{(r.Interval is null ? "" : $" ({Numbers.Points(r.Interval)})")}", "end"),
                        r.Interval is null ? null : Line("whisker", At(r.Interval.Lower), y, At(r.Interval.Upper), y),
                        r.Interval is { Lower: < Least } ? Path("whisker arrow", $"M{N(At(Least) + 6)} {N(y - 4)}l-6 4l6 4") : null,
                        r.Interval is { Upper: > Most } ? Path("whisker arrow", $"M{N(At(Most) - 6)} {N(y - 4)}l6 4l-6 4") : null,
                        Markers.Dot(r.Contrast.Primary ? 0 : 5, At(r.Contrast.SdRatio!.Value), y, $"{r.Contrast.A} / {r.Contrast.B}: {Numbers.Points(r.Contrast.SdRatio)}", hollow: !r.Contrast.Primary));
                })), data.ToString());
    }
}
