using System.Xml.Linq;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Tables;
using static NasFarm.Analysis.Report.Markup;

namespace NasFarm.Analysis.Report.Sections;

/// <summary>What the searches did, and whether their own ranking means anything.</summary>
internal static class SearchesSection
{
    public static XElement Of(ComparisonReport report) => Section("searches", "What the searches did",
        Table("Search behaviour by arm",
            ["arm", "runs", "triggers", "rollbacks", "epochs trained", "kept", "α entropy", "α margin", "undecided", "different cells", "τ search → score"],
            report.Arms.Select(a => (IReadOnlyList<object?>)
            [
                a.Label, ArmText.Counted(a.Behaviour.Runs, a), a.Behaviour.Triggers, a.Behaviour.Rollbacks, Numbers.Count(a.Behaviour.EpochsTrained), Numbers.Count(a.Behaviour.EpochsKept),
                Numbers.Short(a.Behaviour.EntropyMedian), Numbers.Short(a.Behaviour.MarginMedian),
                a.Behaviour.Judged == 0 ? Numbers.Absent : $"{a.Behaviour.Undecided} of {a.Behaviour.Judged}",
                a.Behaviour.Runs == 0 ? Numbers.Absent : $"{a.Behaviour.DistinctGenotypes} of {a.Behaviour.Runs}", Tau(a.SearchAgreement),
            ]), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        El("p", Class("soft"), "Epochs, entropy and margin are medians over finished runs. Entropy 1: nothing learned. Undecided: entropy above .99 or margin below .01, " +
            "the argmax is noise. τ: Kendall's τ-b between the search's final validation accuracy and the score."),
        report.Arms.All(a => a.Transfer.Count == 0) ? null : new object[]
        {
            El("h3", "Transfer"),
            Table("Rank agreement between retrain targets", ["arm", "from", "to", "seeds", "τ"],
                report.Arms.SelectMany(a => a.Transfer.Select(t => (IReadOnlyList<object?>)[a.Label, t.From, t.To, t.N, Tau(t)])), 3, 4),
        });

    private static string Tau(RankAgreement? agreement) => ArmText.Agreement(agreement);
}
