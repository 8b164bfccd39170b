namespace NasFarm.Catalog.Methods;

/// <summary>DARTS, first and second order (spec/algorithms.md §1).</summary>
public static class DartsMethod
{
    /// <summary>What methods begin with that change one thing of it.</summary>
    public static MethodDefinition Definition { get; } = new()
    {
        Name = "darts",
        StepsLikeDarts = true,
        Revisions = MethodDefinition.SameNoise,
        Title = "DARTS",
        Source = "Liu, Simonyan, Yang, ICLR 2019 (arXiv 1806.09055); spec/algorithms.md §1",
        Idea = "Every edge computes a softmax mixture of all operations. Alphas and weights are trained in turn on two halves of the "
            + "training data; at the end each node keeps its two strongest edges. Known to drift to skip connections.",
        Settings =
        [
            SearchSettings.Order(1),
            SearchSettings.Epochs(50, "DARTS train_search.py; spec/algorithms.md §1.2"),
            .. SearchSettings.Training(64, 64, "DARTS train_search.py; spec/algorithms.md §1.2, §1.8").OnNodes(),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };
}
