using NasFarm.Catalog.Data;

namespace NasFarm.Farm.Tests.Plans;

/// <summary>Data sets without files: published sizes, hashes made of the name.</summary>
internal sealed class FakeDataSets : IDataSets
{
    private static readonly DataSetInfo[] Known =
    [
        Set("cifar-10", 3, 32, 50_000, 10_000),
        Set("fashion-mnist", 1, 28, 60_000, 10_000),
        Set("mnist", 1, 28, 60_000, 10_000),
        Set("odd", 1, 30, 200, 100),
        Set("wide", 1, 28, 200, 100) with { Width = 20 },
    ];

    public static FakeDataSets Instance { get; } = new();

    public IReadOnlyList<string> Names { get; } = [.. Known.Select(k => k.Name), "svhn"];

    public DataSetInfo Describe(string name) => Known.FirstOrDefault(k => k.Name == name)
        ?? throw new DataSetUnavailableException($"Data set {name} is not available: no file of it in /data. Fetch them (nasfarm data fetch {name}).");

    private static DataSetInfo Set(string name, int channels, int side, int train, int test) =>
        new(name, channels, side, side, 10, train, test, string.Concat(Enumerable.Repeat($"{name.Length:x2}{(int)name[0]:x2}", 16)), Complete: true);
}
