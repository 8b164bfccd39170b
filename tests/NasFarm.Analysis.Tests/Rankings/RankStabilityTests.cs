using NasFarm.Analysis.Csv;
using NasFarm.Analysis.Rankings;

namespace NasFarm.Analysis.Tests.Rankings;

/// <summary>Expected values of τ-b: counted by a dozen lines of Python over all pairs.</summary>
public sealed class RankStabilityTests
{
    // Three instances, four children, three epochs.
    private const string Scores = """
        seed,child,epoch,score,group
        0,a,0,1,x
        0,b,0,2,x
        0,c,0,3,y
        0,d,0,4,y
        0,a,1,2,x
        0,b,1,1,x
        0,c,1,3,y
        0,d,1,4,y
        0,a,2,1,x
        0,b,2,2,x
        0,c,2,4,y
        0,d,2,3,y
        1,a,0,4,x
        1,b,0,3,x
        1,c,0,2,y
        1,d,0,1,y
        1,a,1,1,x
        1,b,1,2,x
        1,c,1,2,y
        1,d,1,4,y
        1,a,2,1,x
        1,b,2,3,x
        1,c,2,2,y
        1,d,2,4,y
        2,a,0,1,x
        2,b,0,1,x
        2,c,0,2,y
        2,d,0,2,y
        2,a,1,1,x
        2,b,1,2,x
        2,c,1,3,y
        2,d,1,4,y
        2,a,2,2,x
        2,b,2,1,x
        2,c,2,4,y
        2,d,2,3,y
        """;

    private static readonly double[] Truth = [70, 72, 71, 90];

    private static readonly ScoreTable Table = ScoreTable.Read(CsvFile.Parse(Scores, "scores.csv"));

    [Fact]
    public void STau_is_tau_over_all_pairs_of_instances_with_ties_for_neither_side()
    {
        Near([-1, 0.816496580927726, -0.816496580927726], RankStability.STau(Table.Instances, 0)!);
        Near([0.547722557505166, 2 / 3.0, 0.912870929175277], RankStability.STau(Table.Instances, 1)!);
        Near([1 / 3.0, 2 / 3.0, 0], RankStability.STau(Table.Instances, 2)!);
    }

    [Fact]
    public void GtTau_is_tau_with_the_truth_by_instance_and_over_the_last_moments()
    {
        Near([2 / 3.0, -2 / 3.0, 0.408248290463863], RankStability.GtTau(Table.Instances, Truth, 0)!);
        Near([1 / 3.0, 1, 0], RankStability.GtTau(Table.Instances, Truth, 2)!);
        Near([0.912870929175277, 1], RankStability.GtTauOverLast(Table.Instances[1], Truth, 2)!);
        Near([-2 / 3.0, 0.912870929175277, 1], RankStability.GtTauOverLast(Table.Instances[1], Truth, 64)!);
    }

    [Fact]
    public void Moments_are_compared_with_the_next_and_the_last_ones_among_themselves()
    {
        Near([-0.912870929175277, 0.912870929175277], RankStability.Consecutive(Table.Instances[1])!);
        Near([-0.912870929175277, -2 / 3.0, 0.912870929175277], RankStability.AmongLast(Table.Instances[1], 3)!);
        Near([1 / 3.0], RankStability.AmongLast(Table.Instances[0], 2)!);
        Assert.Null(RankStability.AmongLast(Table.Instances[0], 2)!.Sd);
    }

    [Fact]
    public void The_best_children_are_worth_what_the_truth_says()
    {
        var one = RankStability.Top(Table.Instances[0], Truth, 1);
        Assert.Equal(("c", 3, 71.0, 71.0), (Assert.Single(one.Chosen), one.BestRank, one.BestScore, one.MeanScore));
        var three = RankStability.Top(Table.Instances[0], Truth, 3);
        Assert.Equal(["c", "d", "b"], three.Chosen);
        Assert.Equal((1, 90.0, 233 / 3.0), (three.BestRank, three.BestScore, three.MeanScore));
    }

    [Fact]
    public void Groups_are_ranked_inside_themselves()
    {
        var groups = RankReport.Of(Table, Truth, 2, 1, 3, 99).Groups;
        Assert.Equal(["x", "y"], groups.Select(g => g.Group));
        Near([1, -1, -1], groups[0].STau!);
        Near([1, 1, -1], groups[0].GtTau!);
        Near([-1, 1, -1], groups[1].GtTau!);
    }

