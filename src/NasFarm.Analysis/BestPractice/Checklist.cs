using System.Globalization;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.BestPractice;

/// <summary>Answer to an item, as far as the data show it.</summary>
public enum ChecklistAnswer
{
    /// <summary>The data show it.</summary>
    Yes,

    /// <summary>They show that it is not so, or do not show it.</summary>
    No,

    /// <summary>The item asks about something that this sweep does not have.</summary>
    NotApplicable,
}

/// <summary>One item, answered. <paramref name="Evidence"/> names figures and files.</summary>
public sealed record ChecklistItem(string Section, string Question, ChecklistAnswer Answer, string Evidence);

/// <summary>What a sweep's result alone does not tell.</summary>
/// <param name="CodeVersions">Of every attempt that gave a result; distinct.</param>
/// <param name="Machines">Device models of those attempts; distinct.</param>
/// <param name="Unnamed">Attempts that recorded no version or no model.</param>
/// <param name="TableSha256">Of the benchmark table's file; null: none was read.</param>
public sealed record ChecklistFacts(IReadOnlyList<string> CodeVersions, IReadOnlyList<string> Machines, int Unnamed, string? TableSha256);

/// <summary>The best-practice checklist for research on architecture search (Lindauer and Hutter, JMLR 21(243), 2020), its items in our
/// words, answered from a sweep. An item is <see cref="ChecklistAnswer.Yes"/> only where the data show it; what only the authors can know
/// is <see cref="ChecklistAnswer.No"/> with what they have to add.</summary>
public static class Checklist
{
    private const string Code = "Code and settings", Comparing = "Comparison", Reporting = "Reporting", Ours = "Beyond the checklist";

    /// <summary>Arms that take one part of a method away.</summary>
    private static readonly Dictionary<string, string[]> Controls = new()
    {
        ["sgas-es"] = ["sgas", "sgas-matched", "sgas-es-placebo"],
        ["sgas"] = ["darts"],
    };

    /// <summary>Every item, in the order of the paper.</summary>
    public static IReadOnlyList<ChecklistItem> Of(SweepResult sweep, ChecklistFacts facts)
    {
        var finished = sweep.Runs.Where(run => run.State == SeedRunState.Finished).ToList();
        return
        [
            Item(Code, "Is the code that trains the found cells named so that it can be had?", CodeNamed(facts)),
            Item(Code, "Is the code of the search space?", CodeNamed(facts)),
            Item(Code, "Is the code of every search method?", CodeNamed(facts)),
            Item(Code, "Are the settings and seeds of the final training given?", FinalTraining(finished)),
            Item(Code, "Are the settings and seeds of the searches given?", SearchSettings(sweep)),
            Item(Comparing, "Do all methods have the same images, split, search space and final training?", SameBenchmark(sweep, finished)),
            Item(Comparing, "Are other causes of a difference (machines, libraries, versions) held fixed?", SameNumerics(sweep, facts)),
            Item(Comparing, "Is a part of the method taken away in some arm (ablation)?", Ablation(sweep)),
            Item(Comparing, "Is every method scored by the same procedure?", SameScoring(finished)),
            Item(Comparing, "Is performance shown over time?", OverTime(finished)),
            Item(Comparing, "Is random search among the arms?", RandomArm(sweep)),
            Item(Comparing, "Was every search repeated, with seeds given?", Repeated(sweep)),
            Item(Comparing, "Is a tabular benchmark used for a deeper look?", Tabular(sweep, facts)),
            Item(Reporting, "Is it said how settings were chosen, and what that cost?", Tuning(sweep)),
            Item(Reporting, "Is the time of the whole method given, final training included?", WholeTime(finished)),
            Item(Reporting, "Are all details of the set-up given?", Details(sweep, facts)),
            Item(Ours, "Was the comparison declared before the first run?", Declared(sweep)),
            Item(Ours, "Is every declared run accounted for?", Accounted(sweep)),
        ];

        static ChecklistItem Item(string section, string question, (ChecklistAnswer Answer, string Evidence) found) =>
            new(section, question, found.Answer, found.Evidence);
    }

