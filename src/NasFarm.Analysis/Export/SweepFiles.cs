using System.Text.Json;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Export;

/// <summary>The files of an export.</summary>
public static class SweepFiles
{
    /// <summary>Name of the one file that holds everything.</summary>
    public const string Json = "sweep.json";

    /// <summary>Tables of runs, trajectories and decisions, of the comparison, and their dictionary. <paramref name="report"/> must be the comparison of <paramref name="sweep"/>.</summary>
    public static IReadOnlyList<ExportFile> Tables(SweepResult sweep, ComparisonReport report) => [.. SweepCsv.All(sweep), .. ComparisonCsv.All(report)];

    /// <summary>Everything in one file.</summary>
    public static ExportFile Whole(SweepResult sweep) => new(Json, JsonSerializer.Serialize(sweep, CatalogJson.Pretty) + "\n");
}
