using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report;
using NasFarm.Analysis.Tables;
using NasFarm.Catalog.Results;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

public sealed class SequentialLooksTests
{
    private static readonly int[] Seeds = [5, 10, 20];

    /// <summary>A sweep of 20 declared seeds whose runs up to the open look are finished.</summary>
    private static SweepResult Growing(int open, double step, params LookTaken[] taken)
    {
        var n = Seeds[open - 1];
        var whole = TableSweep(("sgas-es", Spread(20, 0.1, 93)), ("darts", Spread(20, 1, 85)), ("random", Spread(20, 1, 88)));
        double[] claimed = Spread(n, 0.1, 93), other = Spread(n, step, 85);
        return whole with
        {
            Looks = new(Seeds, open, taken),
            Runs = [.. whole.Runs.Select(run =>
            {
                var seed = (int)run.Spec.SearchSeed;
                var placed = run with { Look = 1 + Seeds.Count(s => s <= seed) };
                return seed >= n ? placed with { State = SeedRunState.Waiting, Genotype = null, Table = new Dictionary<string, double>() }
                    : run.Arm == "random" ? placed
                    : placed with { Table = new Dictionary<string, double> { [Column] = run.Arm == "darts" ? other[seed] : claimed[seed] } };
            })],
        };
    }

    private static LookTaken Taken(int look, bool decided) =>
        new(look, Seeds[look - 1], decided, 0.5, 3, 0.001, 0.001, $"{(decided ? "decided" : "undecided")} at look {look}", DateTimeOffset.UnixEpoch);

    private static ComparisonReport Compare(SweepResult sweep) => SweepComparison.Of(sweep, resamples: 200);

