using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Commands of people on a sweep. Each carries an operation id that is recorded with its effect.</summary>
internal static class SweepCommands
{
    public static CancelReport? Cancel(SqlSession sql, string sweepId, string operationId) => Once(sql, operationId, "cancel", () =>
    {
        if (sql.Execute("UPDATE sweep SET cancelled_at = COALESCE(cancelled_at, @now) WHERE sweep_id = @sweep", ("@sweep", sweepId), ("@now", sql.Now)) == 0)
            return null;
        var cancelled = 0;
        var kept = 0;
        foreach (var runId in RunIds(sql, sweepId))
        {
            var searchNeeded = sql.Any(
                """
                SELECT 1 FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id
                 WHERE s.cancelled_at IS NULL AND (x.run_id = @run OR x.run_id IN (SELECT p.run_id FROM placebo_source p WHERE p.source_id = @run))
                """, ("@run", runId));
            kept += searchNeeded ? 1 : 0;
            var retrainsNeeded = UnitRows.WantedRetrains(sql, runId).Select(r => r.RetrainId).ToHashSet();
            var open = sql.Query($"SELECT unit_id, kind, fence FROM unit WHERE run_id = @run AND state IN ('waiting', 'running') ORDER BY unit_id{sql.Lock}",
                row => (Key: new AttemptKey(row.Must("unit_id"), row.Long("fence")), Kind: row.Must("kind")), ("@run", runId));
            foreach (var (key, kind) in open)
            {
                if (kind == "search" ? searchNeeded : retrainsNeeded.Contains(key.UnitId))
                    continue;
                CancelUnit(sql, key);
                cancelled++;
                if (kind == "search")
                    sql.Post("UPDATE seed_run SET search_state = 'cancelled' WHERE run_id = @run", ("@run", runId));
            }
            QueueRows.LeaveCancelledSweep(sql, runId);
        }
        return new CancelReport(sweepId, cancelled, kept);
    });

    public static RetryReport? RetryFailed(SqlSession sql, string sweepId, string operationId) => Once(sql, operationId, "retry-failed", () =>
    {
        if (!sql.Any("SELECT 1 FROM sweep WHERE sweep_id = @sweep", ("@sweep", sweepId)))
            return null;
        // Nobody wants the units of a cancelled sweep: accepting it again comes first.
        if (sql.Any("SELECT 1 FROM sweep WHERE sweep_id = @sweep AND cancelled_at IS NOT NULL", ("@sweep", sweepId)))
            return new RetryReport(sweepId, 0);
        var retried = 0;
        var runs = RunIds(sql, sweepId);
        foreach (var runId in runs)
        {
            var units = sql.Execute(
                """
                UPDATE unit SET state = 'waiting', failures = 0, not_before = @now, reason = NULL, reason_text = NULL
                 WHERE run_id = @run AND state = 'failed' AND (kind = 'search' OR unit_id IN (SELECT retrain_id FROM sweep_retrain WHERE sweep_id = @sweep))
                """, ("@run", runId), ("@sweep", sweepId), ("@now", sql.Now));
            if (units == 0)
                continue;
            retried += units;
            sql.Post("UPDATE seed_run SET search_state = 'open' WHERE run_id = @run AND search_state = 'failed'", ("@run", runId));
        }
        foreach (var runId in runs)
            UnitRows.ReviewPlacebo(sql, runId);
        return new RetryReport(sweepId, retried);
    });

    private static List<string> RunIds(SqlSession sql, string sweepId) => sql.Query(
        "SELECT run_id FROM sweep_run WHERE sweep_id = @sweep ORDER BY position", row => row.Must("run_id"), ("@sweep", sweepId));

    /// <summary>A running attempt loses its fence, so that its supervisor kills the trainer at the next renewal.</summary>
    private static void CancelUnit(SqlSession sql, AttemptKey key)
    {
        SlotRows.Freed(sql, key.UnitId);
        sql.Post("UPDATE attempt SET ended_at = @now, ending = @ending, message = 'the sweep was cancelled' WHERE unit_id = @unit AND fence = @fence AND ending IS NULL",
            ("@unit", key.UnitId), ("@fence", key.Fence), ("@now", sql.Now), ("@ending", Columns.Word(FailureReason.Cancelled)));
        sql.Post(
            """
            UPDATE unit SET state = 'cancelled', fence = fence + 1, owner = NULL, slot_id = NULL, lease_until = NULL, stop_for = NULL,
                   reason = 'cancelled', reason_text = 'the sweep was cancelled' WHERE unit_id = @unit
            """, ("@unit", key.UnitId));
    }

    private static T? Once<T>(SqlSession sql, string operationId, string kind, Func<T?> command) where T : class
    {
        var known = sql.First("SELECT kind, effect FROM operation WHERE operation_id = @id",
            row => (Tuple<string, string>)new(row.Must("kind"), row.Must("effect")), ("@id", operationId));
        if (known is not null)
        {
            return known.Item1 == kind
                ? JsonSerializer.Deserialize<T>(known.Item2, CatalogJson.Compact)
                : throw new InvalidDataException($"Operation id '{operationId}' was used for '{known.Item1}' and cannot name a '{kind}' too.");
        }
        var effect = command();
        if (effect is not null)
        {
            sql.Post("INSERT INTO operation (operation_id, kind, at, effect) VALUES (@id, @kind, @now, @effect)",
                ("@id", operationId), ("@kind", kind), ("@now", sql.Now), ("@effect", Columns.Json(effect)));
        }
        return effect;
    }
}
