using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>What the scheduler decides on.</summary>
internal static class SnapshotReading
{
    /// <summary>Finished units of one queue that are measured for estimates: enough for a median, whatever the sweep's size.</summary>
    private const int MostMeasured = 1000;

    private const string UnitColumns =
        "u.unit_id, u.run_id, u.kind, u.phase, u.seed, u.progress, u.arm_order, u.enqueued_at, u.not_before, u.device, u.hold, u.reason_text, u.fingerprint, u.paused";

    // The index unit_queue has it, and it is the scheduler's order inside a sweep: a bounded reading holds the best and stops there.
    private const string InOrder = "u.seed, u.progress DESC, u.arm_order, u.enqueued_at, u.unit_id";

    /// <summary>Asks for everything; the answer may be called once the transaction is over, whose end then costs no round trip of its own.</summary>
    public static Func<FarmSnapshot> Snapshot(SqlSession sql, int? most, string? pool)
    {
        // Asked together, then what needs their answers.
        var (asked, running, tenants) = (Queues(sql, most is not null, pool), Running(sql), TenantRows.Ask(sql));
        var queues = asked.Rows;
        List<Asked<WaitingUnit>> waiting = most is { } limit ? [.. queues.Select(queue => Head(sql, queue, limit))] : [Whole(sql, pool, queues)];
        var (slots, past, now) = (SlotReading.Living(sql), Past(sql), DateTimeOffset.FromUnixTimeMilliseconds(sql.Now));
        var times = most is null ? Times(sql) : null;
        return () => new(now, [.. waiting.SelectMany(units => units.Rows)], running.Rows, slots())
        {
            Tenants = tenants.Rows,
            Sweeps = InOrderOfAcceptance(queues),
            Past = past.Rows,
            Times = times,
        };
    }

    /// <summary>What a few slots may claim, and what runs on them.</summary>
    public static Func<FarmSnapshot> Queue(SqlSession sql, int most, string? pool, IReadOnlyList<string> slotIds, IReadOnlyList<string> inDoubt)
    {
        var (asked, tenants) = (Queues(sql, mayStart: true, pool), TenantRows.Ask(sql));
        var queues = asked.Rows;
        var waiting = queues.Select(queue => Head(sql, queue, most)).ToList();
        var now = DateTimeOffset.FromUnixTimeMilliseconds(sql.Now);
        var (slots, running) = (SlotReading.Among(sql, slotIds), RunningOn(sql, inDoubt));
        return () => new(now, [.. waiting.SelectMany(units => units.Rows)], running, slots())
        {
            Tenants = tenants.Rows,
            Sweeps = InOrderOfAcceptance(queues),
        };
    }

    /// <summary>What is used and was.</summary>
    public static FarmUse Use(SqlSession sql) => new(Past(sql).Rows, Present(sql));

