using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Cancelling, trying again, and changing places in the queue.</summary>
internal static class SweepCommands
{
    public static CancelReport? Cancel(SqlSession sql, Target target, string operationId) => Operations.Once(sql, operationId, $"cancel {target}", () =>
    {
        TargetRows.MustBeRuns(target, "cancelled");
        if (!TargetRows.Exist(sql, target))
            return null;
        // 1. What is named is wanted no more.
        var (runs, why) = target is Target.Sweep sweep
            ? (CancelWhole(sql, sweep), "the sweep was cancelled")
            : (CancelOpenRuns(sql, target), "the run was cancelled");

        // 2. Units that nobody wants any more end, those of runs that only these drew from included.
        var (cancelled, kept) = (0, 0);
        foreach (var runId in runs.Distinct())
        {
            var (units, searchNeeded) = CancelUnwanted(sql, runId, why);
            (cancelled, kept) = (cancelled + units, kept + (searchNeeded ? 1 : 0));
        }
        foreach (var sourceId in sql.Query(
            $"SELECT DISTINCT source_id FROM placebo_source WHERE run_id IN {TargetRows.Runs(target)} ORDER BY source_id",
            row => row.Must("source_id"), TargetRows.Values(target)))
        {
            cancelled += CancelUnwanted(sql, sourceId, why).Units;
        }

        // 3. Those that go on stand under another sweep, which may be paused.
        PauseRows.Review(sql, target);
        return new CancelReport($"{target}", cancelled, kept);
    });

    public static RetryReport? RetryFailed(SqlSession sql, Target target, string operationId) => Operations.Once(sql, operationId, $"retry {target}", () =>
    {
        if (!TargetRows.Exist(sql, target))
            return null;
        // Nobody wants what was cancelled: accepting it again comes first.
        var one = target is Target.Unit named ? named.UnitId : null;
        var retried = sql.Query(
            $"""
            UPDATE unit SET state = 'waiting', failures = 0, not_before = @now, reason = NULL, reason_text = NULL
             WHERE run_id IN {TargetRows.Runs(target)} AND state = 'failed' AND {(one is null ? "1 = 1" : "unit_id = @unit")} AND EXISTS (
               SELECT 1 FROM sweep_run JOIN sweep s ON s.sweep_id = sweep_run.sweep_id
                WHERE sweep_run.run_id = unit.run_id AND {TargetRows.Rows(target)} AND s.cancelled_at IS NULL AND sweep_run.cancelled_at IS NULL
                  AND (unit.kind = 'search' OR EXISTS (
                    SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = sweep_run.sweep_id AND w.retrain_id = unit.unit_id)))
            RETURNING run_id
            """, row => row.Must("run_id"), TargetRows.Values(target, ("@now", sql.Now), ("@unit", one)));
        var runs = retried.Distinct().Order(StringComparer.Ordinal).ToList();
        foreach (var runId in runs)
            sql.Post("UPDATE seed_run SET search_state = 'open' WHERE run_id = @run AND search_state = 'failed'", ("@run", runId));
        foreach (var runId in runs)
            UnitRows.ReviewPlacebo(sql, runId);
        return new RetryReport($"{target}", retried.Count);
    });

    public static PriorityReport? SetPriority(SqlSession sql, string sweepId, int priority, string operationId) =>
        Operations.Once(sql, operationId, FormattableString.Invariant($"priority {sweepId} {priority}"), () =>
        {
            var before = sql.Query("SELECT priority FROM sweep WHERE sweep_id = @sweep", row => row.Int("priority"), ("@sweep", sweepId));
            if (before.Count == 0)
                return null;
            sql.Post("UPDATE sweep SET priority = @priority WHERE sweep_id = @sweep", ("@sweep", sweepId), ("@priority", priority));
            return new PriorityReport(sweepId, before[0], priority);
        });

    private static List<string> CancelWhole(SqlSession sql, Target.Sweep sweep)
    {
        sql.Post("UPDATE sweep SET cancelled_at = COALESCE(cancelled_at, @now) WHERE sweep_id = @sweep", TargetRows.Values(sweep, ("@now", sql.Now)));
        return [.. TargetRows.List(sql, sweep).Select(r => r.RunId)];
    }

    /// <summary>In each sweep that is meant: runs that are over stay what they are.</summary>
    private static List<string> CancelOpenRuns(SqlSession sql, Target target)
    {
        var cancelled = new List<string>();
        foreach (var sweep in TargetRows.List(sql, target).GroupBy(r => r.SweepId, r => r.RunId))
        {
            var meant = sweep.ToHashSet();
            foreach (var run in SweepReading.Rows(sql, sweep.Key))
            {
                if (!meant.Contains(run.RunId) || run.State is not (SeedRunState.Waiting or SeedRunState.Running))
                    continue;
                sql.Post("UPDATE sweep_run SET cancelled_at = @now WHERE sweep_id = @sweep AND run_id = @run", ("@now", sql.Now), ("@sweep", sweep.Key), ("@run", run.RunId));
                cancelled.Add(run.RunId);
            }
        }
        return cancelled;
    }

    /// <summary>Ends the open units of a run that no live sweep needs: the search for itself or for a placebo run, retrain jobs one by one.</summary>
    internal static (int Units, bool SearchNeeded) CancelUnwanted(SqlSession sql, string runId, string why, string reason = "cancelled")
    {
        var searchNeeded = sql.Any(
            $"""
            SELECT 1 FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id
             WHERE {LookRows.Needs}
               AND (x.run_id = @run OR x.run_id IN (SELECT p.run_id FROM placebo_source p WHERE p.source_id = @run))
            """, ("@run", runId));
        var retrainsNeeded = UnitRows.WantedRetrains(sql, runId).Select(r => r.RetrainId).ToHashSet();
        var unwanted = sql.Query($"SELECT unit_id, kind, fence FROM unit WHERE run_id = @run AND state IN ('waiting', 'running') ORDER BY unit_id{sql.Lock}",
            row => (Key: new AttemptKey(row.Must("unit_id"), row.Long("fence")), Kind: row.Must("kind")), ("@run", runId))
            .Where(u => !(u.Kind == "search" ? searchNeeded : retrainsNeeded.Contains(u.Key.UnitId))).ToList();
        foreach (var (key, kind) in unwanted)
        {
            CancelUnit(sql, key, why, reason);
            if (kind == "search")
                sql.Post("UPDATE seed_run SET search_state = 'cancelled' WHERE run_id = @run", ("@run", runId));
        }
        return (unwanted.Count, searchNeeded);
    }

    /// <summary>A running attempt loses its fence, so that its supervisor kills the trainer at the next renewal.</summary>
    private static void CancelUnit(SqlSession sql, AttemptKey key, string why, string reason)
    {
        SlotRows.Freed(sql, key.UnitId);
        sql.Post("UPDATE attempt SET ended_at = @now, ending = @ending, message = @why WHERE unit_id = @unit AND fence = @fence AND ending IS NULL",
            ("@unit", key.UnitId), ("@fence", key.Fence), ("@now", sql.Now), ("@ending", Columns.Word(FailureReason.Cancelled)), ("@why", why));
        sql.Post(
            """
            UPDATE unit SET state = 'cancelled', fence = fence + 1, owner = NULL, slot_id = NULL, lease_until = NULL, stop_for = NULL,
                   reason = @reason, reason_text = @why WHERE unit_id = @unit
            """, ("@unit", key.UnitId), ("@reason", reason), ("@why", why));
    }
}
