using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>PC-DARTS (spec/algorithms.md §5).</summary>
internal static class PcDartsMethod
{
    private const string Source = "PC-DARTS train_search.py, model_search.py; spec/algorithms.md §5";
    private const string Nb201Source = Source + "; NAS-Bench-201: §1.8";
    private const string Nb201 = "nas-bench-201";

    public static MethodDefinition Definition { get; } = new()
    {
        Name = "pc-darts",
        Title = "PC-DARTS",
        Source = "Xu et al., ICLR 2020 (arXiv 1907.05737); spec/algorithms.md §5",
        Idea = "DARTS in which one channel in four goes through the operations and the others go past them, so that four times the batch fits; a logit "
            + "per edge, trained with the alphas, steadies the choice of edges that sampling channels makes noisy.",
        Spaces = [.. SearchSpaces.All.Where(s => s.Family is SpaceFamily.Darts or SpaceFamily.NasBench201).Select(s => s.Name)],
        NormalisesEdges = true,
        PartialChannels = h => h.Int("partialChannels"),
        Settings =
        [
            SearchSettings.Integer("partialChannels", 4, 1, 1024, "channels", "One channel in so many goes through the operations (K); 1: all do.", Source),
            SearchSettings.AlphaFromEpoch(15, Source),
            SearchSettings.Epochs(50, Source),
            .. SearchSettings.Training(256, 64, Nb201Source)
                .With("wLearningRate", 0.1, Nb201Source)
                .With("wLearningRateMin", 0.0, Nb201Source)
                .With("alphaLearningRate", 6e-4, Source)
                // A rate of 0.1 belongs to batches of 256.
                .Select(s => s.Name switch { "wLearningRate" => s.In(Nb201, 0.025), "wLearningRateMin" => s.In(Nb201, 0.001), _ => s }),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h).Concat(CheckAlphaSteps(h)),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    private static IEnumerable<HyperparameterProblem> CheckAlphaSteps(Hyperparameters h)
    {
        if (h.Int("alphaFromEpoch") >= h.Int("epochs"))
            yield return new("alphaFromEpoch",
                $"alphaFromEpoch is {h.Int("alphaFromEpoch")} with {h.Int("epochs")} epochs; the architecture would never take a step.");
    }
}
