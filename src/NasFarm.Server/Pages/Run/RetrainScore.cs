using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Pages.Run;

/// <summary>The result of a retrain job.</summary>
internal static class RetrainScore
{
    /// <summary>Of a unit that is done.</summary>
    public static RetrainOutcome Of(UnitDetails unit) => JsonSerializer.Deserialize<RetrainOutcome>(unit.Outcome!, CatalogJson.Compact)!;
}
