using NasFarm.Catalog.Removal;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>DARTS-PT (spec/algorithms.md §20).</summary>
public static class DartsPtMethod
{
    /// <summary>Value of <c>selectBy</c>: validation accuracy.</summary>
    public const string Accuracy = "accuracy";

    private const string Source = "DARTS-PT sota/cnn, nasbench201, exp_scripts; spec/algorithms.md §20";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "darts-pt",
        Title = "DARTS-PT",
        Source = "Wang et al., ICLR 2021 (arXiv 2108.04392); spec/algorithms.md §20",
        Idea = "DARTS that does not read the cell off its alphas: edge by edge it keeps the operation without which the trained supernet validates "
            + "worst, tuning the weights in between; then it drops the edges that are missed least.",
        // It decides edge by edge.
        Spaces = [.. SearchSpaces.All.Where(s => s.NodeRows is null).Select(s => s.Name)],
        Settings =
        [
            SearchSettings.Choice("selectBy", Accuracy, [Accuracy, "loss"], "What a removal is judged by, over the whole alpha part.", Source),
            SearchSettings.Integer("tuneEpochs", 5, 1, 100_000, "epochs", "Epochs of tuning between two decisions.", Source),
            SearchSettings.Above("tuneFactor", 0.1, 0, 1, "Factor on wLearningRate while tuning, where the rate is constant.", Source),
            SearchSettings.Integer("postEpochs", 1, 0, 100_000, "epochs", "Epochs of tuning after the last decision; they choose nothing.", Source),
            SearchSettings.Epochs(50, Source).In("nas-bench-201", 100L),
            .. SearchSettings.Training(64, 64, Source),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        // The cosine belongs to the training of the supernet.
        Phases = (h, space) => PhasePlan.FixedInterval(
            RemovalSelection.DecisionsOf(space), warmup: h.Int("epochs") - 1, h.Int("tuneEpochs"), h.Int("postEpochs"), h.Int("batchSize"), batchIncrease: 0)
            with
        { NominalHorizon = h.Int("epochs") },
    };
}
