namespace NasFarm.Catalog.Spaces;

/// <summary>The search spaces there are.</summary>
public static class SearchSpaces
{
    /// <summary>The DARTS CNN space: 8 operations, 14 edges in each of two cell types (spec/search-spaces.md §1).</summary>
    public static SearchSpace Darts { get; } = new(
        "darts", "DARTS CNN space, 8 operations, normal and reduction cell", SpaceFamily.Darts,
        Operations.OfDarts, [CellType.Normal, CellType.Reduce], inputNodes: 2, innerNodes: 4, inDegree: 2, defaultChannels: 16, defaultCells: 8);

    /// <summary>The five operations of SGAS-es in the DARTS cell (spec/search-spaces.md §1.6).</summary>
    public static SearchSpace SgasEs { get; } = new(
        "sgas-es", "DARTS cell with the 5 operations of SGAS-es", SpaceFamily.Darts,
        [Operations.None, Operations.MaxPool3x3, Operations.SkipConnect, Operations.SepConv3x3, Operations.DilConv3x3],
        [CellType.Normal, CellType.Reduce], inputNodes: 2, innerNodes: 4, inDegree: 2, defaultChannels: 16, defaultCells: 8);

    /// <summary>NAS-Bench-201, the topology space of NATS-Bench: 5 operations, 6 edges, one cell type (spec/search-spaces.md §2).</summary>
    public static SearchSpace NasBench201 { get; } = new(
        "nas-bench-201", "NAS-Bench-201, 5 operations on 6 edges, 15,625 cells", SpaceFamily.NasBench201,
        [Operations.None, Operations.SkipConnect, Operations.NorConv1x1, Operations.NorConv3x3, Operations.AvgPool3x3],
        [CellType.Normal], inputNodes: 1, innerNodes: 3, inDegree: null, defaultChannels: 16, defaultCells: 5);

    /// <summary>NAS-Bench-Macro: eight layers, three blocks each (Su et al., CVPR 2021, arXiv 2103.11922; <see cref="MacroLayers"/>).</summary>
    public static SearchSpace NasBenchMacro { get; } = new(
        "nas-bench-macro", "NAS-Bench-Macro, 3 blocks in 8 layers, 6,561 networks", SpaceFamily.NasBenchMacro,
        [Operations.Identity, Operations.InvertedResidual3x3, Operations.InvertedResidual5x5],
        [CellType.Normal], inputNodes: 1, innerNodes: MacroLayers.Count, inDegree: null, defaultChannels: 32, defaultCells: MacroLayers.Count);

    /// <summary>The 64 cells of "Deeper Insights into Weight Sharing" (Zhang et al., 2020, arXiv 2001.01431; spec/algorithms.md §18): small
    /// enough to train every child.</summary>
    public static SearchSpace DeeperInsights { get; } = new(
        "deeper-insights", "Deeper Insights into Weight Sharing, 4 operations on 3 edges, 64 cells", SpaceFamily.DeeperInsights,
        [Operations.MaxPool3x3, Operations.SepConv3x3, Operations.SepConv5x5, Operations.DilConv5x5],
        [CellType.Normal], inputNodes: 1, innerNodes: 2, inDegree: null, defaultChannels: 16, defaultCells: 4);

    /// <summary>Every space, alphabetical.</summary>
    public static IReadOnlyList<SearchSpace> All { get; } = [Darts, DeeperInsights, .. NasBench1Shot1.All, NasBench201, NasBenchMacro, .. RobustSpaces.All, SgasEs];

    /// <summary>Spaces with <c>none</c> on every edge: what SGAS's edge importance, 1 − P(none), asks for (spec/algorithms.md §2.2).</summary>
    public static IReadOnlyList<SearchSpace> WithNone { get; } = [.. All.Where(s => s.NoneIndex is not null)];

    /// <summary>Spaces without <c>noise</c>, where single paths train: one through S4 may hold noise only, and then no weight before it has a
    /// gradient.</summary>
    public static IReadOnlyList<SearchSpace> WithoutNoise { get; } = [.. All.Where(s => !s.Operations.Contains(Operations.Noise))];

    /// <summary>The space of that name. Throws <see cref="ArgumentException"/> that lists the names.</summary>
    public static SearchSpace Get(string name) =>
        All.FirstOrDefault(s => s.Name == name)
        ?? throw new ArgumentException($"There is no search space '{name}'; spaces are {string.Join(", ", All.Select(s => s.Name))}.");
}
