using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

public sealed class CountingTests
{
    [Theory]
    [InlineData(SeedRunState.Failed)]
    [InlineData(SeedRunState.Cancelled)]
    [InlineData(SeedRunState.Running)]
    [InlineData(SeedRunState.Waiting)]
    public void One_missing_run_takes_away_every_test_and_the_verdict(SeedRunState state)
    {
        var whole = TableSweep(("sgas-es", Spread(10, 0.1)), ("darts", Spread(10, 2)), ("random", Spread(10, 1)));
        var report = SweepComparison.Of(whole with { Runs = [.. whole.Runs.Select(r => r.RunId == "darts-4" ? r with { State = state, Reason = "native-crash" } : r)] });
        Assert.Equal(VerdictKind.Incomplete, report.Verdict.Kind);
        Assert.Equal("29 of 30", report.Verdict.Headline);
        Assert.Empty(report.Contrasts);
        Assert.Empty(report.PValues);
        Assert.All(report.Arms, a => Assert.All(a.Scores, s => { Assert.Null(s.Sd); Assert.Null(s.BetterThanRandom); Assert.NotNull(s.Mean); }));
    }

    [Fact]
    public void Declared_is_always_the_sum()
    {
        var whole = TableSweep(("sgas-es", Spread(5, 1)));
        SeedRunState[] states = [SeedRunState.Finished, SeedRunState.Failed, SeedRunState.Cancelled, SeedRunState.Running, SeedRunState.Waiting];
        var tally = Tally.Of(whole.Runs.Select((r, i) => r with { State = states[i] }));
        Assert.Equal(new Tally(5, 1, 1, 1, 2), tally);
        Assert.Equal("5 declared = 1 finished + 1 failed + 1 cancelled + 2 open", tally.ToString());
    }

    [Fact]
    public void A_diverged_run_is_a_collapse_with_chance_accuracy_and_stays_in_the_denominator()
    {
        var whole = TableSweep(("sgas-es", Spread(10, 0.1, 93)), ("darts", Spread(10, 0.1, 93)));
        var report = SweepComparison.Of(whole with { Runs = [.. whole.Runs.Select(r => r.RunId == "darts-0" ? r with { SearchDiverged = true } : r)] }, resamples: 200);
        var darts = report.Arm("darts");
        var score = darts.On(report.MainMeasure)!;
        Assert.Equal(10.0, score.Min);
        Assert.Equal(10, score.N);
        Assert.Equal((1, 10), (darts.Structural.K, darts.Structural.N));
        Assert.Equal(1, darts.Outcome!.K);
        Assert.Equal(9, score.WithoutDiverged!.N);
        Assert.True(score.WithoutDiverged.Sd < score.Sd);
        Assert.NotNull(report.Contrasts[0].WithoutDiverged);
    }

    [Fact]
    public void A_diverged_search_on_data_of_unknown_chance_is_a_missing_value_not_a_guess()
    {
        var runs = Enumerable.Range(0, 10).Select(i => RetrainRun("sgas-es", i, ("martian-digits", "darts", [90 + i]))).ToList();
        runs[3] = runs[3] with { SearchDiverged = true, Retrains = [] };
        var report = SweepComparison.Of(Sweep(runs, null, null));
        Assert.Equal(VerdictKind.Incomplete, report.Verdict.Kind);
        Assert.Contains(report.Notes, n => n.Contains("seed 3 has no value"));
    }

    [Fact]
    public void No_collapse_is_written_with_its_upper_bound()
    {
        var report = SweepComparison.Of(TableSweep(("sgas-es", Spread(10, 0.1, 93))), resamples: 200);
        Assert.Equal("0 of 10 (≤ 28 %)", report.Arms[0].Structural.ToString());
    }

    [Fact]
    public void Pairs_are_made_by_seed_not_by_order()
    {
        var a = Enumerable.Range(0, 6).Select(i => TableRun("sgas-es", i, 90 + i * i));
        var b = Enumerable.Range(0, 6).Reverse().Select(i => TableRun("darts", i + 1, 80 + (i + 1) * (i + 1)));
        var contrast = SweepComparison.Of(Sweep(a.Concat(b))).Contrasts.Single(c => c.Primary);
        Assert.Equal(5, contrast.Pairs);   // seeds 1 … 5
        Assert.Equal(10, contrast.MeanDifference!.Value, 9);
        Assert.Equal(1, contrast.Rho!.Value, 9);
    }

    [Fact]
    public void Mixed_none_rules_are_refused()
    {
        var whole = TableSweep(("sgas-es", Spread(10, 0.1)), ("darts", Spread(10, 2)));
        var mixed = whole with { Runs = [.. whole.Runs.Select(r => r.Arm == "darts" ? r with { Spec = r.Spec with { NoneRule = NoneRule.Paper } } : r)] };
        var report = SweepComparison.Of(mixed, resamples: 200);
        Assert.Equal(VerdictKind.Refused, report.Verdict.Kind);
        Assert.Contains("noneRule", report.Contrasts[0].Refused);
        Assert.Null(report.Contrasts[0].BrownForsythe);
    }