    private static LookVerdict.Tested Decide(SweepResult sweep) => Assert.IsType<LookVerdict.Tested>(SequentialLooks.Decide(sweep));

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 0.1)]
    [InlineData(2, 4)]
    [InlineData(3, 0.13)]
    [InlineData(3, 4)]
    public void A_look_decides_by_the_p_of_the_comparison(int open, double step)
    {
        var sweep = Growing(open, step);

        var verdict = Decide(sweep);

        var primary = Compare(sweep).Contrasts.Single(c => c.Primary);
        Assert.Equal(primary.BrownForsythe!.P, verdict.P);
        var planned = SequentialLooks.Plan(Seeds)[open - 1];
        Assert.Equal((planned.Boundary, planned.Level, planned.Spent), (verdict.Boundary, verdict.Level, verdict.Spent));
        Assert.Equal(verdict.P < planned.Level, verdict.Decided);
        Assert.StartsWith(verdict.Decided ? "decided at the" : "undecided at the", verdict.Sentence);
    }

    [Fact]
    public void The_level_is_spent_over_the_looks_and_a_declared_one_is_used()
    {
        var looks = SequentialLooks.Plan(Seeds);
        Assert.Equal(0.05, looks[^1].Spent, 1e-9);
        Assert.True(looks[0].Level < looks[1].Level && looks[1].Level < looks[2].Level && looks[2].Level < 0.05);
        Assert.Equal(0.01, SequentialLooks.Plan(Seeds, 0.01)[^1].Spent, 1e-9);
        var strict = Growing(3, 0.13) with { Comparison = new("sgas-es", "darts") { Alpha = 0.01 } };
        Assert.Equal(0.01, Decide(strict).Spent, 1e-9);
    }

    [Fact]
    public void Fewer_than_five_seeds_test_nothing_and_decide_nothing()
    {
        var sweep = TableSweep(("sgas-es", [90, 91]), ("darts", [70, 95]));
        var verdict = Decide(sweep with { Looks = new([2, 10], 1, []), Runs = [.. sweep.Runs.Select(r => r with { Look = 1 })] });
        Assert.Null(verdict.P);
        Assert.Equal((false, "undecided at the look after 2 seeds: fewer than 5 seeds test nothing"), (verdict.Decided, verdict.Sentence));
    }

    [Fact]
    public void Scores_that_are_missing_make_a_look_unanswerable()
    {
        var sweep = Growing(1, 1);
        var without = sweep with { Runs = [.. sweep.Runs.Select((r, i) => i == 0 ? r with { Table = new Dictionary<string, double>() } : r)] };
        Assert.Equal("1 runs of sgas-es and darts have no value for table c10_test_200", Assert.IsType<LookVerdict.Unanswerable>(SequentialLooks.Decide(without)).Sentence);
        var none = sweep with { Runs = [.. sweep.Runs.Select(r => r with { Table = new Dictionary<string, double>() })] };
        Assert.Contains("finds no score", Assert.IsType<LookVerdict.Unanswerable>(SequentialLooks.Decide(none)).Sentence);
        Assert.Throws<ArgumentException>(() => SequentialLooks.Decide(sweep with { Looks = null }));
    }

    [Fact]
    public void A_sweep_stopped_early_has_a_verdict_over_its_seeds_and_says_so_at_every_interval()
    {
        var report = Compare(Growing(2, 8, Taken(1, false), Taken(2, true)));

        Assert.Equal(30, report.Declared.Declared);
        Assert.Contains("Stopped early, at look 2 of 3: decided at look 2. Stopping at a large difference biases estimates", report.Verdict.Text);
        Assert.All(report.Arms.SelectMany(a => a.Scores), s => Assert.Contains(Flags.StoppedEarly, s.Flags));
        Assert.Contains(report.Flags, f => f.Flag == Flags.StoppedEarly);
        Assert.DoesNotContain(report.Notes, n => n.Contains("assume that n was fixed beforehand;"));
    }

    [Fact]
    public void A_look_that_is_not_over_is_no_verdict()
    {
        var running = Growing(2, 0.1, Taken(1, false));
        var waiting = running with { Runs = [.. running.Runs.Select((r, i) => i == 7 ? r with { State = SeedRunState.Running } : r)] };
        var incomplete = Compare(waiting).Verdict;
        Assert.Equal((VerdictKind.Incomplete, "29 of 30"), (incomplete.Kind, incomplete.Headline));
        Assert.Contains("Look 2 of 3, after 10 seeds, decides at p below", incomplete.Text);

        var undecided = Compare(running).Verdict;
        Assert.Equal((VerdictKind.Incomplete, "undecided after 10 seeds"), (undecided.Kind, undecided.Headline));
    }

    [Fact]
    public void The_last_look_holds_its_p_against_its_own_boundary()
    {
        var all = new[] { Taken(1, false), Taken(2, false), Taken(3, false) };
        Assert.Equal(VerdictKind.NoDifference, Compare(Growing(3, 0.1, all)).Verdict.Kind);
        Assert.Equal(VerdictKind.MoreStable, Compare(Growing(3, 8, all)).Verdict.Kind);
        Assert.DoesNotContain(Compare(Growing(3, 8, all)).Flags, f => f.Flag == Flags.StoppedEarly);
    }

    [Fact]
    public void Text_and_report_show_each_look_and_what_came_of_it()
    {
        var sweep = Growing(2, 8, Taken(1, false), Taken(2, true));
        var report = Compare(sweep);

        var text = ComparisonText.Render(report);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= ComparisonText.Width, line));
        Assert.Matches(@"1 +5 .*undecided\n2 +10 .*decided\n3 +20 .*not needed\n", text);
        Assert.Contains("E: stopped early", text);

        var html = HtmlReport.Render(sweep, report);
        Assert.Contains("id=\"looks\"", html);
        Assert.Contains("<span class=\"flag\">stopped-early</span>", html);
        Assert.DoesNotContain("id=\"looks\"", HtmlReport.Render(sweep with { Looks = null }, Compare(sweep with { Looks = null })));
    }
}
