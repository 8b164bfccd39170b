using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;
using NasFarm.Search.Checkpoints;

namespace NasFarm.Search.Phases;

/// <summary>Where a unit goes on, and what it may later roll back to.</summary>
/// <param name="From">The checkpoint to load; null: from the start.</param>
/// <param name="Content">What it holds.</param>
/// <param name="Rollback">Checkpoints of this phase by rewindable epoch counter.</param>
/// <param name="Damaged">One sentence for each offered checkpoint that could not be used.</param>
public sealed record ResumeChoice(
    CheckpointRef? From, CheckpointContent? Content, IReadOnlyDictionary<int, CheckpointRef> Rollback, IReadOnlyList<string> Damaged)
{
    /// <summary>Chooses the newest usable checkpoint. For a method that rolls back it is usable only if every epoch of the phase before it
    /// is: a damaged one in between is trained again, to the same bytes, rather than missed later.</summary>
    /// <param name="unit">The unit to run.</param>
    /// <param name="offered">Newest first, as the supervisor gives them.</param>
    public static ResumeChoice Make(UnitSpec unit, IReadOnlyList<CheckpointRef> offered)
    {
        var rollsBack = unit.Kind == UnitKind.Search && MethodCatalog.RollsBack(unit.SeedRun.Method);
        var damaged = new List<string>();
        var rollback = new Dictionary<int, CheckpointRef>();
        (CheckpointRef File, CheckpointContent Content)? best = null;
        var whole = true;

        foreach (var file in offered.Reverse())
        {
            CheckpointContent content;
            try
            {
                content = Safetensors.Read(file.Path, file.Sha256);
            }
            catch (CheckpointDamagedException problem)
            {
                damaged.Add(problem.Message);
                whole = !rollsBack;
                continue;
            }
            var own = content.Document.GetProperty("unit").GetString() == unit.UnitId;
            if (own && !whole)
                continue;
            best = (file, content);
            if (own && content.Document.GetProperty("progress").TryGetProperty("step", out var step) && step.GetInt32() == 0)
                rollback[file.Epoch] = file;
        }

        if (best is null && unit is { Kind: UnitKind.Search, Phase: > 0 })
            throw new CheckpointDamagedException(unit.UnitId, "start of the phase",
                $"phase {unit.Phase} begins where phase {unit.Phase - 1} ended, and no checkpoint of that is usable. {string.Join(" ", damaged)}");
        return new(best?.File, best?.Content, rollback, damaged);
    }
}
