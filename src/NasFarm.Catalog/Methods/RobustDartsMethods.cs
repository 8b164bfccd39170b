using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Schedules;

namespace NasFarm.Catalog.Methods;

/// <summary>The methods of "Understanding and Robustifying Differentiable Architecture Search" (spec/algorithms.md §4): DARTS-ES, DARTS-ADA,
/// and DARTS with a regulariser turned up.</summary>
public static class RobustDartsMethods
{
    /// <summary>Value of <c>tracker</c>: measurements of abandoned epochs stay in the window.</summary>
    public const string Released = "released";

    private const string Paper = "Zela et al., ICLR 2020 (arXiv 1909.09656); spec/algorithms.md §4";
    private const string Source = "RobustDARTS train_search.py, args.py; spec/algorithms.md §4";

    internal static MethodDefinition EarlyStopping { get; } = new()
    {
        Name = "darts-es",
        Revisions = MethodDefinition.SameNoise,
        Title = "DARTS-ES",
        Source = Paper + ".2",
        Idea = "DARTS that watches the dominant eigenvalue of the architecture Hessian and, when its local average grows too fast, ends with "
            + "the genotype of the epoch before the growth.",
        Settings = [.. Watching, .. Base(order: 2), .. SearchSettings.LambdaMax(on: true, ownInterval: false)],
        RollsBack = true,
        Relations = CheckWatching,
        Phases = (h, _) => PhasePlan.Stopping(h.Int("epochs"), Earliest(Rule(h)), h.Int("epochs"), h.Int("batchSize")),
    };

    internal static MethodDefinition Adaptive { get; } = new()
    {
        Name = "darts-ada",
        Revisions = MethodDefinition.SameNoise,
        Title = "DARTS-ADA",
        Source = Paper + ".3",
        Idea = "DARTS-ES that does not end: it goes back to the epoch before the growth of the eigenvalue and goes on from there with a larger "
            + "weight decay.",
        Settings =
        [
            .. Watching,
            SearchSettings.Above("weightDecayFactor", 10.0, 1, null, "Factor on the weight decay at every trigger.", Source + ".3"),
            SearchSettings.Above("weightDecayMax", 0.03, 0, null, "Weight decay that is not exceeded; at it nothing triggers.", Source + ".3"),
            SearchSettings.Integer("extraRollback", 0, 0, 100_000, "epochs", "Epochs that a trigger goes back further.", Source + ".3"),
            SearchSettings.Choice(
                "tracker", Released, [Released, "restored"],
                "After a trigger: measurements of abandoned epochs stay in the window, as in the released code, or are forgotten.", Source + ".3"),
            .. Base(order: 2),
            .. SearchSettings.LambdaMax(on: true, ownInterval: false),
        ],
        RollsBack = true,
        Relations = CheckAdaptive,
        Phases = (h, _) => PhasePlan.Stopping(h.Int("epochs"), h.Int("epochs"),
            h.Int("epochs") + Ladder(h).MostRaises * (Rule(h).Rollback + h.Int("extraRollback")), h.Int("batchSize")),
    };

