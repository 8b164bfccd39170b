using System.Data.Common;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>What the scheduler decides on.</summary>
internal static class SnapshotReading
{
    /// <summary>Finished units of one queue that are measured for estimates: enough for a median, whatever the sweep's size.</summary>
    private const int MostMeasured = 1000;

    private const string WaitingColumns =
        """
        SELECT u.unit_id, u.run_id, u.kind, u.phase, u.seed, u.progress, u.arm_order, u.enqueued_at, u.not_before, u.device, u.hold, u.reason_text,
               u.fingerprint, r.tenant, r.phases, r.retrains, q.sweep_id, q.memory, q.labels, s.priority, x.arm
          FROM unit u JOIN seed_run r ON r.run_id = u.run_id JOIN queue q ON q.queue_id = u.queue JOIN sweep s ON s.sweep_id = q.sweep_id
          LEFT JOIN sweep_run x ON x.sweep_id = q.sweep_id AND x.run_id = u.run_id
         WHERE u.state = 'waiting'
        """;

    public static FarmSnapshot Snapshot(SqlSession sql, int? most, string? pool)
    {
        var waiting = most is { } limit
            ? [.. Queues(sql, pool).SelectMany(queue => Head(sql, queue, limit))]
            : pool is null ? All(sql) : [.. Queues(sql, pool).SelectMany(queue => Whole(sql, queue))];
        var running = Running(sql);
        return new(DateTimeOffset.FromUnixTimeMilliseconds(sql.Now), waiting, running, Slots(sql))
        {
            Tenants = TenantRows.List(sql),
            Sweeps = Sweeps(sql, waiting.Select(u => u.SweepId).Concat(running.Select(u => u.SweepId)).ToHashSet()),
            Past = Past(sql),
            Times = most is null ? Times(sql) : null,
        };
    }

    /// <summary>Queues of a pool, or of all, in which units wait.</summary>
    private static List<string> Queues(SqlSession sql, string? pool) => sql.Query(
        $"""
        SELECT q.queue_id FROM queue q WHERE {(pool is null ? "1 = 1" : "q.device = @pool")}
           AND EXISTS (SELECT 1 FROM unit u WHERE u.state = 'waiting' AND u.queue = q.queue_id) ORDER BY q.queue_id
        """, row => row.Must("queue_id"), ("@pool", pool));

    /// <summary>Units of a queue that may start now. The order of the index unit_queue is the scheduler's order inside a sweep, so that a
    /// bounded reading holds the best and stops there.</summary>
    private static List<WaitingUnit> Head(SqlSession sql, string queue, int most) => sql.Query(
        $"""
        {WaitingColumns} AND u.queue = @queue AND u.not_before <= @now
           AND (u.hold IS NULL
                OR (u.hold = 'numerics-mismatch' AND u.fingerprint IN (SELECT v.fingerprint FROM slot v WHERE v.alive_until >= @now)))
         ORDER BY u.seed, u.progress DESC, u.arm_order, u.enqueued_at, u.unit_id LIMIT @most
        """, Waiting, ("@queue", queue), ("@now", sql.Now), ("@most", (long)most));

    private static List<WaitingUnit> Whole(SqlSession sql, string queue) => sql.Query(
        $"{WaitingColumns} AND u.queue = @queue ORDER BY u.seed, u.progress DESC, u.arm_order, u.enqueued_at, u.unit_id", Waiting, ("@queue", queue));

    private static List<WaitingUnit> All(SqlSession sql) => sql.Query(
        $"{WaitingColumns} ORDER BY u.queue, u.seed, u.progress DESC, u.arm_order, u.enqueued_at, u.unit_id", Waiting);

    private static WaitingUnit Waiting(DbDataReader row) => new(
        row.Must("unit_id"), row.Must("run_id"), row.Must("tenant"), SweepReading.Kind(row.Must("kind")), row.Int("phase"), row.Int("priority"),
        row.Long("seed"), row.Int("progress"), row.Int("arm_order"), row.Instant("enqueued_at"), row.Instant("not_before"),
        row.Must("device"), row.WordOrNull<WaitReason>("hold"), row.Text("reason_text"), row.Text("fingerprint"))
    {
        SweepId = row.Must("sweep_id"),
        Request = QueueRows.Request(row.Long("memory"), row.Must("labels")),
        Ahead = Ahead(row),
    };

    private static RunAhead Ahead(DbDataReader row) =>
        new(row.Text("arm") ?? "", Math.Max(0, row.Int("phases") - 1 - row.Int("phase")), row.Int("retrains"));

