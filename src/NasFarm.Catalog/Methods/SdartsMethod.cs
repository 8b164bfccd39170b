namespace NasFarm.Catalog.Methods;

/// <summary>SDARTS with random and with adversarial perturbations (spec/algorithms.md §7).</summary>
internal static class SdartsMethod
{
    private const string Source = "SmoothDARTS sota/cnn/train_search.py; spec/algorithms.md §7";

    public static MethodDefinition Random { get; } = new()
    {
        Name = "sdarts-rs",
        Title = "SDARTS-RS",
        Source = "Chen and Hsieh, ICML 2020 (arXiv 2002.05283); spec/algorithms.md §7",
        Idea = "DARTS whose weights are trained under mixture weights with uniform noise, so that they serve the whole neighbourhood of the "
            + "architecture and not its one point.",
        Settings = [.. Perturbation, .. Rest],
        Relations = Check,
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    public static MethodDefinition Adversarial { get; } = new()
    {
        Name = "sdarts-adv",
        Title = "SDARTS-ADV",
        Source = "Chen and Hsieh, ICML 2020 (arXiv 2002.05283); spec/algorithms.md §7",
        Idea = "DARTS whose weights are trained under the worst mixture weights nearby, found by projected gradient ascent on the training "
            + "loss, so that the validation loss is smooth around the architecture.",
        Settings =
        [
            .. Perturbation,
            SearchSettings.Integer("attackSteps", 7, 1, 1000, "steps", "Steps of sign ascent that look for the worst mixture weights.", Source),
            .. Rest,
        ],
        Relations = Check,
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    private static IEnumerable<HyperparameterDefinition> Perturbation => SearchSettings.Perturbation(0.03, 0.3, Source);

    private static IEnumerable<HyperparameterDefinition> Rest =>
    [
        SearchSettings.Epochs(50, Source + "; NAS-Bench-1Shot1: spec/search-spaces.md §4").In("nas-bench-201", 100L).InNasBench1Shot1(100L),
        .. SearchSettings.Training(64, 64, Source + "; NAS-Bench-201: §1.8").OnNodes(),
        .. SearchSettings.LambdaMax(on: true, ownInterval: true),
    ];

    private static IEnumerable<HyperparameterProblem> Check(Hyperparameters h, Spaces.SearchSpace space) =>
        SearchSettings.CheckTraining(h).Concat(SearchSettings.CheckPerturbation(h));
}
