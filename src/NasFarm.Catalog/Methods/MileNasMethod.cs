namespace NasFarm.Catalog.Methods;

/// <summary>MiLeNAS (spec/algorithms.md §13).</summary>
internal static class MileNasMethod
{
    private const string Source = "MiLeNAS train_milenas.py; spec/algorithms.md §13";

    public static MethodDefinition Definition { get; } = new()
    {
        Name = "milenas",
        Title = "MiLeNAS",
        Source = "He et al., CVPR 2020 (arXiv 2003.12238); spec/algorithms.md §13",
        Idea = "DARTS with a mixed-level objective: the alphas follow the gradient of the validation loss and of the training loss together, "
            + "so that both halves of the data shape the architecture.",
        Settings =
        [
            SearchSettings.Number("trainLossWeight", 1.0, 0, null, "Weight of the training loss in the gradient of the alphas (lambda).", Source),
            SearchSettings.Number("validLossWeight", 1.0, 0, null, "Weight of the validation loss in the gradient of the alphas.", Source),
            SearchSettings.Epochs(50, Source),
            .. SearchSettings.Training(64, 64, Source + "; NAS-Bench-201: §1.8").OnNodes(),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = Check,
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    private static IEnumerable<HyperparameterProblem> Check(Hyperparameters h, Spaces.SearchSpace space)
    {
        foreach (var problem in SearchSettings.CheckTraining(h))
            yield return problem;
        if (h.Double("trainLossWeight") == 0 && h.Double("validLossWeight") == 0)
            yield return new("validLossWeight", "trainLossWeight and validLossWeight are both 0; the alphas would follow nothing.");
    }
}
