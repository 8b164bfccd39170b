namespace NasFarm.Catalog.Spaces;

/// <summary>The spaces of RobustDARTS in which DARTS is known to fail (Zela et al., ICLR 2020, arXiv 1909.09656;
/// spec/search-spaces.md §3): the DARTS cell and network with fewer operations. Their order is the alpha column order.</summary>
internal static class RobustSpaces
{
    private const string Skip = Operations.SkipConnect, Max = Operations.MaxPool3x3, Avg = Operations.AvgPool3x3;
    private const string Sep3 = Operations.SepConv3x3, Dil3 = Operations.DilConv3x3, Dil5 = Operations.DilConv5x5;

    /// <summary>The two best operations per edge of a search that was pruned step by step (§3.1). Rows are edges, node by node.</summary>
    private static readonly EdgeOperations BestPairs = new(new Dictionary<CellType, IReadOnlyList<IReadOnlyList<string>>>
    {
        [CellType.Normal] =
        [
            [Skip, Dil3], [Skip, Dil5],
            [Skip, Dil5], [Skip, Sep3], [Skip, Dil3],
            [Max, Skip], [Skip, Sep3], [Skip, Sep3], [Skip, Dil3],
            [Skip, Sep3], [Max, Skip], [Skip, Dil3], [Dil3, Dil5], [Dil3, Dil5],
        ],
        [CellType.Reduce] =
        [
            [Max, Avg], [Max, Dil3],
            [Max, Avg], [Max, Avg], [Skip, Dil5],
            [Max, Avg], [Max, Sep3], [Skip, Dil3], [Skip, Dil5],
            [Max, Avg], [Max, Avg], [Skip, Dil5], [Skip, Dil5], [Skip, Dil5],
        ],
    });

    /// <summary>S1 to S5.</summary>
    public static IReadOnlyList<SearchSpace> All { get; } =
    [
        Make("robust-s1", "RobustDARTS S1: the DARTS cell, two operations per edge", BestPairs.Distinct, BestPairs),
        Make("robust-s2", "RobustDARTS S2: the DARTS cell with skip and separable convolution", [Skip, Sep3]),
        Make("robust-s3", "RobustDARTS S3: S2 and none", [Operations.None, Skip, Sep3]),
        Make("robust-s4", "RobustDARTS S4: the DARTS cell with separable convolution and noise", [Operations.Noise, Sep3]),
        Make("robust-s5", "RobustDARTS S5: all 8 operations, the DARTS space", Operations.OfDarts),
    ];

    private static SearchSpace Make(string name, string title, IReadOnlyList<string> operations, EdgeOperations? perEdge = null) => new(
        name, title, SpaceFamily.Darts, operations, [CellType.Normal, CellType.Reduce], inputNodes: 2, innerNodes: 4, inDegree: 2,
        defaultChannels: 16, defaultCells: 8, perEdge);
}
