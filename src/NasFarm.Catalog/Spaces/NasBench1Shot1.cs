namespace NasFarm.Catalog.Spaces;

/// <summary>Smallest errors in percent, mean of three trainings of 108 epochs, of the cells of a space.</summary>
public readonly record struct SmallestErrors(double Valid, double Test);

/// <summary>The three search spaces of NAS-Bench-1Shot1 (Zela et al., ICLR 2020, arXiv 2001.10422; spec/search-spaces.md §4), parts of
/// NAS-Bench-101: three operations on 4 or 5 nodes, a number of parents for each node and for the output, 9 edges in all.</summary>
public static class NasBench1Shot1
{
    private static readonly string[] OnNodes = [Operations.VertexMaxPool3x3, Operations.VertexConv3x3, Operations.VertexConv1x1];

    private static readonly (int[] Parents, string Genotypes, SmallestErrors Best)[] Three =
    [
        ([1, 2, 2, 2, 2], "14,580", new(4.9279, 5.4487)),
        ([1, 1, 2, 2, 3], "29,160", new(5.1583, 5.7592)),
        ([1, 1, 1, 2, 2, 2], "1,312,200", new(4.8478, 5.3385)),
    ];

    /// <summary>Spaces 1 to 3.</summary>
    public static IReadOnlyList<SearchSpace> All { get; } = [.. Three.Select((space, i) => new SearchSpace(
        $"nas-bench-1shot1-{i + 1}",
        $"NAS-Bench-1Shot1 {i + 1}: 3 operations on {space.Parents.Length - 1} nodes, {space.Genotypes} genotypes",
        SpaceFamily.NasBench1Shot1, OnNodes, [CellType.Normal], inputNodes: 1, innerNodes: space.Parents.Length, inDegree: null,
        defaultChannels: 16, defaultCells: 9, parents: space.Parents))];

    /// <summary>The smallest errors that NAS-Bench-101 has in a space, valid and test each for itself: read in the released code
    /// (automl/nasbench-1shot1, search_spaces/). Null for another space.</summary>
    public static SmallestErrors? Best(SearchSpace space)
    {
        for (var i = 0; i < All.Count; i++)
            if (All[i] == space)
                return Three[i].Best;
        return null;
    }
}
