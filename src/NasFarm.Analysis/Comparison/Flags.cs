using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Analysis.Comparison;

/// <summary>A flag and what it says about a number.</summary>
public sealed record FlagMeaning(string Flag, string Meaning);

/// <summary>Flags that the program puts on every number (spec/retraining-and-data.md §7). A published figure may stand in the same
/// table only where no flag differs. The rules, exactly, are <see cref="Meanings"/>.</summary>
public static class Flags
{
    /// <summary>Unequal cost is flagged from this relative difference of the means on.</summary>
    public const double BudgetTolerance = 0.05;

    /// <summary>Share of undecided runs above which an arm is flagged.</summary>
    public const double UndecidedTolerance = 0.2;

    /// <summary>Raised where a look ended the sweep before its last one.</summary>
    public const string StoppedEarly = "stopped-early";

    /// <summary>Every flag with its rule, in the order in which flags are printed.</summary>
    public static IReadOnlyList<FlagMeaning> Meanings { get; } =
    [
        new("proxy-net", "the searched network, or for a retrained score the trained one, is smaller than the published size (fewer channels, cells or epochs)"),
        new("part-data", "fewer images than the published half (search) or set (retraining), or images shrunk below their native size"),
        new("none-rule", "on NAS-Bench-201 the published figures of this method may contain none; here it is never derived"),
        new("table-test", "the score is a test accuracy read from the benchmark table; the derived cell was not trained"),
        new("n<10", "fewer than ten seeds have a value"),
        new(StoppedEarly, "the sweep stopped at a look before its last: estimates and intervals are biased towards the difference that stopped it"),
        new("budget≠", "mean cost differs by more than 5 % from the reference arm (the predeclared first one): gradient evaluations, or epochs where budget.match is epochs"),
        new("alpha-lr≠paper", "the learning rate of the alphas is not the one of the method's paper"),
        new("split=ordered", "the search halves are in file order; NAS-Bench-201's published figures use a fixed published index list"),
        new("split=permuted", "the search halves come from a seeded permutation; the published figures use the file order, on NAS-Bench-201 a fixed published index list"),
        new("lr-granularity", "the weights' learning rate changes per epoch where the published protocol changes it per step, or the reverse"),
        new("undecided>20%", "in more than 20 % of the runs the alphas hardly moved (entropy > .99 or margin < .01): the genotype is noise"),
    ];

    /// <summary>Meanings of the flags that occur.</summary>
    public static IReadOnlyList<FlagMeaning> Explain(IEnumerable<string> occurring)
    {
        var seen = occurring.ToHashSet();
        return [.. Meanings.Where(m => seen.Contains(m.Flag))];
    }

    /// <summary>Flags of an arm's score on a measure, in the order of <see cref="Meanings"/>.</summary>
    internal static IReadOnlyList<string> Of(Series arm, Measure measure, int n, SearchBehaviour behaviour, bool unequalBudget, bool stoppedEarly = false)
    {
        var spec = arm.Runs[0].Spec;
        var retrain = measure.Kind == MeasureKind.Retrain
            ? arm.Runs.SelectMany(r => r.Retrains).FirstOrDefault(r => r.Data == measure.Target && r.Recipe == measure.Recipe)?.Spec
            : null;
        var nasBench201 = spec.Space.Name == "nas-bench-201";
        var searches = MethodCatalog.Get(spec.Method).Trains;
        var raised = new HashSet<string>();
        void Raise(string flag, bool when) { if (when) raised.Add(flag); }

        Raise("proxy-net", (searches && Published.SmallerThanSearchNet(spec.Space)) || (retrain is not null && Published.SmallerThanRetrainNet(retrain, spec.Space.Name)));
        Raise("part-data", (searches && Published.PartOfSearchData(spec.Data)) || (retrain is not null && Published.PartOfRetrainData(retrain.Data)));
        Raise("none-rule", nasBench201 && spec.NoneRule == NoneRule.Excluded && !Published.NeverDerivesNone(spec.Method));
        Raise("table-test", measure.Kind == MeasureKind.Table && measure.Target.Contains("_test", StringComparison.Ordinal));
        Raise("n<10", n < SampleSize.LeastForBootstrap);
        Raise(StoppedEarly, stoppedEarly);
        Raise("budget≠", unequalBudget);
        Raise("alpha-lr≠paper", searches && Published.Differs(spec, "alphaLearningRate"));
        Raise("split=ordered", searches && nasBench201 && spec.Data.Split == SplitRule.Ordered);
        Raise("split=permuted", searches && spec.Data.Split == SplitRule.Permuted);
        Raise("lr-granularity", searches && Published.Differs(spec, "learningRateGranularity"));
        Raise("undecided>20%", behaviour.UndecidedShare > UndecidedTolerance);
        return [.. Meanings.Select(m => m.Flag).Where(raised.Contains)];
    }

