using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Report.Svg;
using NasFarm.Analysis.Tables;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report.Figures;

/// <summary>Both kinds of collapse by arm: the share of seeds, with Wilson's interval.</summary>
internal static class CollapseRates
{
    private const double Width = 440, Left = 12, Right = 12, Top = 6, RowHeight = 58;

    public static ReportFigure Draw(ComparisonReport report)
    {
        var rows = report.Arms.Index().Where(a => a.Item.Structural.N > 0).ToList();
        var scale = new Scale(0, 1, Left + 8, Width - Right - 12, [0, 0.25, 0.5, 0.75, 1]);
        var bottom = Top + rows.Count * RowHeight;

        var data = new CsvText("arm", "kind", "k", "n", "declared", "share", "lower", "upper", "definition", "base_rate");
        foreach (var (_, arm) in rows)
        {
            foreach (var (kind, c) in Both(arm))
                data.Row(arm.Label, kind, c.K, c.N, arm.Declared.Declared, c.N > 0 ? (double)c.K / c.N : null, c.Rate?.Lower, c.Rate?.Upper, c.Definition, c.BaseRate);
        }
        var spoken = "Share of collapsed seeds by arm: " + string.Join("; ", rows.Select(r =>
            $"{r.Item.Label} {string.Join(", ", Both(r.Item).Select(c => $"{c.Kind} {ArmText.Collapse(c.Count, r.Item)}"))}"));
        return new("collapse", "Share of seeds that collapsed, with Wilson's 95 % interval. Filled: by the genotype; hollow: by the score.", Picture(Width, bottom + 36, spoken,
            Group("axis",
                scale.Ticks.Select(t => Line("grid", scale.At(t), Top, scale.At(t), bottom)),
                scale.Ticks.Select(t => Words("tick", scale.At(t), bottom + 14, $"{t * 100:0} %", "middle")),
                Words("axis-title", Width / 2, bottom + 30, "seeds that collapsed", "middle")),
            rows.Select((r, i) => Group(Markers.Colour(r.Index),
                Words("name", Left, Top + i * RowHeight + 14, r.Item.Label),
                Words("quiet", Width - Right, Top + i * RowHeight + 14, ArmText.Collapse(r.Item.Structural, r.Item), "end"),
                Both(r.Item).Where(c => c.Count.Rate is not null).Select((c, j) =>
                {
                    var y = Top + i * RowHeight + 28 + j * 14;
                    return Group("", Line("whisker", scale.At(c.Count.Rate!.Lower), y, scale.At(c.Count.Rate.Upper), y),
                        Markers.Dot(r.Index, scale.At((double)c.Count.K / c.Count.N), y, $"{r.Item.Label}, {c.Kind}: {c.Count}", hollow: j == 1));
                })))), data.ToString());
    }

    private static IEnumerable<(string Kind, CollapseCount Count)> Both(ArmReport arm) =>
        arm.Outcome is { } outcome ? [("structural", arm.Structural), ("outcome", outcome)] : [("structural", arm.Structural)];
}