    private static List<RunningUnit> Running(SqlSession sql) => sql.Query(
        """
        SELECT u.unit_id, u.run_id, u.kind, u.phase, u.fence, u.slot_id, u.lease_until, u.device, u.stop_for, r.tenant, r.phases, r.retrains,
               r.preempted_at, q.sweep_id, s.priority, x.arm, a.claimed_at,
               (SELECT MAX(f.written_at) FROM artifact f WHERE f.unit_id = u.unit_id AND f.fence = u.fence) AS saved_at
          FROM unit u JOIN seed_run r ON r.run_id = u.run_id JOIN queue q ON q.queue_id = u.queue JOIN sweep s ON s.sweep_id = q.sweep_id
          JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence
          LEFT JOIN sweep_run x ON x.sweep_id = q.sweep_id AND x.run_id = u.run_id
         WHERE u.state = 'running' ORDER BY u.unit_id
        """,
        row => new RunningUnit(row.Must("unit_id"), row.Must("run_id"), row.Must("tenant"), row.Must("slot_id"), row.Must("device"), row.Instant("lease_until"))
        {
            Fence = row.Long("fence"), Kind = SweepReading.Kind(row.Must("kind")), SweepId = row.Must("sweep_id"), Priority = row.Int("priority"),
            ClaimedAt = row.Instant("claimed_at"), SavedAt = row.InstantOrNull("saved_at"), StopFor = row.Text("stop_for"),
            PreemptedAt = row.InstantOrNull("preempted_at"), Ahead = Ahead(row),
        });

    private static List<SlotInfo> Slots(SqlSession sql) => sql.Query("SELECT * FROM slot WHERE alive_until >= @now ORDER BY slot_id",
        row => new SlotInfo(row.Must("slot_id"), row.Must("owner"), row.Must("host"), row.Must("device"), row.Must("model"),
            row.Long("memory"), row.Json<string[]>("labels"), row.Text("fingerprint"),
            row.LongOrNull("kept_until") >= sql.Now ? row.Text("kept_for") : null), ("@now", sql.Now));

    /// <summary>Oldest first: equals are served in the order of their acceptance.</summary>
    private static List<SweepShare> Sweeps(SqlSession sql, HashSet<string> wanted) => [.. wanted
        .Select(id => sql.Query("SELECT tenant, weight, preemption, accepted_at FROM sweep WHERE sweep_id = @sweep",
            row => (Share: new SweepShare(id, row.Must("tenant"), row.Int("weight"), row.Flag("preemption")), Accepted: row.Long("accepted_at")),
            ("@sweep", id)).Single())
        .OrderBy(s => s.Accepted).ThenBy(s => s.Share.SweepId, StringComparer.Ordinal).Select(s => s.Share)];

    private static List<PastUse> Past(SqlSession sql)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(sql.Now);
        return [.. sql.Query(
            """
            SELECT p.sweep_id, s.tenant, p.device, p.landmark, SUM(p.scaled) AS scaled FROM slot_use p JOIN sweep s ON s.sweep_id = p.sweep_id
             WHERE p.landmark >= @oldest GROUP BY p.sweep_id, s.tenant, p.device, p.landmark ORDER BY p.sweep_id, p.device, p.landmark
            """,
            row => new PastUse(row.Must("sweep_id"), row.Must("tenant"), row.Must("device"),
                DecayedUse.At(row.GetDouble(row.GetOrdinal("scaled")), row.Long("landmark"), now)),
            ("@oldest", DecayedUse.Oldest(now)))];
    }

    /// <summary>Medians over units that were done in one attempt, of the queues in which units wait or run.</summary>
    private static List<UnitTime> Times(SqlSession sql) => [.. sql.Query(
        """
        SELECT q.queue_id FROM queue q
         WHERE EXISTS (SELECT 1 FROM unit u WHERE u.state = 'waiting' AND u.queue = q.queue_id)
            OR EXISTS (SELECT 1 FROM unit u WHERE u.state = 'running' AND u.queue = q.queue_id) ORDER BY q.queue_id
        """, row => row.Must("queue_id"))
        .SelectMany(queue => sql.Query(
            """
            SELECT x.arm, u.kind, u.device, a.ended_at - a.claimed_at AS took
              FROM unit u JOIN queue q ON q.queue_id = u.queue JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence
              JOIN sweep_run x ON x.sweep_id = q.sweep_id AND x.run_id = u.run_id
             WHERE u.state = 'done' AND u.queue = @queue AND u.attempts = 1
             ORDER BY u.seed, u.progress DESC, u.arm_order, u.enqueued_at, u.unit_id LIMIT @most
            """,
            row => (Arm: row.Must("arm"), Kind: SweepReading.Kind(row.Must("kind")), Device: row.Must("device"), Seconds: row.Long("took") / 1000d),
            ("@queue", queue), ("@most", (long)MostMeasured)))
        .GroupBy(t => (t.Arm, t.Kind, t.Device))
        .Select(group => new UnitTime(group.Key.Arm, group.Key.Kind, group.Key.Device, Median([.. group.Select(t => t.Seconds).Order()]), group.Count()))];

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