    private static (ChecklistAnswer, string) CodeNamed(ChecklistFacts facts)
    {
        if (facts.CodeVersions.Count == 0)
            return (ChecklistAnswer.No, "No finished attempt recorded the version of its code.");
        var versions = $"NasFarm {string.Join(" and ", facts.CodeVersions)}";
        return facts.CodeVersions.All(version => version.Contains('+', StringComparison.Ordinal)) && facts.Unnamed == 0
            ? (ChecklistAnswer.Yes, $"{versions}: what follows '+' is the commit. That it is public is for the authors to say.")
            : (ChecklistAnswer.No, $"{versions}; {(facts.Unnamed > 0 ? $"{Many(facts.Unnamed, "attempt")} recorded none" : "not every version names its commit")}.");
    }

    private static (ChecklistAnswer, string) FinalTraining(List<SeedRunResult> finished)
    {
        var retrains = finished.SelectMany(run => run.Retrains).ToList();
        if (retrains.Count == 0)
            return (ChecklistAnswer.NotApplicable, "Nothing was retrained.");
        return retrains.All(r => r.Spec is not null)
            ? (ChecklistAnswer.Yes, $"plan.json, for each of {Many(retrains.Count, "retraining")}: recipe with every setting, images, seed (seeds {Seeds(retrains.Select(r => r.RetrainSeed))}).")
            : (ChecklistAnswer.No, $"{Many(retrains.Count(r => r.Spec is null), "retraining")} did not record its settings.");
    }

    private static (ChecklistAnswer, string) SearchSettings(SweepResult sweep) => sweep.Runs.Count == 0
        ? (ChecklistAnswer.NotApplicable, "The sweep has no runs.")
        : (ChecklistAnswer.Yes, $"plan.json, for each of {Many(sweep.Runs.Count, "run")}: every setting, defaults written out; search seeds {Seeds(sweep.Runs.Select(r => r.Spec.SearchSeed))}.");

    private static (ChecklistAnswer, string) SameBenchmark(SweepResult sweep, List<SeedRunResult> finished)
    {
        var settings = sweep.Runs.GroupBy(run => new Setting(run.Spec.Space, run.Spec.Data)).ToList();
        var missing = settings.SelectMany(s => sweep.Arms.Except(s.Select(run => run.Arm)).Select(arm => $"{arm} was not run on {s.Key}")).ToList();
        if (missing.Count > 0)
            return (ChecklistAnswer.No, $"{string.Join("; ", missing)}.");
        if (sweep.Runs.Select(run => run.Spec.NoneRule).Distinct().Count() > 1)
            return (ChecklistAnswer.No, "Not every arm has the same rule for the operation none.");
        return SameScoring(finished).Item1 == ChecklistAnswer.No
            ? (ChecklistAnswer.No, "Searches share images, split and space; the final training differs (see below).")
            : (ChecklistAnswer.Yes, $"Every arm: {string.Join("; ", settings.Select(s => $"{s.Key}, split {s.Key.Data.Split.ToString().ToLowerInvariant()}, content {s.Key.Data.ContentHash[..Math.Min(12, s.Key.Data.ContentHash.Length)]}"))}; plan.json.");
    }

    private static (ChecklistAnswer, string) SameNumerics(SweepResult sweep, ChecklistFacts facts)
    {
        var changed = sweep.Runs.Count(run => run.NumericsChanged);
        var text = $"{Many(sweep.Fingerprints.Count, "numerics fingerprint")}, {Many(facts.CodeVersions.Count, "code version")}, {Many(facts.Machines.Count, "device model")} (environment.json)";
        var budget = sweep.Comparison.BudgetMatch == "none" ? " Budgets were not matched: cost stands beside every score in comparison.txt." : $" Budgets were matched by {sweep.Comparison.BudgetMatch}.";
        return sweep.Fingerprints.Count == 1 && facts.CodeVersions.Count == 1 && facts.Unnamed == 0 && changed == 0
            ? (ChecklistAnswer.Yes, $"{text}; equal fingerprints compute equal bits.{budget}")
            : (ChecklistAnswer.No, $"{text}{(changed > 0 ? $"; {Many(changed, "run")} changed numerics on the way" : "")}{(facts.Unnamed > 0 ? $"; {Many(facts.Unnamed, "attempt")} recorded none" : "")}.{budget}");
    }

    private static (ChecklistAnswer, string) Ablation(SweepResult sweep)
    {
        var methods = sweep.Runs.Select(run => (run.Arm, run.Spec.Method)).Distinct().ToList();
        var found = methods.SelectMany(arm => methods
                .Where(other => Controls.GetValueOrDefault(arm.Method, []).Contains(other.Method) || (other.Method == arm.Method && string.CompareOrdinal(arm.Arm, other.Arm) < 0))
                .Select(other => $"{other.Arm} against {arm.Arm}"))
            .Distinct().ToList();
        return found.Count > 0
            ? (ChecklistAnswer.Yes, $"{string.Join(", ", found)}; what differs stands in plan.json.")
            : (ChecklistAnswer.No, "No arm is another one with a part taken away or a setting changed.");
    }

