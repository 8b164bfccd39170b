using NasFarm.Catalog.Derivation;

namespace NasFarm.Catalog.Methods;

/// <summary>FairDARTS (spec/algorithms.md §10).</summary>
public static class FairDartsMethod
{
    /// <summary>Value of <c>zeroOneLoss</c>: mean squared distance from one half.</summary>
    public const string Squared = "squared";

    private const string Source = "FairDARTS fairdarts/; spec/algorithms.md §10";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "fair-darts",
        Title = "FairDARTS",
        Source = "Chu et al., ECCV 2020 (arXiv 1911.12126); spec/algorithms.md §10",
        Idea = "DARTS in which operations do not compete: each has a logistic weight of its own, a zero-one loss drives the weights apart, and "
            + "a cell keeps what stands above a threshold, which may be fewer edges than usual.",
        Spaces = ["darts", "sgas-es"],
        Settings =
        [
            SearchSettings.Number("zeroOneWeight", 10.0, 0, null, "Weight of the zero-one loss in the gradient of the alphas (w01).", Source),
            SearchSettings.Choice(
                "zeroOneLoss", Squared, [Squared, "absolute"], "Distance of the logistic weights from one half: squared or absolute.", Source),
            SearchSettings.Number("threshold", 0.85, 0, 1, "Logistic weight that an operation of the derived cell has at least.", Source),
            SearchSettings.Epochs(50, Source),
            .. SearchSettings.Training(128, 128, Source)
                .With("wLearningRate", 0.005, Source)
                .With("alphaLearningRate", 3e-3, Source)
                .With("alphaBeta1", 0.9, Source),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Mixture = MixtureFunction.Sigmoid,
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };
}
