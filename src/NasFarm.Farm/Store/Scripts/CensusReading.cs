using System.Collections.Concurrent;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Counts what there is.</summary>
internal static class CensusReading
{
    /// <summary>The method of an arm never changes: it is read once.</summary>
    internal sealed class ArmMethods
    {
        public ConcurrentDictionary<(string SweepId, string Arm), string> Known { get; } = new();
    }

    public static FarmCensus Census(SqlSession sql, ArmMethods methods)
    {
        var slots = SlotReading.Board(sql).Slots;
        return new(
            Runs(sql, methods), Units(sql),
            [.. slots.GroupBy(slot => (slot.State, slot.Slot.Device)).Select(of => new CountedSlots(of.Key.State, of.Key.Device, of.Count()))],
            slots.Select(slot => slot.Slot.Owner).Distinct().Count(),
            sql.Query($"SELECT COUNT(*) AS units FROM unit WHERE reason = '{QuarantineRows.Reason}' AND state = 'failed'", row => row.Int("units")).Single());
    }

    /// <summary>Values of an attempt that differ from what an earlier attempt of equal numerics had measured at the same step.</summary>
    public static int RedoneDifferently(SqlSession sql, AttemptKey attempt) => sql.Query(
        """
        SELECT COUNT(*) AS differences FROM metric n
          JOIN metric o ON o.unit_id = n.unit_id AND o.step = n.step AND o.name = n.name AND o.fence < n.fence
          JOIN attempt a ON a.unit_id = n.unit_id AND a.fence = n.fence
          JOIN attempt b ON b.unit_id = o.unit_id AND b.fence = o.fence AND b.fingerprint = a.fingerprint
         WHERE n.unit_id = @unit AND n.fence = @fence AND n.timing = 0 AND n.value IS DISTINCT FROM o.value
        """, row => row.Int("differences"), ("@unit", attempt.UnitId), ("@fence", attempt.Fence)).Single();

    private static List<CountedRuns> Runs(SqlSession sql, ArmMethods methods) => sql.Query(
        "SELECT sweep_id, arm, state, COUNT(*) AS runs, MIN(run_id) AS one FROM sweep_run GROUP BY sweep_id, arm, state ORDER BY sweep_id, arm, state",
        row => (Arm: (row.Must("sweep_id"), row.Must("arm")), State: row.Must("state"), Count: row.Int("runs"), One: row.Must("one")))
        .Select(of => new CountedRuns(of.State, methods.Known.GetOrAdd(of.Arm, _ => MethodOf(sql, of.One)), of.Count))
        .GroupBy(of => (of.State, of.Method)).Select(of => new CountedRuns(of.Key.State, of.Key.Method, of.Sum(runs => runs.Count))).ToList();

    private static string MethodOf(SqlSession sql, string runId) =>
        sql.Query("SELECT spec FROM seed_run WHERE run_id = @run", row => row.Json<SeedRunSpec>("spec").Method, ("@run", runId)).Single();

    private static List<CountedUnits> Units(SqlSession sql) => sql.Query(
        """
        SELECT kind, device, standing, COUNT(*) AS units, MIN(since) AS since FROM (
          SELECT kind, device, 'running' AS standing, enqueued_at AS since FROM unit WHERE state = 'running'
          UNION ALL
          SELECT kind, device,
                 CASE WHEN paused IS NOT NULL THEN 'paused' WHEN hold IS NOT NULL THEN 'held' WHEN not_before > @now THEN 'backing-off' ELSE 'ready' END,
                 CASE WHEN not_before > enqueued_at THEN not_before ELSE enqueued_at END
            FROM unit WHERE state = 'waiting') AS open_units
         GROUP BY kind, device, standing ORDER BY kind, device, standing
        """,
        row => new CountedUnits(SweepReading.Kind(row.Must("kind")), row.Must("device"), row.Must("standing"), row.Int("units"),
            row.Must("standing") == "running" ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Max(0, sql.Now - row.Long("since")))), ("@now", sql.Now));
}
