using NasFarm.Catalog.Schedules;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>Λ-DARTS (spec/algorithms.md §11).</summary>
public static class LambdaDartsMethod
{
    /// <summary>Value of <c>alignment</c>: mean cosine of the layers' gradients.</summary>
    public const string Cosine = "cosine";

    private const string Source = "Lambda-DARTS train_search.py; spec/algorithms.md §11";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "lambda-darts",
        Revisions = MethodDefinition.SameNoise,
        Title = "Lambda-DARTS",
        Source = "Movahedi et al., TMLR 2023 (arXiv 2210.07998); spec/algorithms.md §11",
        Idea = "DARTS whose weights are trained so that the layers that share the alphas want the same of them: the gradient of the weights "
            + "also follows the agreement of the layers' gradients.",
        // Every layer of NAS-Bench-Macro has alphas of its own: nothing is shared that could agree.
        LeastNormalLayers = 2,
        Spaces = [.. SearchSpaces.All.Where(s => s.Family != SpaceFamily.NasBenchMacro).Select(s => s.Name)],
        Settings =
        [
            SearchSettings.Number("alignmentWeight", 0.125, 0, null, "Weight of the layer alignment at the last epoch, from 0 linearly (lambda).", Source),
            SearchSettings.Above("alignmentStep", 1e-4, 0, null, "Length of the finite difference over the layers' mixture weights (epsilon 0).", Source),
            SearchSettings.Choice(
                "alignment", Cosine, [Cosine, "sign"],
                "Agreement of two layers: cosine of their gradients, or the sign-corrected one.", Source),
            SearchSettings.Epochs(50, Source).In("nas-bench-201", 100L),
            .. SearchSettings.Training(96, 64, Source + "; NAS-Bench-201: §1.8")
                .Select(s => s.Name == "alphaLearningRate" ? s.In("nas-bench-201", 1e-4) : s),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    /// <summary>λ of an epoch: 0 at the first, <c>alignmentWeight</c> at the last.</summary>
    public static LinearSchedule Weight(Hyperparameters settings) => new(0, settings.Double("alignmentWeight"), settings.Int("epochs") - 1);
}
