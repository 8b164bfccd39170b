using System.Text;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Tables;

namespace NasFarm.Analysis.Rankings;

/// <summary>Rank statistics for the terminal.</summary>
public static class RankText
{
    /// <summary>Over all instances, by instance, what the best children are worth, by group. Curves are left to JSON.</summary>
    public static string Render(RankReport report)
    {
        var text = new StringBuilder($"{report.Instances.Count} instance{(report.Instances.Count == 1 ? "" : "s")}, {report.Children} children, {report.Moments} moments\n\n");
        var all = new TextTable("Kendall's τ-b at the last moment", "n", "mean", "SD", "min", "max");
        Row(all, "S-Tau, between pairs of instances", report.STau);
        Row(all, "GT-Tau, with the truth", report.GtTau);
        text.Append(all);

        var each = new TextTable("instance", "GT-Tau", $"GT-Tau, last {report.LastMoments}", "SD", "consecutive", "SD", $"among last {report.LastMoments}", "SD");
        foreach (var i in report.Instances)
        {
            each.Row(i.Instance, Numbers.Points(i.GtTau), Numbers.Points(i.GtTauOverLast?.Mean), Numbers.Points(i.GtTauOverLast?.Sd),
                Numbers.Points(i.Consecutive?.Mean), Numbers.Points(i.Consecutive?.Sd), Numbers.Points(i.AmongLast?.Mean), Numbers.Points(i.AmongLast?.Sd));
        }
        text.Append('\n').Append(each);

        if (report.Instances.Any(i => i.Top.Count > 0))
        {
            var tops = new TextTable("instance", "chooses", "best true rank", "its score", "mean score");
            foreach (var top in report.Instances.SelectMany(i => i.Top))
                tops.Row(top.Instance, $"top {top.K}", $"{top.BestRank} of {report.Children}", Numbers.Short(top.BestScore), Numbers.Short(top.MeanScore));
            text.Append('\n').Append(tops);
        }
        if (report.Groups.Count > 0)
        {
            var groups = new TextTable("group", "children", "S-Tau", "SD", "GT-Tau", "SD");
            foreach (var g in report.Groups)
                groups.Row(g.Group, $"{g.Children}", Numbers.Points(g.STau?.Mean), Numbers.Points(g.STau?.Sd), Numbers.Points(g.GtTau?.Mean), Numbers.Points(g.GtTau?.Sd));
            text.Append('\n').Append(groups);
        }
        return text.ToString();
    }

    private static void Row(TextTable table, string name, TauSummary? tau) => table.Row(name, $"{tau?.N ?? 0}",
        Numbers.Points(tau?.Mean), Numbers.Points(tau?.Sd), Numbers.Points(tau?.Min), Numbers.Points(tau?.Max));
}