    /// <summary>What running units use: a second used one half-life ago counts half (<see cref="DecayedUse"/>).</summary>
    private static List<PresentUse> Present(SqlSession sql)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(sql.Now);
        var landmark = DecayedUse.Landmark(now);
        return sql.Query(
            """
            SELECT q.sweep_id, r.tenant, u.device, COUNT(*) AS slots, SUM(POWER(2.0, (a.claimed_at - @landmark) / @half)) AS weight
              FROM unit u JOIN seed_run r ON r.run_id = u.run_id JOIN queue q ON q.queue_id = u.queue
              JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence
             WHERE u.state = 'running' GROUP BY q.sweep_id, r.tenant, u.device ORDER BY q.sweep_id, r.tenant, u.device
            """,
            row => new PresentUse(row.Must("sweep_id"), row.Must("tenant"), row.Must("device"), row.Int("slots"),
                DecayedUse.At(DecayedUse.Scaled(row.Int("slots"), row.Double("weight"), now, landmark), landmark, now)),
            ("@landmark", landmark), ("@half", DecayedUse.HalfLife.TotalMilliseconds));
    }

    /// <summary>Oldest first: equals are served in the order of their acceptance.</summary>
    private static IReadOnlyList<SweepShare> InOrderOfAcceptance(IEnumerable<UnitQueue> queues) =>
        [.. queues.OrderBy(q => q.AcceptedAt).ThenBy(q => q.Sweep.SweepId, StringComparer.Ordinal).Select(q => q.Sweep).Distinct()];

    /// <summary>Units of one sweep that ask for equal slots, and what holds of all of them.</summary>
    private sealed record UnitQueue(string Id, SweepShare Sweep, int Priority, long AcceptedAt, ResourceRequest Request);

    /// <summary>Of a queue <c>q</c>: units in this state stand in it. The first is looked for and no other, however many there are: with EXISTS a
    /// planner may collect all of them.</summary>
    private static string Has(string state) => $"(SELECT u.unit_id FROM unit u WHERE u.state = '{state}' AND u.queue = q.queue_id LIMIT 1) IS NOT NULL";

    /// <summary>Does a unit wait in a queue whose sweep preempts?</summary>
    public static bool MayPreempt(SqlSession sql) => sql.Any(
        $"SELECT 1 FROM queue q JOIN sweep s ON s.sweep_id = q.sweep_id WHERE s.preemption = 1 AND s.paused IS NULL AND {Has("waiting")} LIMIT 1");

    /// <summary>Queues of a pool, or of all, in which units wait. In those of a paused sweep none may start: what another sweep wants stands there.</summary>
    private static Asked<UnitQueue> Queues(SqlSession sql, bool mayStart, string? pool) => sql.Ask(
        $"""
        SELECT q.queue_id, q.memory, q.labels, s.sweep_id, s.tenant, s.priority, s.weight, s.preemption, s.accepted_at
          FROM queue q JOIN sweep s ON s.sweep_id = q.sweep_id
         WHERE {(pool is null ? "1 = 1" : "q.device = @pool")}{(mayStart ? " AND s.paused IS NULL" : "")}
           AND {Has("waiting")} ORDER BY q.queue_id
        """,
        row => new UnitQueue(
            row.Must("queue_id"), new(row.Must("sweep_id"), row.Must("tenant"), row.Int("weight"), row.Flag("preemption")), row.Int("priority"),
            row.Long("accepted_at"), QueueRows.Request(row.Long("memory"), row.Must("labels"))), ("@pool", pool));

    /// <summary>The first units of a queue that may start now.</summary>
    private static Asked<WaitingUnit> Head(SqlSession sql, UnitQueue queue, int most) => sql.Ask(
        $"""
        SELECT {UnitColumns} FROM unit u
         WHERE u.state = 'waiting' AND u.queue = @queue AND u.not_before <= @now AND u.paused IS NULL
           AND (u.hold IS NULL
                OR (u.hold = 'numerics-mismatch' AND u.fingerprint IN (SELECT v.fingerprint FROM slot v WHERE v.alive_until >= @now)))
         ORDER BY {InOrder} LIMIT @most
        """, row => Waiting(row, queue), ("@queue", queue.Id), ("@now", sql.Now), ("@most", (long)most));

    /// <summary>Every waiting unit in one question: a farm may have thousands of queues.</summary>
    private static Asked<WaitingUnit> Whole(SqlSession sql, string? pool, IReadOnlyList<UnitQueue> queues)
    {
        var byId = queues.ToDictionary(queue => queue.Id);
        return sql.Ask(
            $"""
            SELECT {UnitColumns}, u.queue, r.phases, r.retrains, x.arm FROM unit u JOIN queue q ON q.queue_id = u.queue JOIN seed_run r ON r.run_id = u.run_id
              LEFT JOIN sweep_run x ON x.sweep_id = q.sweep_id AND x.run_id = u.run_id
             WHERE u.state = 'waiting'{(pool is null ? "" : " AND q.device = @pool")} ORDER BY u.queue, {InOrder}
            """, row => Waiting(row, byId[row.Must("queue")]) with { Ahead = Ahead(row) }, ("@pool", pool));
    }

    private static WaitingUnit Waiting(SqlRow row, UnitQueue queue) => new(
        row.Must("unit_id"), row.Must("run_id"), queue.Sweep.Tenant, SweepReading.Kind(row.Must("kind")), row.Int("phase"), queue.Priority,
        row.Long("seed"), row.Int("progress"), row.Int("arm_order"), row.Instant("enqueued_at"), row.Instant("not_before"),
        row.Must("device"), row.WordOrNull<WaitReason>("hold"), row.Text("reason_text"), row.Text("fingerprint"))
    {
        SweepId = queue.Sweep.SweepId,
        Request = queue.Request,
        Paused = row.Text("paused"),
    };

    private static RunAhead Ahead(SqlRow row) =>
        new(row.Text("arm") ?? "", Math.Max(0, row.Int("phases") - 1 - row.Int("phase")), row.Int("retrains"));

    private static Asked<RunningUnit> Running(SqlSession sql) => sql.Ask($"{RunningUnits} ORDER BY u.unit_id", Running);

    private static List<RunningUnit> RunningOn(SqlSession sql, IReadOnlyList<string> slotIds) =>
        sql.QueryEach($"{RunningUnits} AND u.slot_id IN (@ids) ORDER BY u.unit_id", slotIds, Running);

    private const string RunningUnits =
        """
        SELECT u.unit_id, u.run_id, u.kind, u.phase, u.fence, u.slot_id, u.lease_until, u.device, u.stop_for, r.tenant, r.phases, r.retrains,
               r.preempted_at, q.sweep_id, s.priority, x.arm, a.claimed_at,
               (SELECT MAX(f.written_at) FROM artifact f WHERE f.unit_id = u.unit_id AND f.fence = u.fence) AS saved_at
          FROM unit u JOIN seed_run r ON r.run_id = u.run_id JOIN queue q ON q.queue_id = u.queue JOIN sweep s ON s.sweep_id = q.sweep_id
          JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence
          LEFT JOIN sweep_run x ON x.sweep_id = q.sweep_id AND x.run_id = u.run_id
         WHERE u.state = 'running'
        """;

    private static RunningUnit Running(SqlRow row) =>
        new(row.Must("unit_id"), row.Must("run_id"), row.Must("tenant"), row.Must("slot_id"), row.Must("device"), row.Instant("lease_until"))
        {
            Fence = row.Long("fence"), Kind = SweepReading.Kind(row.Must("kind")), SweepId = row.Must("sweep_id"), Priority = row.Int("priority"),
            ClaimedAt = row.Instant("claimed_at"), SavedAt = row.InstantOrNull("saved_at"), StopFor = row.Text("stop_for"),
            PreemptedAt = row.InstantOrNull("preempted_at"), Ahead = Ahead(row),
        };

    private static Asked<PastUse> Past(SqlSession sql)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(sql.Now);
        return sql.Ask(
            """
            SELECT p.sweep_id, s.tenant, p.device, p.landmark, SUM(p.scaled) AS scaled FROM slot_use p JOIN sweep s ON s.sweep_id = p.sweep_id
             WHERE p.landmark >= @oldest GROUP BY p.sweep_id, s.tenant, p.device, p.landmark ORDER BY p.sweep_id, p.device, p.landmark
            """,
            row => new PastUse(row.Must("sweep_id"), row.Must("tenant"), row.Must("device"),
                DecayedUse.At(row.Double("scaled"), row.Long("landmark"), now)),
            ("@oldest", DecayedUse.Oldest(now)));
    }

    /// <summary>Medians over units that were done in one attempt, of the queues in which units wait or run.</summary>
    private static List<UnitTime> Times(SqlSession sql) => [.. sql.Query(
        $"SELECT q.queue_id FROM queue q WHERE ({Has("waiting")} OR {Has("running")}) AND {Has("done")} ORDER BY q.queue_id", row => row.Must("queue_id"))
        .SelectMany(queue => sql.Query(
            $"""
            SELECT x.arm, u.kind, u.device, a.ended_at - a.claimed_at AS took
              FROM unit u JOIN queue q ON q.queue_id = u.queue JOIN attempt a ON a.unit_id = u.unit_id AND a.fence = u.fence
              JOIN sweep_run x ON x.sweep_id = q.sweep_id AND x.run_id = u.run_id
             WHERE u.state = 'done' AND u.queue = @queue AND u.attempts = 1
             ORDER BY {InOrder} LIMIT @most
            """,
            row => (Arm: row.Must("arm"), Kind: SweepReading.Kind(row.Must("kind")), Device: row.Must("device"), Seconds: row.Long("took") / 1000d),
            ("@queue", queue), ("@most", (long)MostMeasured)))
        .GroupBy(t => (t.Arm, t.Kind, t.Device))
        .Select(group => new UnitTime(group.Key.Arm, group.Key.Kind, group.Key.Device, Median([.. group.Select(t => t.Seconds).Order()]), group.Count()))];

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
