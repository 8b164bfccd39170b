namespace NasFarm.Catalog.Methods;

/// <summary>Searches for architectures whose neighbours are good as well (spec/algorithms.md §14).</summary>
internal static class FlatnessMethods
{
    private const string NaSource = "abstract of the paper; parameters ours: spec/algorithms.md §14";
    private const string A2mSource = "A2M optimizers/darts/architect.py; spec/algorithms.md §14";

    public static MethodDefinition NaDarts { get; } = new()
    {
        Name = "na-darts",
        Title = "NA-DARTS",
        Source = "Wang et al., BMVC 2021 (arXiv 2105.06369); spec/algorithms.md §14",
        Idea = "DARTS whose alphas follow the mean validation loss over random neighbours of the mixture, each with one edge moved half-way "
            + "to a single operation: architectures that survive a swap win.",
        Settings =
        [
            SearchSettings.Integer("neighbours", 2, 1, 1000, "neighbours", "Neighbours per architecture step (n).", NaSource),
            SearchSettings.Number("neighbourStep", 0.5, 0, 1, "How far a neighbour's row is moved to a single operation (t).", NaSource),
            SearchSettings.Epochs(50, NaSource),
            .. SearchSettings.Training(64, 64, NaSource + "; NAS-Bench-201: §1.8").OnNodes(),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };

    public static MethodDefinition A2m { get; } = new()
    {
        Name = "a2m",
        Revisions = MethodDefinition.SameNoise,
        Title = "A2M",
        Source = "arXiv 2503.10404; spec/algorithms.md §14",
        Idea = "DARTS whose alphas follow the gradient at the place where a step of ascent on the validation loss leads, with the correction "
            + "that this place moves with the alphas: sharpness-aware minimisation of the architecture.",
        Settings =
        [
            SearchSettings.Above("ascent", 1e-2, 0, null, "Length of the step of ascent, as a factor on the gradient (rho).", A2mSource),
            SearchSettings.Above("ascentDifference", 1e-2, 0, null, "Factor on the gradient in the finite difference of the correction (epsilon).", A2mSource),
            SearchSettings.Epochs(50, A2mSource),
            .. SearchSettings.Training(64, 64, A2mSource + "; NAS-Bench-201: §1.8").OnNodes(),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };
}
