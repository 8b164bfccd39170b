using NasFarm.Catalog.Benchmarks;

namespace NasFarm.Catalog.Tests;

/// <summary>Files of the folder <c>shared/data</c> that stands beside the repository.</summary>
internal static class SharedData
{
    private static readonly Lazy<NasBench201Table> Table = new(() => NasBench201Table.Load(NasBench201Path!));
    private static readonly Lazy<NasBenchMacroTable> Macro = new(() => NasBenchMacroTable.Load(NasBenchMacroPath!));

    /// <summary>The NAS-Bench-201 table's path; null when the folder is absent.</summary>
    public static string? NasBench201Path { get; } = Find("nasbench201.csv.gz");

    /// <summary>The real table, read once.</summary>
    public static NasBench201Table NasBench201 => Table.Value;

    /// <summary>The NAS-Bench-Macro table's path; null when the folder is absent.</summary>
    public static string? NasBenchMacroPath { get; } = Find("nasbench_macro.csv.gz");

    /// <summary>The real table, read once.</summary>
    public static NasBenchMacroTable NasBenchMacro => Macro.Value;

    /// <summary>Path of the small NAS-Bench-101 cells of EC-NAS-Bench; null when the folder is absent.</summary>
    public static string? SmallNasBench101Path { get; } = Find("ecnas_nb101_cells.csv.gz");

    private static string? Find(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NasFarm.sln")))
            {
                var path = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data", file));
                return File.Exists(path) ? path : null;
            }
        return null;
    }
}

/// <summary>A fact about the real NAS-Bench-201 table; skipped where the table is absent.</summary>
public sealed class TableFactAttribute : FactAttribute
{
    public TableFactAttribute()
    {
        if (SharedData.NasBench201Path is null)
            Skip = "The file ../shared/data/nasbench201.csv.gz is absent.";
    }
}

/// <summary>A theory about the real NAS-Bench-201 table; skipped where the table is absent.</summary>
public sealed class TableTheoryAttribute : TheoryAttribute
{
    public TableTheoryAttribute()
    {
        if (SharedData.NasBench201Path is null)
            Skip = "The file ../shared/data/nasbench201.csv.gz is absent.";
    }
}

/// <summary>A fact about the real NAS-Bench-Macro table; skipped where the table is absent.</summary>
public sealed class MacroTableFactAttribute : FactAttribute
{
    public MacroTableFactAttribute()
    {
        if (SharedData.NasBenchMacroPath is null)
            Skip = "The file ../shared/data/nasbench_macro.csv.gz is absent.";
    }
}

/// <summary>A fact about the real cells of EC-NAS-Bench; skipped where they are absent.</summary>
public sealed class SmallCellsFactAttribute : FactAttribute
{
    public SmallCellsFactAttribute()
    {
        if (SharedData.SmallNasBench101Path is null)
            Skip = "The file ../shared/data/ecnas_nb101_cells.csv.gz is absent.";
    }
}