    private static (ChecklistAnswer, string) SameScoring(List<SeedRunResult> finished)
    {
        var scored = finished.Where(run => !run.SearchDiverged).ToList();
        if (scored.Count == 0)
            return (ChecklistAnswer.No, "No run has a score.");
        // Recipes follow the space, so each space is held against itself.
        var mixed = scored.GroupBy(run => run.Spec.Space).Where(space => space.Select(Procedure).Distinct().Count() > 1).Select(space => space.Key.Name).ToList();
        var first = scored[0];
        return mixed.Count > 0
            ? (ChecklistAnswer.No, $"Runs in {string.Join(", ", mixed)} have different retrainings or table columns.")
            : (ChecklistAnswer.Yes, $"Each run: {Many(first.Retrains.Count, "retraining")} with equal settings and seeds, scored after the last epoch{(first.Table.Count > 0 ? ", and the table's columns" : "")}.");

        static string Procedure(SeedRunResult run) => string.Join(';',
            run.Retrains.Select(r => $"{r.Data} {r.Recipe} {r.RetrainSeed} {r.Spec?.Settings} {r.Spec?.Data}").Order(StringComparer.Ordinal)
                .Concat(run.Table.Keys.Order(StringComparer.Ordinal)));
    }

    private static (ChecklistAnswer, string) OverTime(List<SeedRunResult> finished)
    {
        var trained = finished.Where(run => MethodCatalog.Get(run.Spec.Method).Trains).ToList();
        if (trained.Count == 0)
            return (ChecklistAnswer.NotApplicable, "No finished arm trains a supernet.");
        var without = trained.Count(run => run.Search.Last(SearchRecords.ValidAccuracy) is null);
        return without == 0
            ? (ChecklistAnswer.Yes, $"metrics.csv has the validation accuracy of every epoch of {Many(trained.Count, "search", "searches")}; report.html draws it.")
            : (ChecklistAnswer.No, $"{Many(without, "search", "searches")} recorded no validation accuracy.");
    }

    private static (ChecklistAnswer, string) RandomArm(SweepResult sweep)
    {
        var without = sweep.Runs.GroupBy(run => new Setting(run.Spec.Space, run.Spec.Data)).Where(s => s.All(run => run.Spec.Method != Series.RandomMethod)).Select(s => s.Key).ToList();
        return without.Count == 0 && sweep.Runs.Count > 0
            ? (ChecklistAnswer.Yes, $"Arm {string.Join(", ", sweep.Runs.Where(run => run.Spec.Method == Series.RandomMethod).Select(run => run.Arm).Distinct())}: cells drawn uniformly under the same rules, trained and scored like the others.")
            : (ChecklistAnswer.No, $"No random arm{(without.Count > 0 ? $" in {string.Join(", ", without)}" : "")}.");
    }

    private static (ChecklistAnswer, string) Repeated(SweepResult sweep)
    {
        var counts = sweep.Runs.Where(run => MethodCatalog.Get(run.Spec.Method).Trains).GroupBy(run => run.Arm)
            .Select(arm => (Arm: arm.Key, N: arm.Where(run => run.State == SeedRunState.Finished).Select(run => (run.Spec.SearchSeed, run.Spec.DataOrderSeed)).Distinct().Count())).ToList();
        if (counts.Count == 0)
            return (ChecklistAnswer.NotApplicable, "No arm searches.");
        var least = counts.Min(arm => arm.N);
        var text = $"Finished seeds: {string.Join(", ", counts.Select(arm => $"{arm.Arm} {arm.N}"))}; each seed is in runs.csv.";
        return least < 2
            ? (ChecklistAnswer.No, text)
            : (ChecklistAnswer.Yes, SampleSize.Limitation(least) is { } limit ? $"{text} {limit}" : text);
    }

    private static (ChecklistAnswer, string) Tabular(SweepResult sweep, ChecklistFacts facts)
    {
        var scored = sweep.Runs.Count(run => run.Table.Count > 0);
        if (scored > 0)
            return (ChecklistAnswer.Yes, $"{Tables(sweep)} scores of {Many(scored, "run")}; table file {facts.TableSha256 ?? "not recorded"}.");
        return Tables(sweep) is { Length: > 0 } tables
            ? (ChecklistAnswer.No, $"The space has a table ({tables}), and no score here comes from it.")
            : (ChecklistAnswer.NotApplicable, "No table is known for these spaces.");
    }

    private static string Tables(SweepResult sweep) => string.Join(" and ",
        BenchmarkTables.BySpace.Where(table => sweep.Runs.Any(run => run.Spec.Space.Name == table.Key)).Select(table => table.Value));

    private static (ChecklistAnswer, string) Tuning(SweepResult sweep)
    {
        var own = sweep.Runs.GroupBy(run => run.Arm).Select(arm => (arm.Key, Settings: arm.SelectMany(Changed).Distinct().ToList())).Where(arm => arm.Settings.Count > 0).ToList();
        return (ChecklistAnswer.No,
            "The store holds values, not how they were found: that is for the authors to say. "
            + (own.Count == 0 ? "All arms have the default settings." : $"Other than the defaults: {string.Join("; ", own.Select(arm => $"{arm.Key}: {string.Join(", ", arm.Settings)}"))}."));

        static List<string> Changed(SeedRunResult run)
        {
            var definitions = MethodCatalog.Get(run.Spec.Method).Settings.ToDictionary(s => s.Name);
            return [.. run.Spec.Hyperparameters
                .Where(set => !definitions.TryGetValue(set.Key, out var known) || !Equals(known.Accept(known.DefaultFor(run.Spec.Space.Name)).Value, set.Value))
                .Select(set => string.Create(CultureInfo.InvariantCulture, $"{set.Key} {set.Value}"))];
        }
    }

    private static (ChecklistAnswer, string) WholeTime(List<SeedRunResult> finished)
    {
        if (finished.Count == 0)
            return (ChecklistAnswer.No, "No run is finished.");
        var untimed = finished.Count(run => (MethodCatalog.Get(run.Spec.Method).Trains && run.Cost.SearchSeconds <= 0) || (run.Retrains.Count > 0 && run.Cost.RetrainSeconds <= 0));
        double Sum(Func<RunCost, double> part) => finished.Sum(run => part(run.Cost));
        return (untimed == 0 ? ChecklistAnswer.Yes : ChecklistAnswer.No,
            $"Device time of {Many(finished.Count, "finished run")}: search {Numbers.Duration(Sum(c => c.SearchSeconds))} (of it undone by rollbacks "
            + $"{Numbers.Duration(Sum(c => c.DiscardedSeconds))}), retraining {Numbers.Duration(Sum(c => c.RetrainSeconds))}, lost to stops {Numbers.Duration(Sum(c => c.WastedSeconds))}; by run in runs.csv."
            + (untimed == 0 ? "" : $" {Many(untimed, "run")} recorded no time."));
    }

    private static (ChecklistAnswer, string) Details(SweepResult sweep, ChecklistFacts facts) => facts.Unnamed == 0 && facts.Machines.Count > 0 && sweep.Fingerprints.Count > 0
        ? (ChecklistAnswer.Yes, $"manifest.yaml, plan.json, environment.json ({string.Join(", ", facts.Machines)}), lineage.json: every attempt with its machine, code, numerics and checkpoints.")
        : (ChecklistAnswer.No, facts.Unnamed > 0 ? $"{Many(facts.Unnamed, "attempt")} recorded no code version or device model (lineage.json)." : "No finished attempt is recorded.");

    private static (ChecklistAnswer, string) Declared(SweepResult sweep) => sweep.Comparison is { PrimaryA: { } a, PrimaryB: { } b }
        ? (ChecklistAnswer.Yes, $"{a} against {b}, in manifest.yaml and in the sweep's id; all other tests are corrected for their number.")
        : (ChecklistAnswer.No, "manifest.yaml names no primary comparison.");

    private static (ChecklistAnswer, string) Accounted(SweepResult sweep)
    {
        var tally = Tally.Of(sweep.Runs);
        return (tally.Finished == tally.Declared && tally.Declared > 0 ? ChecklistAnswer.Yes : ChecklistAnswer.No, $"{tally}; runs.csv has all of them.");
    }

    private static string Many(int count, string one, string? more = null) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : more ?? one + "s")}");

    private static string Seeds(IEnumerable<long> seeds) => string.Join(", ", seeds.Distinct().Order().Select(seed => seed.ToString(CultureInfo.InvariantCulture)));
}
