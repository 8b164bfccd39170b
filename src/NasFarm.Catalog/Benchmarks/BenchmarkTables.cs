using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>The benchmark tables by space: those that environment variables name, each read when it is first asked for, and the small one
/// that is built in.</summary>
public sealed class BenchmarkTables
{
    private static readonly IReadOnlyList<string> NasBench101Spaces = [.. NasBench1Shot1.All.Select(s => s.Name)];

    private readonly Lazy<NasBench101Table?> nasBench101 = new(NasBench101Table.LoadFromEnvironment);
    private readonly Lazy<NasBench201Table?> nasBench201 = new(NasBench201Table.LoadFromEnvironment);
    private readonly Lazy<NasBenchMacroTable?> nasBenchMacro = new(NasBenchMacroTable.LoadFromEnvironment);

    /// <summary>Spaces whose cells were all trained, with the benchmark's name.</summary>
    public static IReadOnlyDictionary<string, string> BySpace { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["deeper-insights"] = "Deeper Insights",
        ["nas-bench-1shot1-1"] = "NAS-Bench-101",
        ["nas-bench-1shot1-2"] = "NAS-Bench-101",
        ["nas-bench-1shot1-3"] = "NAS-Bench-101",
        ["nas-bench-201"] = "NAS-Bench-201",
        ["nas-bench-macro"] = "NAS-Bench-Macro",
    };

    /// <summary>Environment variable that names the file of a space's table; null where there is no table, or it is built in.</summary>
    public static string? PathVariable(string spaceName) => spaceName switch
    {
        "nas-bench-201" => NasBench201Table.PathVariable,
        "nas-bench-macro" => NasBenchMacroTable.PathVariable,
        _ => NasBench101Spaces.Contains(spaceName) ? NasBench101Table.PathVariable : null,
    };

    /// <summary>NAS-Bench-101; null where the environment does not name it.</summary>
    public NasBench101Table? NasBench101 => nasBench101.Value;

    /// <summary>NAS-Bench-201; null where the environment does not name it.</summary>
    public NasBench201Table? NasBench201 => nasBench201.Value;

    /// <summary>NAS-Bench-Macro; null where the environment does not name it.</summary>
    public NasBenchMacroTable? NasBenchMacro => nasBenchMacro.Value;

    /// <summary>Every recorded value of a cell by column; empty where the space has no table, or the environment does not name it.</summary>
    public IReadOnlyDictionary<string, double> Values(string spaceName, string genotype) => spaceName switch
    {
        "deeper-insights" => DeeperInsightsTable.Values(GenotypeText.Parse(SearchSpaces.DeeperInsights, genotype)),
        "nas-bench-201" when NasBench201 is { } table => table.Values(genotype),
        "nas-bench-macro" when NasBenchMacro is { } table => table.Values(genotype),
        _ when NasBench101Spaces.Contains(spaceName) && NasBench101 is { } table => table.Values(GenotypeText.Parse(spaceName, genotype)),
        _ => new Dictionary<string, double>(),
    };
}