    internal static MethodDefinition WeightDecay { get; } = new()
    {
        Name = "r-darts-l2",
        Revisions = MethodDefinition.SameNoise,
        Title = "R-DARTS (L2)",
        Source = Paper + ".1",
        Idea = "DARTS with a larger weight decay on the weights: one search of the several that R-DARTS (L2) chooses from.",
        Settings =
        [
            .. Base(order: 2).With("weightDecay", 27e-4, Source + ".1: the middle of {3, 9, 27, 81, 243}e-4")
                .Select(s => s.Name == "weightDecay" ? s.In("nas-bench-201", 27e-4) : s),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    internal static MethodDefinition DropPath { get; } = new()
    {
        Name = "r-darts-dp",
        Revisions = MethodDefinition.SameNoise,
        Title = "R-DARTS (DP)",
        Source = Paper + ".1",
        Idea = "DARTS with drop-path on every edge and cut-out on the images, both growing over the search: one search of the several that "
            + "R-DARTS (DP) chooses from.",
        Settings =
        [
            SearchSettings.Number(
                "searchDropPath", 0.4, 0, 0.999, "Probability of dropping an edge for an image at the last epoch, from 0 linearly.",
                Source + ".1: the middle of {.2, .4, .6}"),
            SearchSettings.Integer(
                "searchCutout", 16, 0, 4096, "pixels", "Side of the square that is cut out of ever more images; 0 or no drop-path: none.",
                "RobustDARTS utils.py (16); spec/algorithms.md §4.1"),
            .. Base(order: 2),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    /// <summary>The early-stopping rule in resolved settings of <c>darts-es</c> and <c>darts-ada</c>.</summary>
    public static EarlyStoppingRule Rule(Hyperparameters settings) => SearchSettings.Rule(settings);

    /// <summary>The weight decays of <c>darts-ada</c>.</summary>
    public static WeightDecayLadder Ladder(Hyperparameters settings) =>
        new(settings.Double("weightDecay"), settings.Double("weightDecayFactor"), settings.Double("weightDecayMax"));

    /// <summary>Ramp of <c>r-darts-dp</c>, 0 at the first epoch and 1 at the last: p·e/(E−1) for the drop-path, and the share of images that
    /// are cut.</summary>
    public static LinearSchedule Ramp(Hyperparameters settings) => new(0, 1, settings.Int("epochs") - 1);

    private static IEnumerable<HyperparameterDefinition> Watching =>
    [
        .. SearchSettings.EarlyStopping(EarlyStoppingRule.RobustDarts, Source + ".2"),
        SearchSettings.EsStart(EarlyStoppingRule.RobustDarts.EsStart, Source + ".2"),
    ];

    private static IEnumerable<HyperparameterDefinition> Base(int order) =>
    [
        SearchSettings.Order(order, Source + ".1"),
        SearchSettings.Epochs(50, Source + ".1"),
        .. SearchSettings.Training(64, 64, Source + ".1; NAS-Bench-201: §1.8").OnNodes(),
    ];

    /// <summary>Epochs of a search that stops as early as the rule can.</summary>
    private static int Earliest(EarlyStoppingRule rule) => rule.EsStart + rule.MinimumPhaseEpochs;

    private static IEnumerable<HyperparameterProblem> CheckWatching(Hyperparameters h, Spaces.SearchSpace space)
    {
        foreach (var problem in SearchSettings.CheckTraining(h))
            yield return problem;
        var rule = Rule(h);
        if (h.Int("epochs") < Earliest(rule))
            yield return new("epochs",
                $"epochs is {h.Int("epochs")}; with every {rule.Every}, window {rule.Window}, delta {rule.Delta} and esStart {rule.EsStart} "
                + $"early stopping needs at least {Earliest(rule)} epochs to fire at all.");
        if (!h.Bool("lambdaMax"))
            yield return new("lambdaMax", "lambdaMax is false; the search decides by it. Without it use darts with order 2.");
    }

    private static IEnumerable<HyperparameterProblem> CheckAdaptive(Hyperparameters h, Spaces.SearchSpace space)
    {
        foreach (var problem in CheckWatching(h, space))
            yield return problem;
        if (h.Double("weightDecay") == 0)
            yield return new("weightDecay", "weightDecay is 0; no factor makes it larger.");
        if (h.Double("weightDecay") > h.Double("weightDecayMax"))
            yield return new("weightDecayMax", FormattableString.Invariant(
                $"weightDecayMax ({h.Double("weightDecayMax")}) is below weightDecay ({h.Double("weightDecay")})."));
        if (h.Int("extraRollback") > Rule(h).EarliestReturn)
            yield return new("extraRollback",
                $"extraRollback is {h.Int("extraRollback")}; the earliest trigger returns to epoch {Rule(h).EarliestReturn}, and before it are no more epochs.");
    }
}