    /// <summary>Labels whose mean cost differs from the reference's. Without a reference in the setting the first arm is it.</summary>
    internal static IReadOnlySet<string> UnequalBudgets(IReadOnlyList<Series> arms, ComparisonSpec predeclared) =>
        arms.GroupBy(a => a.Setting).SelectMany(setting =>
        {
            var reference = Cost(setting.FirstOrDefault(a => a.Arm == predeclared.PrimaryA) ?? setting.First());
            return setting.Where(a => Cost(a) is { } cost && reference is { } r && Math.Abs(cost - r) > BudgetTolerance * r).Select(a => a.Label);

            double? Cost(Series arm)
            {
                var finished = arm.Runs.Where(r => r.State == SeedRunState.Finished).Select(r => r.Cost).ToList();
                return finished.Count == 0 ? null
                    : predeclared.BudgetMatch == "epochs" ? finished.Average(c => c.EpochsTrained)
                    : finished.Average(c => (double)(c.GradEvalsW + c.GradEvalsAlpha + c.GradEvalsHessian));
            }
        }).ToHashSet();
}

/// <summary>What the papers and their code use, as far as a flag needs it. Defaults of the catalog are the published values.</summary>
internal static class Published
{
    // Training images (a search uses half of them on each side), test images and native side; spec/retraining-and-data.md §4.
    private static readonly Dictionary<string, (int Train, int Test, int Side)> Sets = new()
    {
        ["cifar-10"] = (50_000, 10_000, 32), ["cifar-100"] = (50_000, 10_000, 32), ["svhn"] = (73_257, 26_032, 32),
        ["fashion-mnist"] = (60_000, 10_000, 28), ["mnist"] = (60_000, 10_000, 28), ["kmnist"] = (60_000, 10_000, 28),
        ["emnist-balanced"] = (112_800, 18_800, 28), ["imagenet16-120"] = (151_700, 3_000, 16),
    };

    public static bool SmallerThanSearchNet(SpaceSpec space) =>
        SearchSpaces.Get(space.Name) is var published && (space.Channels < published.DefaultChannels || space.Cells < published.DefaultCells);

    public static bool SmallerThanRetrainNet(RetrainSpec retrain, string space)
    {
        var published = RecipeCatalog.Get(retrain.Recipe).Settings;
        return new[] { "channels", "cells", "epochs" }.Any(name =>
            retrain.Settings.ContainsKey(name) && retrain.Settings.Int(name) < (long)published.First(s => s.Name == name).DefaultFor(space));
    }

    public static bool PartOfSearchData(DataSpec data) => Sets.TryGetValue(data.Name, out var full)
        ? data.TrainImages < full.Train / 2 || data.AlphaImages < full.Train / 2 || data.ImageSize < full.Side
        : data.TrainImages is not null || data.AlphaImages is not null || data.ImageSize is not null;

    public static bool PartOfRetrainData(DataSpec data) => Sets.TryGetValue(data.Name, out var full)
        ? data.TrainImages < full.Train || data.TestImages < full.Test || data.ImageSize < full.Side
        : data.TrainImages is not null || data.TestImages is not null || data.ImageSize is not null;

    // SGAS and what derives from it take the largest operation other than none (spec/algorithms.md §2.4).
    public static bool NeverDerivesNone(string method) => method.StartsWith("sgas", StringComparison.Ordinal);

    /// <summary>The run sets it to something else than the method's default in this space.</summary>
    public static bool Differs(SeedRunSpec spec, string setting) =>
        spec.Hyperparameters.TryGetValue(setting, out var value)
        && MethodCatalog.Get(spec.Method).Settings.FirstOrDefault(s => s.Name == setting) is { } definition
        && !Equals(value, definition.DefaultFor(spec.Space.Name));
}
