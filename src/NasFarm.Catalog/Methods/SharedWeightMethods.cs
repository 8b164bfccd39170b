using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Paths;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>Searches that train a supernet on uniformly drawn cells and then choose among drawn candidates by their accuracy in it.</summary>
internal static class SharedWeightMethods
{
    private const string RswsSource = "RSWS searchers/random_weight_share.py; spec/algorithms.md §17";
    private const string NaSource = "abstract of the paper; parameters ours: spec/algorithms.md §14";

    /// <summary>2: a drawn <c>none</c> on a strided edge no longer takes the norm from the max pooling beside it.</summary>
    private static readonly Dictionary<string, int> SinceNoneIsAlone = new() { ["darts"] = 2, ["robust-s5"] = 2, ["sgas-es"] = 2 };

    private static IReadOnlyList<string> WherePathsTrain => [.. SearchSpaces.WithoutNoise.Select(s => s.Name)];

    public static MethodDefinition Rsws { get; } = new()
    {
        Name = "rsws",
        Title = "Random search with weight sharing",
        Source = "Li and Talwalkar, UAI 2019 (arXiv 1902.07638); spec/algorithms.md §17",
        Idea = "Every step trains the shared weights on one uniformly drawn cell. At the end random cells are ranked by their accuracy with these "
            + "weights on a few validation minibatches, the best of them on the whole validation part; the best of all is the result.",
        LearnsAlphas = false,
        Spaces = WherePathsTrain,
        Revisions = SinceNoneIsAlone,
        Settings =
        [
            SearchSettings.Integer("candidates", 1000, 1, 1_000_000, "cells", "Random cells ranked in a round.", RswsSource),
            SearchSettings.Integer("candidateBatches", 10, 1, 100_000, "minibatches", "Alpha minibatches that a candidate is ranked on.", RswsSource),
            SearchSettings.Integer("finalists", 10, 1, 1_000_000, "cells", "Best candidates of a round that see the whole alpha part.", RswsSource),
            SearchSettings.Integer("stepsPerRound", 10_000, 1, null, "steps", "Training steps that earn a round; one round there always is.", RswsSource),
            SearchSettings.Epochs(50, RswsSource),
            .. SearchSettings.WeightTraining(64, 64, RswsSource + "; NAS-Bench-201: §1.8").OnNodes(),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h).Concat(CheckFinalists(h)),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    private static IEnumerable<HyperparameterProblem> CheckFinalists(Hyperparameters h)
    {
        if (h.Int("finalists") > h.Int("candidates"))
            yield return new("finalists", $"finalists ({h.Int("finalists")}) is above candidates ({h.Int("candidates")}).");
    }

    public static MethodDefinition NaRs { get; } = new()
    {
        Name = "na-rs",
        Title = "NA-RS",
        Source = "Wang et al., BMVC 2021 (arXiv 2105.06369); spec/algorithms.md §14",
        Idea = "Shared weights trained as in random search with weight sharing; a random cell scores the mean validation accuracy of itself and of "
            + "its neighbours, each one operation away: cells that survive a swap win.",
        LearnsAlphas = false,
        Spaces = WherePathsTrain,
        Revisions = SinceNoneIsAlone,
        Settings =
        [
            SearchSettings.Integer("candidates", 100, 1, 1_000_000, "cells", "Random cells that are scored (M).", NaSource),
            // A cell of Deeper Insights has nine, one with four nodes and three operations eight.
            SearchSettings.Integer("neighbours", 10, 1, 1000, "neighbours", "Neighbours per candidate (n), all different.", NaSource).In("deeper-insights", 9L)
                .In("nas-bench-1shot1-1", 8L).In("nas-bench-1shot1-2", 8L),
            SearchSettings.Choice("aggregate", Aggregate.Mean, Aggregate.All, "What is made of the accuracies of a neighbourhood.", NaSource),
            SearchSettings.Integer("candidateBatches", 10, 1, 100_000, "minibatches", "Alpha minibatches of an accuracy.", NaSource),
            SearchSettings.Epochs(50, RswsSource),
            .. SearchSettings.WeightTraining(64, 64, RswsSource + "; NAS-Bench-201: §1.8").OnNodes(),
        ],
        Relations = (h, space) => SearchSettings.CheckTraining(h).Concat(CheckNeighbours(h, space)),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    private static IEnumerable<HyperparameterProblem> CheckNeighbours(Hyperparameters h, SearchSpace space)
    {
        var count = Neighbours.Count(space);
        if (h.Int("neighbours") > count)
            yield return new("neighbours", $"neighbours is {h.Int("neighbours")}; a cell of '{space}' has {count} that differ in one operation.");
    }
}
