using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Genotypes;

/// <summary>A cell printed in a paper or its code.</summary>
/// <param name="Name">Name in manifests, e.g. <c>DARTS_V2</c>.</param>
/// <param name="SpaceName">The space it was searched in.</param>
/// <param name="Text">Short form, parsed by <see cref="GenotypeText"/>.</param>
/// <param name="Source">Where it is printed.</param>
public sealed record PublishedGenotype(string Name, string SpaceName, string Text, string Source);

/// <summary>Published cells by name: anchors for parameter counts, transfer and table look-up.</summary>
public static class PublishedGenotypes
{
    private const string DartsSource = "DARTS genotypes.py (spec/search-spaces.md §1.5)";
    private const string SgasSource = "SGAS genotypes.py (spec/search-spaces.md §6)";
    private const string SgasEsSource = "SGAS-es genotypes.py (spec/algorithms.md §3.6)";
    private const string DeeperSource = "Deeper Insights gt_acc.txt (spec/algorithms.md §18)";
    private const string MacroSource = "NAS-Bench-Macro table";
    private const string TableSource = "NAS-Bench-201 table (spec/search-spaces.md §2)";

    /// <summary>Every published cell, by space and name.</summary>
    public static IReadOnlyList<PublishedGenotype> All { get; } =
    [
        new("DARTS_V1", "darts",
            "normal s3-1 s3-0 | sk-0 s3-1 | sk-0 s3-1 | s3-0 sk-2 ; reduce mp-0 mp-1 | sk-2 mp-0 | mp-0 sk-2 | sk-2 ap-0", DartsSource),
        new("DARTS_V2", "darts",
            "normal s3-0 s3-1 | s3-0 s3-1 | s3-1 sk-0 | sk-0 d3-2 ; reduce mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1", DartsSource),
        new("SGAS_Cri1_CIFAR_7", "darts",
            "normal s3-0 s5-1 | sk-0 s5-2 | s3-2 d5-3 | s3-0 d3-2 ; reduce d3-0 ap-1 | mp-0 s3-2 | mp-1 d5-3 | ap-0 s5-2", SgasSource),
        new("SGAS_Cri2_CIFAR_3", "darts",
            "normal s3-0 s3-1 | s3-0 s3-2 | mp-0 s3-3 | s3-2 s3-3 ; reduce s3-0 mp-1 | d3-0 mp-1 | mp-0 s3-2 | mp-0 s5-2", SgasSource),
        new("SGAS_ES_FM_1", "sgas-es",
            "normal s3-0 s3-1 | s3-1 d3-2 | d3-1 s3-2 | sk-0 s3-4 ; reduce mp-0 mp-1 | mp-1 s3-2 | d3-2 d3-3 | d3-2 d3-3", SgasEsSource),
        new("SGAS_ES_FM_2", "sgas-es",
            "normal d3-0 s3-1 | s3-0 d3-2 | sk-2 d3-3 | s3-0 d3-3 ; reduce mp-0 mp-1 | d3-0 sk-2 | d3-2 d3-3 | sk-2 d3-3", SgasEsSource),
        new("SGAS_ES_FM_3", "sgas-es",
            "normal d3-0 d3-1 | s3-0 s3-1 | sk-0 d3-2 | sk-2 d3-3 ; reduce mp-0 sk-1 | d3-0 d3-2 | d3-2 s3-3 | s3-0 sk-2", SgasEsSource),
        new("NB201_ALL_NONE", "nas-bench-201", "|no~0|+|no~0|no~1|+|no~0|no~1|no~2|", TableSource),
        new("NB201_ALL_SKIP", "nas-bench-201", "|sk~0|+|sk~0|sk~1|+|sk~0|sk~1|sk~2|", TableSource + ": where DARTS collapses to"),
        new("NB201_ALL_CONV1X1", "nas-bench-201", "|c1~0|+|c1~0|c1~1|+|c1~0|c1~1|c1~2|", TableSource),
        new("NB201_ALL_CONV3X3", "nas-bench-201", "|c3~0|+|c3~0|c3~1|+|c3~0|c3~1|c3~2|", TableSource),
        new("NB201_DRNAS", "nas-bench-201", "|c3~0|+|c3~0|c3~1|+|sk~0|c3~1|c3~2|", TableSource + ": DrNAS and Lambda-DARTS"),
        new("NB201_BEST_C10", "nas-bench-201", "|c3~0|+|c3~0|c3~1|+|sk~0|c3~1|c1~2|", TableSource),
        new("NB201_BEST_C100", "nas-bench-201", "|c3~0|+|c3~0|c3~1|+|sk~0|c3~1|c3~2|", TableSource),
        new("NB201_BEST_IN16", "nas-bench-201", "|c1~0|+|c1~0|c3~1|+|sk~0|c3~1|c3~2|", TableSource),
        new("DEEPER_BEST", "deeper-insights", "|d5~0|+|s5~0|d5~1|", DeeperSource + ": the best of 64"),
        new("DEEPER_WORST", "deeper-insights", "|mp~0|+|mp~0|mp~1|", DeeperSource + ": the worst"),
        new("MACRO_ALL_IDENTITY", "nas-bench-macro", "00000000", MacroSource + ": the worst network"),
        new("MACRO_BEST_C10", "nas-bench-macro", "22212220", MacroSource + ": the best mean of three trainings"),
    ];

    /// <summary>All names, in the order of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(p => p.Name)];

    /// <summary>The cell as a genotype of its own space. Throws <see cref="ArgumentException"/> that lists the names.</summary>
    public static Genotype Get(string name)
    {
        var published = Find(name);
        return GenotypeText.Parse(published.SpaceName, published.Text);
    }

    /// <summary>The cell as a genotype of the named space, where that space has its operations (an <c>sgas-es</c> cell is also a
    /// <c>darts</c> cell). Throws <see cref="ArgumentException"/> or <see cref="GenotypeFormatException"/>.</summary>
    public static Genotype Get(string spaceName, string name)
    {
        var published = Find(name);
        var (own, asked) = (SearchSpaces.Get(published.SpaceName), SearchSpaces.Get(spaceName));
        return own.Family == asked.Family
            ? GenotypeText.Parse(asked, published.Text)
            : throw new ArgumentException($"{name} is a cell of '{own}', not of '{asked}'.");
    }

    private static PublishedGenotype Find(string name) =>
        All.FirstOrDefault(p => p.Name == name)
        ?? throw new ArgumentException($"There is no published genotype '{name}'; there are {string.Join(", ", Names)}.");
}
