using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>The benchmark tables by space: those that environment variables name, each read when it is first asked for, and the small one
/// that is built in.</summary>
public sealed class BenchmarkTables
{
    private readonly Lazy<NasBench201Table?> nasBench201 = new(NasBench201Table.LoadFromEnvironment);
    private readonly Lazy<NasBenchMacroTable?> nasBenchMacro = new(NasBenchMacroTable.LoadFromEnvironment);

    /// <summary>Spaces whose cells were all trained, with the benchmark's name.</summary>
    public static IReadOnlyDictionary<string, string> BySpace { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["deeper-insights"] = "Deeper Insights",
        ["nas-bench-201"] = "NAS-Bench-201",
        ["nas-bench-macro"] = "NAS-Bench-Macro",
    };

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
        _ => new Dictionary<string, double>(),
    };
}
