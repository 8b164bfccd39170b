namespace NasFarm.Catalog.Methods;

/// <summary>Searches that train a supernet on uniformly drawn cells and then choose among drawn candidates by their accuracy in it.</summary>
internal static class SharedWeightMethods
{
    private const string RswsSource = "RSWS searchers/random_weight_share.py; spec/algorithms.md §17";

    public static MethodDefinition Rsws { get; } = new()
    {
        Name = "rsws",
        Title = "Random search with weight sharing",
        Source = "Li and Talwalkar, UAI 2019 (arXiv 1902.07638); spec/algorithms.md §17",
        Idea = "Every step trains the shared weights on one uniformly drawn cell. At the end random cells are ranked by their accuracy with these "
            + "weights on a few validation minibatches, the best of them on the whole validation part; the best of all is the result.",
        LearnsAlphas = false,
        Settings =
        [
            SearchSettings.Integer("candidates", 1000, 1, 1_000_000, "cells", "Random cells ranked in a round.", RswsSource),
            SearchSettings.Integer("candidateBatches", 10, 1, 100_000, "minibatches", "Alpha minibatches that a candidate is ranked on.", RswsSource),
            SearchSettings.Integer("finalists", 10, 1, 1_000_000, "cells", "Best candidates of a round that see the whole alpha part.", RswsSource),
            SearchSettings.Integer("stepsPerRound", 10_000, 1, null, "steps", "Training steps that earn a round; one round there always is.", RswsSource),
            SearchSettings.Epochs(50, RswsSource),
            .. SearchSettings.WeightTraining(64, 64, RswsSource + "; NAS-Bench-201: §1.8"),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h).Concat(CheckFinalists(h)),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    private static IEnumerable<HyperparameterProblem> CheckFinalists(Hyperparameters h)
    {
        if (h.Int("finalists") > h.Int("candidates"))
            yield return new("finalists", $"finalists ({h.Int("finalists")}) is above candidates ({h.Int("candidates")}).");
    }
}
