using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>SETN as NAS-Bench-201 runs it (spec/algorithms.md §20).</summary>
internal static class SetnMethod
{
    private const string Source = "AutoDL-Projects exps/NAS-Bench-201-algos/SETN.py and its configs; spec/algorithms.md §20";

    public static MethodDefinition Definition { get; } = new()
    {
        Name = "setn",
        Title = "SETN",
        Source = "Dong and Yang, ICCV 2019 (arXiv 1910.05733); spec/algorithms.md §20",
        Idea = "Shared weights trained fairly, on one uniformly drawn cell per step, while the alphas learn on the mixture of all operations which cells "
            + "are worth a look: at the end cells drawn by the alphas are evaluated with the shared weights, and the best is the result.",
        // A cell of NAS-Bench-1Shot1 has its operations on nodes: it is not drawn edge by edge.
        Spaces = [.. SearchSpaces.WithoutNoise.Where(s => s.NodeRows is null).Select(s => s.Name)],
        Settings =
        [
            SearchSettings.Integer("candidates", 100, 1, 1_000_000, "cells", "Cells drawn by the alphas and evaluated after the last epoch.", Source),
            SearchSettings.Integer("candidateImages", 512, 1, null, "images", "Images of the alpha part that a candidate is evaluated on.", Source),
            SearchSettings.Epochs(250, Source),
            .. SearchSettings.Training(64, 64, Source).WithBenchmarkOptimiser(Source).With("gradientClip", 0.0, Source),
            .. SearchSettings.LambdaMax(on: true, ownInterval: true),
        ],
        Relations = (h, _) => SearchSettings.CheckTraining(h),
        Phases = (h, _) => PhasePlan.Single(h.Int("epochs"), h.Int("batchSize")),
    };
}
