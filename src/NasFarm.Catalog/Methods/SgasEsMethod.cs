using NasFarm.Catalog.EarlyStopping;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>SGAS-es, and the placebo that keeps its rollbacks without its reason (spec/algorithms.md §3).</summary>
public static class SgasEsMethod
{
    private const string Source = "SGAS-es train_search.py; spec/algorithms.md §3.1";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "sgas-es",
        StepsLikeDarts = true,
        Title = "SGAS-es",
        Source = "Lin and Wang, FICC 2023 (doi 10.1007/978-3-031-28073-3_10); spec/algorithms.md §3",
        Idea = "SGAS that watches the dominant eigenvalue of the architecture Hessian inside each phase. When its local average grows too "
            + "fast the search returns to the epoch where the growth began and decides the edge there, so that one phase that collapses "
            + "does not spoil every later decision.",
        Spaces = [.. SearchSpaces.WithNone.Select(s => s.Name)],
        Settings =
        [
            PhaseEpochs,
            .. SearchSettings.EarlyStopping(EarlyStoppingRule.SgasEs, Source),
            EsStart,
            PostEpochs,
            .. SearchSettings.Greedy(batchIncrease: 8),
            .. SearchSettings.Training(32, 64, Source + "; NAS-Bench-201: §3.5"),
            .. SearchSettings.LambdaMax(on: true, ownInterval: false),
        ],
        RollsBack = true,
        Relations = Check,
        Phases = (h, space) => PhasePlan.Rollbacks(
            space.EdgesKept, h.Int("phaseEpochs"), h.Int("esStart"), h.Int("esStart") + Rule(h).MinimumPhaseEpochs,
            Rule(h).EarliestReturn, h.Int("postEpochs"), h.Int("batchSize"), h.Int("batchIncrease")),
    };

    internal static MethodDefinition Placebo { get; } = new()
    {
        Name = "sgas-es-placebo",
        StepsLikeDarts = true,
        Title = "SGAS-es placebo",
        Source = "control of this project; spec/algorithms.md §3.4",
        Idea = "SGAS-es with the stop and rollback epochs that other seeds recorded, replayed whatever lambda-max does here. What remains "
            + "of SGAS-es's advantage against it is due to lambda-max; the rest is due to deciding earlier.",
        Spaces = [.. SearchSpaces.WithNone.Select(s => s.Name)],
        Settings =
        [
            PhaseEpochs, EsStart, PostEpochs,
            .. SearchSettings.Greedy(batchIncrease: 8),
            .. SearchSettings.Training(32, 64, Source + "; NAS-Bench-201: §3.5"),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        RollsBack = true,
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, space) => PhasePlan.Rollbacks(
            space.EdgesKept, h.Int("phaseEpochs"), h.Int("esStart"), h.Int("esStart") + 1,
            h.Int("esStart"), h.Int("postEpochs"), h.Int("batchSize"), h.Int("batchIncrease")),
    };

    private static HyperparameterDefinition PhaseEpochs => SearchSettings.Integer(
        "phaseEpochs", 15, 1, 100_000, "epochs", "Epochs of a phase at most, counted after esStart (F).", Source);

    private static HyperparameterDefinition EsStart => SearchSettings.EsStart(0, Source);

    // The released code names 5 and trains 4 (§3.2): this is the number that is trained.
    private static HyperparameterDefinition PostEpochs => SearchSettings.Integer(
        "postEpochs", 4, 0, 100_000, "epochs", "Epochs after the last decision.", Source + ", §3.2");

    /// <summary>The early-stopping rule in resolved <c>sgas-es</c> settings.</summary>
    public static EarlyStoppingRule Rule(Hyperparameters settings) => SearchSettings.Rule(settings);

    private static IEnumerable<HyperparameterProblem> Check(Hyperparameters h, SearchSpace space)
    {
        foreach (var problem in SearchSettings.CheckTraining(h))
            yield return problem;
        var rule = Rule(h);
        if (h.Int("phaseEpochs") < rule.MinimumPhaseEpochs)
            yield return new("phaseEpochs",
                $"phaseEpochs is {h.Int("phaseEpochs")}; with every {rule.Every}, window {rule.Window}, delta {rule.Delta} and "
                + $"esStart {rule.EsStart} early stopping needs at least {rule.MinimumPhaseEpochs} epochs a phase to fire at all.");
        if (!h.Bool("lambdaMax"))
            yield return new("lambdaMax", "lambdaMax is false; sgas-es decides by it. Without it use sgas-matched.");
    }
}
