using NasFarm.Catalog.Derivation;

namespace NasFarm.Catalog.Methods;

/// <summary>DrNAS (spec/algorithms.md §20).</summary>
internal static class DrNasMethod
{
    private const string Nb201 = "nas-bench-201";
    private const string Source = "DrNAS DARTS-space/train_search.py; NAS-Bench-201: 201-space/train_search.py; spec/algorithms.md §20";
    private const string AnchorSource = "DrNAS architect.py, search_model.py; spec/algorithms.md §20";

    public static MethodDefinition Definition { get; } = new()
    {
        Name = "drnas",
        Title = "DrNAS",
        Source = "Chen et al., ICLR 2021 (arXiv 2006.10355); spec/algorithms.md §20",
        Idea = "DARTS whose mixture weights are drawn anew in every step, each edge's from a Dirichlet distribution; the alphas are its "
            + "concentrations and follow the gradient through the draw, so that the search explores while it is unsure.",
        Mixture = MixtureFunction.Dirichlet,
        Settings =
        [
            SearchSettings.Number(
                "anchorDivergence", 0.0, 0, null,
                "Weight of the divergence of every edge's distribution from the uniform one in the gradient of the alphas; an anchor in place of alphaWeightDecay.",
                AnchorSource),
            SearchSettings.AlphaFromEpoch(10, Source).In(Nb201, 0L),
            SearchSettings.Epochs(50, Source).In(Nb201, 100L),
            .. SearchSettings.Training(64, 64, Source).OnNodes()
                .With("wLearningRate", 0.1, Source)
                .With("wLearningRateMin", 0.0, Source)
                .With("alphaLearningRate", 6e-4, Source)
                .Select(s => s.Name switch
                {
                    "wLearningRate" => s.In(Nb201, 0.025),
                    "wLearningRateMin" => s.In(Nb201, 0.001),
                    "alphaLearningRate" => s.In(Nb201, 3e-4),
                    _ => s,
                }),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h).Concat(CheckAnchor(h)),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    private static IEnumerable<HyperparameterProblem> CheckAnchor(Hyperparameters h)
    {
        var (divergence, decay) = (h.Double("anchorDivergence"), h.Double("alphaWeightDecay"));
        if (divergence > 0 && decay > 0)
            yield return new("anchorDivergence", FormattableString.Invariant(
                $"anchorDivergence is {divergence} and alphaWeightDecay {decay}; both pull towards the uniform distribution: one of them is to be 0."));
    }
}
