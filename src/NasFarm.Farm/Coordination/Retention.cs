using System.ComponentModel.DataAnnotations;
using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>How many checkpoints stay.</summary>
public sealed class RetentionOptions
{
    /// <summary>Newest checkpoints of an open unit that stay. Default: 2, so that a damaged one costs one interval.</summary>
    [Range(1, 1000)]
    public int KeepLast { get; set; } = 2;

    /// <summary>Days after which the end checkpoints of a finished run go too; results and their hashes stay. Null, the default: never.</summary>
    [Range(0, 36500)]
    public int? KeepEndDays { get; set; }
}

/// <summary>Which checkpoints a unit still needs: a finished one its end; an open one the last few; an open phase that may roll back
/// every one of its own, because the state that takes the decision may be that of its first epoch (spec/algorithms §3.3).</summary>
public static class Retention
{
    /// <summary>Rows whose files may go. <paramref name="unit"/>'s files stand newest first.</summary>
    public static IReadOnlyList<ArtifactRow> Droppable(UnitArtifacts unit, int keepLast)
    {
        var effective = unit.Files.Where(f => !f.Void).ToList();
        IEnumerable<ArtifactRow> kept = unit switch
        {
            { EndMayGo: true } => [],
            { Done: true } => effective.Where(f => f.File.EndOfUnit).Take(1),
            _ when MayRollBack(unit.Kind, unit.Method) => effective,
            _ => effective.Take(keepLast),
        };
        return [.. unit.Files.Except(kept)];
    }

    /// <summary>May a unit go back to any of its own checkpoints?</summary>
    public static bool MayRollBack(UnitKind kind, string method) => kind == UnitKind.Search && MethodCatalog.RollsBack(method);
}
