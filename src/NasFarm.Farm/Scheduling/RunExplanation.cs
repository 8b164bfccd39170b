using System.Globalization;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Scripts;

namespace NasFarm.Farm.Scheduling;

/// <summary>Why one unit of a run stands where it stands.</summary>
/// <param name="State">waiting, running, done, failed or cancelled.</param>
/// <param name="Reason">Stable reason; null while running and when done.</param>
/// <param name="ExpectedStart">Of a waiting unit; null when nobody can know.</param>
public sealed record UnitExplanation(string UnitId, string What, string State, string? Reason, string Sentence, DateTimeOffset? ExpectedStart);

/// <summary>Why a run is not further than it is, unit by unit, in the scheduler's words.</summary>
public sealed record RunExplanation(string RunId, string Method, long SearchSeed, string SearchState, IReadOnlyList<UnitExplanation> Units)
{
    /// <summary>Reads the run and the farm. Null: no such run.</summary>
    public static async Task<RunExplanation?> ReadAsync(IFarmStore store, string runId, CancellationToken cancel = default)
    {
        if (await store.ReadRunAsync(runId, cancel) is not { } run)
            return null;
        return Of(run, Scheduler.Rank(await store.ReadSnapshotAsync(cancel: cancel)));
    }

    /// <summary>Puts the scheduler's words to what the store knows.</summary>
    public static RunExplanation Of(RunDetails run, Ranking ranking)
    {
        var waits = ranking.Waits.Where(w => w.RunId == run.RunId).ToDictionary(w => w.UnitId);
        return new(run.RunId, run.Spec.Method, run.Spec.SearchSeed, run.SearchState, [.. run.Units.Select(unit => Explain(unit, waits.GetValueOrDefault(unit.UnitId)))]);
    }

    private static UnitExplanation Explain(UnitDetails unit, UnitWait? wait)
    {
        var what = unit.Kind == UnitKind.Search ? string.Create(CultureInfo.InvariantCulture, $"search phase {unit.Phase}") : "retrain job";
        var last = unit.Attempts.Count == 0 ? null : unit.Attempts[^1];
        return (unit.State, wait) switch
        {
            ("waiting", { } waits) => new(unit.UnitId, what, unit.State, Columns.Word(waits.Reason), waits.Sentence, waits.ExpectedStart),
            // Claimed or ended between the two readings.
            ("waiting", null) => new(unit.UnitId, what, unit.State, null, "was claimed just now; ask again", null),
            ("running", _) when unit.Paused is { } paused => new(unit.UnitId, what, unit.State, null, $"writes a checkpoint on {last?.SlotId} and stops: {paused}", null),
            ("running", _) => new(unit.UnitId, what, unit.State, null, $"runs on {last?.SlotId} since {last?.ClaimedAt:u}", null),
            ("done", _) => new(unit.UnitId, what, unit.State, null, $"done at {last?.EndedAt:u}", null),
            _ => new(unit.UnitId, what, unit.State, unit.Reason, unit.ReasonText ?? unit.State, null),
        };
    }
}
