using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>Which checkpoints a unit still needs: a finished one its end; an open one the last two; an open phase that may roll back
/// every one of its own, because the state that takes the decision may be that of its first epoch (spec/algorithms §3.3).</summary>
public static class Retention
{
    /// <summary>Rows whose files may go. <paramref name="unit"/>'s files stand newest first.</summary>
    public static IReadOnlyList<ArtifactRow> Droppable(UnitArtifacts unit)
    {
        var effective = unit.Files.Where(f => !f.Void).ToList();
        IEnumerable<ArtifactRow> kept = unit switch
        {
            { Done: true } => effective.Where(f => f.File.EndOfUnit).Take(1),
            { Kind: UnitKind.Search, Method: "sgas-es" or "sgas-es-placebo" } => effective,
            _ => effective.Take(2),
        };
        return [.. unit.Files.Except(kept)];
    }
}