    [Fact]
    public void The_report_has_every_curve_and_says_n()
    {
        var report = RankReport.Of(Table, Truth, 2, 1, 3, 99);
        Assert.Equal((4, 3, 2), (report.Children, report.Moments, report.LastMoments));
        Assert.Equal(1 / 3.0, report.STau!.Mean, 1e-12);
        Assert.Equal(0.70908671778237, report.STauCurve[1].Tau!.Mean, 1e-12);
        Assert.Equal([1, 3], report.Instances[0].Top.Select(t => t.K));
        Assert.Matches("S-Tau, between pairs of instances +3 +0\\.33 +0\\.33 +0\\.00 +0\\.67", RankText.Render(report));
        Assert.Matches("0 +top 3 +1 of 4 +90", RankText.Render(report));

        var blind = RankReport.Of(Table, truth: null);
        Assert.Null(blind.GtTau);
        Assert.Empty(blind.GtTauCurve);
        Assert.All(blind.Instances, i => Assert.Empty(i.Top));
    }

    [Fact]
    public void A_ranking_without_order_has_no_tau()
    {
        var flat = new ScoreMatrix("flat", ["a", "b"], [0, 1], new double[,] { { 1, 1 }, { 1, 2 } });
        Assert.Null(RankStability.Consecutive(flat));
        Assert.Null(RankStability.GtTau([flat], [1, 2], 0));
        Assert.Equal(1, RankStability.GtTau([flat], [1, 2], 1)!.Mean);
    }

    [Fact]
    public void A_row_per_child_with_a_column_per_epoch_says_the_same()
    {
        var wide = ScoreTable.Read(CsvFile.Parse("child,seed,0,1,2\na,0,1,2,1\nb,0,2,1,2\nc,0,3,3,4\nd,0,4,4,3\n", "wide.csv"));
        Assert.Equal([0, 1, 2], wide.Instances[0].Moments);
        for (var m = 0; m < 3; m++) Assert.Equal(Table.Instances[0].At(m), wide.Instances[0].At(m));
    }

    [Fact]
    public void Trainings_of_one_child_are_averaged_to_its_truth() => Assert.Equal([1.5, 3, 4, 5],
        Table.Truth(CsvFile.Parse("child,accuracy\nd,5\na,1\na,2\nb,3\nc,4\nunused,9\n", "truth.csv")));

    [Theory]
    [InlineData("epoch,score\n0,1\n", "no column 'child'")]
    [InlineData("child,score\na,1\n", "no column 'moment'")]
    [InlineData("child,epoch,score\na,0,1\n", "s.csv:2:", "one child", "two")]
    [InlineData("child,epoch,score\na,0,1\nb,0,high\n", "s.csv:3:", "'high'", "number")]
    [InlineData("child,epoch,score\na,0,1\nb,0,nan\n", "s.csv:3:", "'nan'", "finite")]
    [InlineData("child,epoch,score\na,0,1\nb,0,2\na,0,3\n", "s.csv:4:", "second time", "line 2", "instance")]
    [InlineData("child,epoch,score\na,0,1\nb,0,2\na,1,3\n", "no score of child 'b' at moment 1")]
    [InlineData("child,seed,epoch,score\na,0,0,1\nb,0,0,2\na,1,0,1\nc,1,0,1\n", "instance 0", "'c'")]
    [InlineData("child,first\na,1\nb,2\n", "column 'first' is no moment", "whole number")]
    [InlineData("child\na\nb\n", "neither a column 'score' nor one per moment")]
    [InlineData("child,epoch,score,group\na,0,1,x\nb,0,2,x\na,1,1,y\nb,1,2,x\n", "s.csv:4:", "group 'y'", "'x'")]
    public void Scores_that_make_no_ranking_are_refused_with_line_and_remedy(string text, params string[] said)
    {
        var wrong = Assert.Throws<InvalidDataException>(() => ScoreTable.Read(CsvFile.Parse(text, "s.csv")));
        Assert.All(said, words => Assert.Contains(words, wrong.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_truth_that_lacks_a_child_is_refused() => Assert.Contains("child 'd'",
        Assert.Throws<InvalidDataException>(() => Table.Truth(CsvFile.Parse("child,score\na,1\nb,2\nc,3\n", "truth.csv"))).Message, StringComparison.Ordinal);

    private static void Near(double[] taus, TauSummary found)
    {
        Assert.Equal(taus.Length, found.N);
        Assert.Equal(taus.Average(), found.Mean, 1e-12);
        Assert.Equal((taus.Min(), taus.Max()), (found.Min, found.Max), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-12 && Math.Abs(a.Item2 - b.Item2) < 1e-12);
        if (taus.Length > 1) Assert.Equal(Math.Sqrt(taus.Sum(t => Math.Pow(t - taus.Average(), 2)) / (taus.Length - 1)), found.Sd!.Value, 1e-12);
    }
}