    [Fact]
    public void Arms_of_different_settings_are_never_held_against_each_other()
    {
        var small = Enumerable.Range(0, 5).Select(i => TableRun("sgas-es", i, 90 + i));
        var large = Enumerable.Range(0, 5).Select(i => TableRun("sgas-es", i, 92 + i)).Select(r => r with { RunId = "big" + r.RunId, Spec = r.Spec with { Space = new("nas-bench-201", 32, 5) } });
        var report = SweepComparison.Of(Sweep([.. small, .. large]));
        Assert.Equal(2, report.Arms.Count);
        Assert.Empty(report.Contrasts);
        Assert.Contains("C32", report.Arms[1].Label);
    }

    [Fact]
    public void Without_a_predeclared_contrast_every_test_is_exploratory()
    {
        var arms = TableSweep(("sgas-es", Spread(10, 0.1)), ("darts", Spread(10, 2)));
        var report = SweepComparison.Of(arms with { Comparison = new(null, null) }, resamples: 200);
        Assert.Equal(VerdictKind.Undeclared, report.Verdict.Kind);
        Assert.All(report.PValues, p => Assert.NotNull(p.Adjusted));
    }

    [Fact]
    public void Holm_spans_the_sweep_and_leaves_the_primary_test_alone()
    {
        var report = SweepComparison.Of(TableSweep(("sgas-es", Spread(10, 0.1)), ("darts", Spread(10, 2)), ("random", Spread(10, 1))), resamples: 200);
        var primary = Assert.Single(report.PValues, p => p.Primary);
        Assert.Same(primary, report.Contrasts[0].BrownForsythe);
        Assert.Null(primary.Adjusted);
        var others = report.PValues.Where(p => !p.Primary).ToList();
        Assert.Equal(others.Count, NasFarm.Analysis.Statistics.Holm.Adjust([.. others.Select(p => p.P)]).Length);
        Assert.All(others, p => Assert.InRange(p.Adjusted!.Value, p.P, 1));
        Assert.Contains(others, p => p.Adjusted > p.P);
    }

    [Fact]
    public void A_comparison_without_random_cells_says_what_it_cannot_say()
    {
        Assert.Contains(SweepComparison.Of(TableSweep(("darts", Spread(3, 1)))).Notes, n => n.Contains("no random arm"));
        Assert.DoesNotContain(SweepComparison.Of(TableSweep(("darts", Spread(3, 1)), ("random", Spread(3, 1)))).Notes, n => n.Contains("no random arm"));
    }

    [Fact]
    public void A_method_like_random_is_not_distinguishable_from_random()
    {
        var report = SweepComparison.Of(TableSweep(("darts", Spread(10, 1)), ("random", Spread(10, 1))), resamples: 200);
        Assert.True(report.Arm("darts").On(report.MainMeasure)!.NotDistinguishableFromRandom);
        Assert.Contains(report.Notes, n => n.Contains("not distinguishable from random"));
    }

    [Fact]
    public void Many_arms_share_their_sentences()
    {
        static double[] Arm(int number) => [.. Enumerable.Range(0, 10).Select(seed => 90 + Math.Sin(7.1 * seed * number + number))];
        var report = SweepComparison.Of(TableSweep(
            ("darts", Arm(1)), ("sgas", Arm(2)), ("gdas", Arm(3)), ("setn", Arm(4)), ("a2m", Arm(5)), ("random", Arm(6))), resamples: 200);

        var unpaired = report.Contrasts.Count(c => c.Measure == report.MainMeasure && c.PairingBoughtNothing);
        Assert.True(unpaired > 3);
        Assert.Equal([$"|ρ| is below .2 in {unpaired} of 15 pairs of arms: there pairing by seed bought nothing."], report.Notes.Where(n => n.Contains("bought nothing")));
        Assert.Single(report.Notes, n => n.StartsWith("darts, ", StringComparison.Ordinal) && n.Contains(" are not distinguishable from random"));
    }

    [Fact]
    public void The_exact_random_distribution_is_used_where_the_table_gives_it()
    {
        var sweep = TableSweep(("darts", Spread(5, 0.1, 93)));
        var known = new KnownRandomScores($"table:{Column}", NoneRule.Excluded, [.. Enumerable.Range(0, 1000).Select(i => i / 10.0)]);
        Assert.Equal(0.93, SweepComparison.Of(sweep, [known]).Arms[0].Scores[0].BetterThanRandom!.Estimate, 2);
    }

    [Fact]
    public void Nothing_at_all_is_a_report_too()
    {
        var report = SweepComparison.Of(Sweep([]));
        Assert.Equal(VerdictKind.Incomplete, report.Verdict.Kind);
        Assert.Equal("0 of 0", report.Verdict.Headline);
    }
}
