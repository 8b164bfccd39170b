using NasFarm.Analysis.BestPractice;
using NasFarm.Analysis.Tests.Report;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using static NasFarm.Analysis.Tests.Synthetic;

namespace NasFarm.Analysis.Tests.BestPractice;

public sealed class ChecklistTests
{
    private static readonly ChecklistFacts Facts = new(["0.1.0+4f2a"], ["a processor"], Unnamed: 0, TableSha256: "ab12");

    private static readonly SweepResult Whole = RichSweeps.Table(10);

    [Fact]
    public void A_sweep_that_shows_everything_is_answered_no_only_where_the_authors_must_speak()
    {
        var items = Checklist.Of(Whole, Facts);
        Assert.Equal(["Is it said how settings were chosen, and what that cost?"], Questions(items, ChecklistAnswer.No));
        Assert.Equal(["Are the settings and seeds of the final training given?"], Questions(items, ChecklistAnswer.NotApplicable));
        Assert.All(items, item => Assert.NotEqual("", item.Evidence));
    }

    [Fact]
    public void Retrainings_are_evidence_of_the_final_training()
    {
        var items = Checklist.Of(RichSweeps.Transfer(10), Facts with { TableSha256 = null });
        Assert.Contains("seeds 0, 1", Item(items, "final training given").Evidence, StringComparison.Ordinal);
        Assert.Equal(ChecklistAnswer.Yes, Item(items, "same procedure").Answer);
        Assert.Equal(ChecklistAnswer.NotApplicable, Item(items, "tabular benchmark").Answer);
    }

    [Theory]
    [InlineData("random search", "No random arm in nas-bench-201")]
    [InlineData("Was every search repeated", "darts 1")]
    [InlineData("taken away", "No arm is another one")]
    [InlineData("declared before", "names no primary")]
    [InlineData("over time", "recorded no validation accuracy")]
    public void A_sweep_of_one_arm_and_one_seed_is_told_what_it_lacks(string question, string evidence)
    {
        var item = Item(Checklist.Of(Sweep([TableRun("darts", 0, 90)], null, null), Facts), question);
        Assert.Equal(ChecklistAnswer.No, item.Answer);
        Assert.Contains(evidence, item.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void An_arm_with_one_setting_changed_is_an_ablation()
    {
        var sweep = Sweep([TableRun("darts", 0, 90), TableRun("darts", 0, 91, "darts-2nd"), TableRun("random", 0, 80)]);
        Assert.Contains("darts-2nd against darts", Item(Checklist.Of(sweep, Facts), "taken away").Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_machines_that_compute_otherwise_are_a_confounder()
    {
        var other = Whole.Fingerprints.Values.First() with { Blas = "mkl" };
        var mixed = Whole with { Fingerprints = new Dictionary<string, NumericsFingerprint>(Whole.Fingerprints) { ["00ff"] = other } };
        Assert.StartsWith("2 numerics fingerprints", Answered(mixed, Facts, ChecklistAnswer.No).Evidence, StringComparison.Ordinal);
        Assert.Contains("2 code versions", Answered(Whole, Facts with { CodeVersions = ["0.1.0+a", "0.1.0+b"] }, ChecklistAnswer.No).Evidence, StringComparison.Ordinal);
        Assert.Contains("3 attempts recorded none", Answered(Whole, Facts with { Unnamed = 3 }, ChecklistAnswer.No).Evidence, StringComparison.Ordinal);
        var changed = Whole with { Runs = [Whole.Runs[0] with { NumericsChanged = true }, .. Whole.Runs.Skip(1)] };
        Assert.Contains("1 run changed numerics", Answered(changed, Facts, ChecklistAnswer.No).Evidence, StringComparison.Ordinal);

        static ChecklistItem Answered(SweepResult sweep, ChecklistFacts facts, ChecklistAnswer answer)
        {
            var item = Item(Checklist.Of(sweep, facts), "other causes");
            Assert.Equal(answer, item.Answer);
            return item;
        }
    }

    [Fact]
    public void Arms_that_are_trained_otherwise_are_not_compared_fairly()
    {
        var sweep = Sweep([RetrainRun("darts", 0, ("fashion-mnist", "sgas-es-fashion-mnist", [94])), RetrainRun("random", 0, ("emnist-balanced", "sgas-es-emnist", [80]))]);
        var items = Checklist.Of(sweep, Facts);
        Assert.Equal((ChecklistAnswer.No, ChecklistAnswer.No), (Item(items, "same procedure").Answer, Item(items, "same images").Answer));
        Assert.Contains("the final training differs", Item(items, "same images").Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_without_a_commit_names_no_code() =>
        Assert.Contains("not every version names its commit", Item(Checklist.Of(Whole, Facts with { CodeVersions = ["0.1.0"] }), "trains the found cells").Evidence, StringComparison.Ordinal);

    [Fact]
    public void Runs_that_failed_are_not_passed_over()
    {
        var failed = Whole with { Runs = [Whole.Runs[0] with { State = SeedRunState.Failed }, .. Whole.Runs.Skip(1)] };
        var item = Item(Checklist.Of(failed, Facts), "accounted for");
        Assert.Equal(ChecklistAnswer.No, item.Answer);
        Assert.StartsWith("50 declared = 49 finished + 1 failed", item.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_other_than_the_defaults_are_listed()
    {
        var own = TableRun("darts", 0, 90);
        own = own with { Spec = own.Spec with { Hyperparameters = own.Spec.Hyperparameters.With("epochs", 7L) } };
        Assert.Contains("darts: epochs 7", Item(Checklist.Of(Sweep([own]), Facts), "how settings were chosen").Evidence, StringComparison.Ordinal);
        Assert.Contains("All arms have the default settings", Item(Checklist.Of(Whole, Facts), "how settings were chosen").Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sweep_without_a_finished_run_claims_nothing()
    {
        var empty = Whole with { Runs = [.. Whole.Runs.Select(run => run with { State = SeedRunState.Failed, Table = new Dictionary<string, double>() })], Fingerprints = new Dictionary<string, NumericsFingerprint>() };
        var items = Checklist.Of(empty, new([], [], 0, null));
        // What was declared stands in the plan whether or not it ran.
        Assert.Equal(
            ["Are the settings and seeds of the searches given?", "Is a part of the method taken away in some arm (ablation)?", "Is random search among the arms?", "Was the comparison declared before the first run?"],
            Questions(items, ChecklistAnswer.Yes));
    }

    [Fact]
    public void The_page_has_a_row_per_item_and_escapes_what_tables_cannot_hold()
    {
        var page = ChecklistMarkdown.Render("a sweep", [new("One", "Is it?", ChecklistAnswer.NotApplicable, "a|b\nc"), new("Two", "And so?", ChecklistAnswer.Yes, "yes")]);
        Assert.Contains("## One\n\n| item | answer | evidence |\n|---|---|---|\n| Is it? | not applicable | a\\|b c |\n", page, StringComparison.Ordinal);
        Assert.EndsWith("| And so? | yes | yes |\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', page);
    }

    private static string[] Questions(IReadOnlyList<ChecklistItem> items, ChecklistAnswer answer) => [.. items.Where(item => item.Answer == answer).Select(item => item.Question)];

    private static ChecklistItem Item(IReadOnlyList<ChecklistItem> items, string question) =>
        Assert.Single(items, item => item.Question.Contains(question, StringComparison.OrdinalIgnoreCase));
}
