using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Methods;

/// <summary>Mellor et al., ICML 2021 (arXiv 2006.04647).</summary>
internal static class NaswotMethod
{
    private const string Source = "NASWOT score_networks.py; spec/algorithms.md §15";

    public static MethodDefinition Definition { get; } = new()
    {
        Name = "naswot",
        Title = "NASWOT",
        Source = "Mellor et al., ICML 2021 (arXiv 2006.04647); spec/algorithms.md §15",
        Idea = "Of so many random cells the one whose untrained network gives the images of one minibatch the most different activation codes, by "
            + "the determinant of their kernel. Nothing is trained.",
        LearnsAlphas = false,
        // The networks whose rectifiers are read; where noise stands for a path, the codes are noise.
        Spaces = [.. SearchSpaces.All.Where(s => (s.Family is SpaceFamily.Darts or SpaceFamily.NasBench201) && !s.Operations.Contains(Operations.Noise)).Select(s => s.Name)],
        Settings =
        [
            SearchSettings.Integer("candidates", 100, 1, 1_000_000, "cells", "Random cells that are scored (N).", Source),
            SearchSettings.Integer("images", 128, 2, 100_000, "images", "Images of the minibatch.", Source),
        ],
        Phases = (h, _) => PhasePlan.Single(0, h.Int("images")),
    };
}
