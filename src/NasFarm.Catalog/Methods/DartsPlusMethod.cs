using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>DARTS+ (spec/algorithms.md §9).</summary>
public static class DartsPlusMethod
{
    /// <summary>Value of <c>stopBy</c>: skip connections in the normal cell.</summary>
    public const string Skips = "skip-connects";

    private const string Source = "DARTS+; spec/algorithms.md §9";

    internal static MethodDefinition Definition { get; } = new()
    {
        Name = "darts-plus",
        Title = "DARTS+",
        Source = "Liang et al. (arXiv 1909.06035); spec/algorithms.md §9",
        Idea = "DARTS that stops in time: as soon as the normal cell would have too many skip connections, or when the ranking of the "
            + "convolutions has stood still for long enough.",
        // It counts skip connections, or watches learnable operations win over them.
        Spaces = [.. SearchSpaces.All.Where(s => s.Operations.Contains(Operations.SkipConnect)).Select(s => s.Name)],
        Settings =
        [
            SearchSettings.Choice(
                "stopBy", Skips, [Skips, "rank-stability"],
                "What ends the search: skip connections in the derived normal cell, or a ranking of the convolutions that stands still.", Source),
            SearchSettings.Integer("skipLimit", 2, 1, 1000, "edges", "Skip connections in the normal cell that end the search.", Source),
            SearchSettings.Integer("stableEpochs", 10, 1, 100_000, "epochs", "Epochs without a change of the ranking that end the search.", Source),
            SearchSettings.Order(1),
            SearchSettings.Epochs(50, Source),
            .. SearchSettings.Training(64, 64, Source + "; NAS-Bench-201: §1.8"),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = Check,
        Phases = (h, _) => PhasePlan.Stopping(h.Int("epochs"), Fewest(h), h.Int("epochs"), h.Int("batchSize")),
    };

    /// <summary>The first epoch has no ranking before it to compare with.</summary>
    private static int Fewest(Hyperparameters h) => h.Text("stopBy") == Skips ? 1 : h.Int("stableEpochs") + 1;

    private static IEnumerable<HyperparameterProblem> Check(Hyperparameters h, SearchSpace space)
    {
        foreach (var problem in SearchSettings.CheckTraining(h))
            yield return problem;
        if (h.Text("stopBy") == Skips && h.Int("skipLimit") > space.EdgesKept)
            yield return new("skipLimit", $"skipLimit is {h.Int("skipLimit")}; a cell of '{space}' keeps {space.EdgesKept} edges.");
        if (Fewest(h) > h.Int("epochs"))
            yield return new("stableEpochs",
                $"stableEpochs is {h.Int("stableEpochs")}; a ranking that never changes has stood still for {h.Int("epochs") - 1} epochs at most "
                + $"when epochs is {h.Int("epochs")}.");
    }
}
