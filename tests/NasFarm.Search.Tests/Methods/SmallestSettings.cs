using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Search.Tests.Methods;

/// <summary>As small as each method and each network goes: for tests that take every method there is. A setting that makes a new method long
/// has its smallest value here.</summary>
internal static class SmallestSettings
{
    private static readonly (string Name, object Value)[] All =
    [
        ("epochs", 2), ("lanczosSteps", 2), ("candidates", 2), ("finalists", 1), ("candidateBatches", 1), ("neighbours", 1), ("attackSteps", 1), ("images", 16),
        ("phaseEpochs", 2), ("warmup", 1), ("interval", 1), ("postEpochs", 1), ("window", 1), ("every", 1), ("delta", 1), ("esStart", 0), ("tuneEpochs", 1),
        ("stageEpochs", 2), ("weightEpochs", 1), ("cellsAdded2", 1), ("cellsAdded3", 2), ("alphaFromEpoch", 1),
    ];

    /// <summary>Those that the method has.</summary>
    public static (string Name, object Value)[] Of(string method) =>
        [.. All.Where(s => MethodCatalog.Get(method).Settings.Any(known => known.Name == s.Name))];

    /// <summary>The smallest doubling of so many channels that the method can search.</summary>
    public static int Channels(string method, string space, Hyperparameters settings, int channels)
    {
        while (MethodCatalog.Get(method).CheckSize(settings, SearchSpaces.Get(space), channels, ManyCells).Any())
            channels *= 2;
        return channels;
    }

    /// <summary>The fewest cells with which a network of the space can be built.</summary>
    public static int Cells(string space, int channels = 2) =>
        Enumerable.Range(1, 20).First(cells => !SearchSpaces.Get(space).CheckSize(channels, cells).Any());

    /// <summary>The fewest with which the method can search it.</summary>
    public static int Cells(string method, string space, Hyperparameters settings, int channels) => Enumerable.Range(Cells(space, channels), 20)
        .First(cells => !MethodCatalog.Get(method).CheckSize(settings, SearchSpaces.Get(space), Channels(method, space, settings, channels), cells).Any());

    /// <summary>Enough for every method.</summary>
    private const int ManyCells = 20;
}
