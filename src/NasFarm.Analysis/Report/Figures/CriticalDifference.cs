using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Report.Svg;
using NasFarm.Analysis.Tables;
using static NasFarm.Analysis.Report.Svg.Drawing;

namespace NasFarm.Analysis.Report.Figures;

/// <summary>Mean ranks of the arms on one line (Demšar 2006). A bar joins arms whose ranks lie closer than the critical difference, which is drawn above.</summary>
internal static class CriticalDifference
{
    private const double Width = 440, Left = 136, Right = 136, Axis = 54, LabelStep = 20;

    public static ReportFigure Draw(ArmRanking ranking)
    {
        var sorted = ranking.Arms.Zip(ranking.MeanRanks).Index().OrderBy(a => a.Item.Second).ThenBy(a => a.Index)
            .Select(a => (a.Index, Arm: a.Item.First, Rank: a.Item.Second)).ToList();
        var k = sorted.Count;
        var scale = new Scale(1, k, Left, Width - Right, [.. Enumerable.Range(1, k).Select(i => (double)i)]);
        var groups = ranking.Groups;
        var bars = Axis + 12 + groups.Count * 8;
        var upper = (k + 1) / 2;
        var height = bars + upper * LabelStep + 8;
        var reach = Math.Min(ranking.CriticalDifference, k - 1);
        double RankOf(string arm) => sorted.First(a => a.Arm == arm).Rank;

        var data = new CsvText("kind", "arm", "setting", "measure", "value");
        foreach (var (_, arm, rank) in sorted) data.Row("mean-rank", arm, null, null, rank);
        foreach (var setting in ranking.Settings)
        {
            foreach (var (arm, value) in ranking.Arms.Zip(setting.Values))
                data.Row(ranking.By == RankedBy.Spread ? "sd" : "mean", arm, setting.Setting, setting.Measure, value);
        }
        data.Row("critical-difference", null, null, null, ranking.CriticalDifference);
        if (ranking.Friedman is { } p) data.Row("friedman-p", null, null, null, p.P);

        return new($"critical difference {ranking.By}", ArmText.Ranking(ranking) + ".", Picture(Width, height,
            $"{ArmText.Ranking(ranking)}. Mean ranks: {string.Join(", ", sorted.Select(a => $"{a.Arm} {Numbers.Points(a.Rank)}"))}",
            Line("rank-axis", Left, 20, scale.At(1 + reach), 20), Line("rank-axis", Left, 16, Left, 24), Line("rank-axis", scale.At(1 + reach), 16, scale.At(1 + reach), 24),
            Words("quiet", Left, 11, $"CD {Numbers.Points(ranking.CriticalDifference)}{(reach < ranking.CriticalDifference ? ": wider than the axis" : "")}"),
            Line("rank-axis", Left, Axis, Width - Right, Axis),
            scale.Ticks.Select(t => Line("rank-axis", scale.At(t), Axis - 4, scale.At(t), Axis)),
            scale.Ticks.Select(t => Words("tick", scale.At(t), Axis - 8, $"{t:0}", "middle")),
            groups.Select((g, i) => Line("clique", scale.At(g.Min(RankOf)) - 3, Axis + 10 + i * 8, scale.At(g.Max(RankOf)) + 3, Axis + 10 + i * 8)),
            sorted.Select((a, i) =>
            {
                // The better half is named on the left, from the outside in, the others on the right.
                var left = i < upper;
                double x = scale.At(a.Rank), y = bars + (left ? i : k - 1 - i) * LabelStep + 14, end = left ? Left - 14 : Width - Right + 14;
                return Group(Markers.Colour(a.Index),
                    Polyline("stem", [(x, Axis), (x, y), (end, y)]),
                    Words("name", left ? end - 4 : end + 4, y + 4, Shorten(a.Arm), left ? "end" : "start"),
                    Markers.Dot(a.Index, x, Axis, $"{a.Arm}: mean rank {Numbers.Points(a.Rank)}"));
            })), data.ToString());
    }

    private static string Shorten(string arm) => arm.Length <= 16 ? arm : arm[..15] + "…";
}
