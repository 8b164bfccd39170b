namespace NasFarm.Catalog.Methods;

/// <summary>MS-DARTS (spec/algorithms.md §12).</summary>
public static class MsDartsMethod
{
    /// <summary>Value of <c>genotypeFrom</c>: the epoch of the best validation accuracy.</summary>
    public const string BestEpoch = "best-epoch";

    private const string Source = "MS-DARTS sota/cnn/train_search_ms.py; spec/algorithms.md §12.3";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "ms-darts",
        Title = "MS-DARTS",
        Source = "Hsieh et al. (arXiv 2108.09996); spec/algorithms.md §12",
        Idea = "DARTS whose weights are trained under mixture weights shifted to the mean of random samples around them, weighted by their "
            + "loss and their nearness: a sampled, smoother form of the worst case nearby.",
        Settings =
        [
            .. SearchSettings.Perturbation(0.025, 0.25, Source),
            SearchSettings.Above("bandwidth", 1.0, 0, null, "Bandwidth h of the kernel over the distance of a sample.", Source),
            SearchSettings.Integer("samples", 3, 1, 1000, "samples", "Samples per shift (N).", Source),
            SearchSettings.Integer("shifts", 2, 1, 1000, "shifts", "Shifts per weight step (T).", Source),
            SearchSettings.AlphaFromEpoch(5, "MS-DARTS train_search_ms.py; spec/algorithms.md §12.2"),
            SearchSettings.Choice(
                "genotypeFrom", BestEpoch, [BestEpoch, "last-epoch"],
                "Which epoch's genotype the search ends with: the one of the best validation accuracy, or the last.", Source),
            SearchSettings.Epochs(40, Source + "; NAS-Bench-1Shot1: §12.3").InNasBench1Shot1(100L),
            .. SearchSettings.Training(64, 64, Source + "; NAS-Bench-201: §1.8").OnNodes(),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h).Concat(SearchSettings.CheckPerturbation(h)),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };
}
