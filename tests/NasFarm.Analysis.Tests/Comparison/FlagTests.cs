using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.Comparison;

public sealed class FlagTests
{
    private const string Fashion = "sgas-es-fashion-mnist";

    private static SeedRunResult Plain => RetrainRun("sgas-es", 0, ("fashion-mnist", Fashion, [94]));

    private static SeedRunResult With(Func<SeedRunSpec, SeedRunSpec> change) => Plain with { Spec = change(Plain.Spec) };

    private static SeedRunResult Retrained(Func<RetrainSpec, RetrainSpec> change) =>
        Plain with { Retrains = [Plain.Retrains[0] with { Spec = change(Plain.Retrains[0].Spec!) }] };

    private static SeedRunResult Ending(double entropy, double margin) => Plain with
    {
        Trajectories = new Dictionary<string, IReadOnlyList<TrajectoryPoint>> { ["alpha_entropy"] = Curve(1, entropy), ["alpha_margin"] = Curve(0, margin) },
    };

    public static TheoryData<string, string, SeedRunResult> Raised => new()
    {
        { "smaller searched network", "proxy-net", With(s => s with { Space = s.Space with { Channels = 4 } }) },
        { "fewer cells", "proxy-net", With(s => s with { Space = s.Space with { Cells = 5 } }) },
        { "shorter retraining", "proxy-net", Retrained(r => r with { Settings = r.Settings.With("epochs", 10) }) },
        { "part of the search images", "part-data", With(s => s with { Data = s.Data with { TrainImages = 640 } }) },
        { "part of the alpha images", "part-data", With(s => s with { Data = s.Data with { AlphaImages = 640 } }) },
        { "shrunk images", "part-data", With(s => s with { Data = s.Data with { ImageSize = 16 } }) },
        { "part of the test images", "part-data", Retrained(r => r with { Data = r.Data with { TestImages = 1000 } }) },
        { "permuted halves", "split=permuted", With(s => s with { Data = s.Data with { Split = SplitRule.Permuted } }) },
        { "another alpha learning rate", "alpha-lr≠paper", With(s => s with { Hyperparameters = s.Hyperparameters.With("alphaLearningRate", 6e-3) }) },
        { "cosine per step", "lr-granularity", With(s => s with { Hyperparameters = s.Hyperparameters.With("learningRateGranularity", "step") }) },
        { "entropy says undecided", "undecided>20%", Ending(0.995, 0.5) },
        { "margin says undecided", "undecided>20%", Ending(0.5, 0.005) },
    };

    [Theory, MemberData(nameof(Raised))]
    public void A_flag_is_raised_by_its_cause_and_not_without_it(string because, string flag, SeedRunResult run)
    {
        Assert.True(FlagsOf(run).Contains(flag), because);
        Assert.DoesNotContain(flag, FlagsOf(Plain));
    }

    [Fact]
    public void A_published_setting_with_few_seeds_carries_only_the_count() => Assert.Equal(["n<10"], FlagsOf(Plain));

    [Fact]
    public void Table_scores_say_that_they_are_table_scores() =>
        Assert.Equal(["none-rule", "table-test", "n<10", "split=ordered"], FlagsOf(TableRun("darts", 0, 90)));

    [Fact]
    public void Sgas_never_derives_none_so_the_rule_changes_nothing_for_it() => Assert.DoesNotContain("none-rule", FlagsOf(TableRun("sgas", 0, 90)));

    [Fact]
    public void A_random_cell_has_no_search_to_flag()
    {
        var random = TableRun("random", 0, 90) with { Spec = TableRun("random", 0, 90).Spec with { Space = new("nas-bench-201", 4, 1) } };
        Assert.DoesNotContain("proxy-net", FlagsOf(random));
    }

    [Fact]
    public void Ten_seeds_lose_the_small_n_flag() => Assert.DoesNotContain("n<10",
        SweepComparison.Of(TableSweep(("darts", Spread(10, 1))), resamples: 100).Arms[0].Scores[0].Flags);

    [Theory]
    [InlineData("none", 19_550, 0, false)]
    [InlineData("none", 19_550, 3_000, true)]
    [InlineData("epochs", 19_550, 3_000, false)]
    public void Unequal_budgets_are_flagged_against_the_claimed_arm(string match, long w, long hessian, bool flagged)
    {
        var es = TableRun("sgas-es", 0, 90);
        var other = TableRun("darts", 0, 90) with { Cost = Cost() with { GradEvalsW = w, GradEvalsHessian = hessian } };
        var report = SweepComparison.Of(Sweep([other, es], budget: match));
        Assert.Equal(flagged, report.Arm("darts").Scores[0].Flags.Contains("budget≠"));
        Assert.DoesNotContain("budget≠", report.Arm("sgas-es").Scores[0].Flags);
    }

    [Fact]
    public void Every_flag_that_occurs_is_explained_once()
    {
        var report = SweepComparison.Of(TableSweep(("darts", [90]), ("random", [80])));
        Assert.Equal(report.Arms.SelectMany(a => a.Scores).SelectMany(s => s.Flags).Distinct().Order(), report.Flags.Select(f => f.Flag).Order());
    }

    [Fact]
    public void Unrecorded_retrain_settings_are_admitted()
    {
        var report = SweepComparison.Of(Sweep([Plain with { Retrains = [Plain.Retrains[0] with { Spec = null }] }]));
        Assert.Contains(report.Notes, n => n.Contains("Retrain settings were not recorded"));
    }

    private static IReadOnlyList<string> FlagsOf(SeedRunResult run) => SweepComparison.Of(Sweep([run])).Arms[0].Scores[0].Flags;
}
