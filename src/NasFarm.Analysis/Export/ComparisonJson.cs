using System.Text.Json;
using NasFarm.Analysis.Comparison;
using NasFarm.Catalog;

namespace NasFarm.Analysis.Export;

/// <summary>A comparison as JSON for programs; ends with a line feed.</summary>
public static class ComparisonJson
{
    /// <summary>Indented.</summary>
    public static string Render(ComparisonReport report) => JsonSerializer.Serialize(report, CatalogJson.Pretty) + "\n";
}
