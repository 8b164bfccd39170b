using NasFarm.Catalog.Progressive;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>P-DARTS (spec/algorithms.md §8).</summary>
public static class PDartsMethod
{
    /// <summary>Stages of the search.</summary>
    public const int Stages = 3;

    private const string Source = "P-DARTS train_search.py; spec/algorithms.md §8";
    private const string PaperSource = "P-DARTS, paper, CIFAR-10; spec/algorithms.md §8";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "p-darts",
        Title = "P-DARTS",
        Source = "Chen et al., ICCV 2019 (arXiv 1904.12760); spec/algorithms.md §8",
        Idea = "DARTS in three stages: each begins anew with a deeper network and, on every edge, only the operations that did best in the stage "
            + "before. Skip connections are held back by dropout and, in the end, by a cap.",
        Spaces = ["darts", "robust-s5", "sgas-es"],
        Settings =
        [
            SearchSettings.Integer("stageEpochs", 25, 1, 100_000, "epochs", "Epochs of each stage.", Source),
            SearchSettings.Integer("weightEpochs", 10, 0, 100_000, "epochs", "Epochs at the start of each stage that train the weights alone.", Source),
            SearchSettings.Integer("cellsAdded2", 6, 0, 1000, "cells", "Cells of the second stage beyond those of the first, which has the space's.", Source + " (--add_layers)"),
            SearchSettings.Integer("cellsAdded3", 12, 0, 1000, "cells", "Cells of the third stage beyond those of the first.", Source + " (--add_layers)"),
            SearchSettings.Integer("operations2", 5, 3, 1000, "operations", "Operations of an edge in the second stage; the first has all.", Source)
                .In("sgas-es", 4L),
            SearchSettings.Integer("operations3", 3, 3, 1000, "operations", "Operations of an edge in the third stage.", Source),
            SearchSettings.Number("skipDropout1", 0.0, 0, 0.999, "Dropout on skip connections of stride 1 at the start of the first stage.", PaperSource),
            SearchSettings.Number("skipDropout2", 0.4, 0, 0.999, "Dropout on skip connections of stride 1 at the start of the second stage.", PaperSource),
            SearchSettings.Number("skipDropout3", 0.7, 0, 0.999, "Dropout on skip connections of stride 1 at the start of the third stage.", PaperSource),
            SearchSettings.Number("skipDropoutDecay", 0.2, 0, null, "Exponential decay of the dropout per epoch once the alphas are trained.", Source),
            SearchSettings.Integer("mostSkips", 2, 0, 1000, "edges", "Skip connections that the normal cell ends with at most (M).", PaperSource),
            SearchSettings.Number("alphaGradientClip", 5.0, 0, null, "Global L2 norm that the gradient of the alphas is clipped to; 0: no clipping.", Source),
            .. SearchSettings.Training(96, 96, Source)
                .With("wLearningRateMin", 0.0, Source)
                .With("alphaLearningRate", 6e-4, Source),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = Check,
        Phases = (h, _) => PhasePlan.Staged(Stages, h.Int("stageEpochs"), h.Int("batchSize")),
    };

    /// <summary>Cells of a stage beyond those of the first.</summary>
    public static int CellsAdded(Hyperparameters settings, int stage) => stage == 0 ? 0 : settings.Int($"cellsAdded{stage + 1}");

    /// <summary>Operations of an edge in a stage after the first.</summary>
    public static int Operations(Hyperparameters settings, int stage) => settings.Int($"operations{stage + 1}");

    /// <summary>Dropout on skip connections in an epoch of the whole search.</summary>
    public static double SkipDropoutAt(Hyperparameters settings, int epoch)
    {
        var length = settings.Int("stageEpochs");
        var rate = settings.Double($"skipDropout{Math.Min(epoch / length, Stages - 1) + 1}");
        return new SkipDropout(rate, length, settings.Int("weightEpochs"), settings.Double("skipDropoutDecay")).At(epoch % length);
    }

    private static IEnumerable<HyperparameterProblem> Check(Hyperparameters h, SearchSpace space)
    {
        foreach (var problem in SearchSettings.CheckTraining(h))
            yield return problem;
        if (h.Int("weightEpochs") >= h.Int("stageEpochs"))
            yield return new("weightEpochs",
                $"weightEpochs is {h.Int("weightEpochs")}; a stage has {h.Int("stageEpochs")} epochs, and its alphas would never be trained.");
        if (h.Int("operations2") > space.Columns)
            yield return new("operations2", $"operations2 is {h.Int("operations2")}; an edge of '{space}' has {space.Columns} operations.");
        if (h.Int("operations3") > h.Int("operations2"))
            yield return new("operations3", $"operations3 ({h.Int("operations3")}) is above operations2 ({h.Int("operations2")}).");
    }
}
