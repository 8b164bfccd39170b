using System.Globalization;
using NasFarm.Farm.Control;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Queues: the units of one sweep that ask for equal slots. A run stands under the live sweep that was accepted last.</summary>
internal static class QueueRows
{
    /// <summary>The queue of a sweep for a kind of slot, made when it is new.</summary>
    public static string Of(SqlSession sql, string sweepId, string device, ResourceRequest request)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{sweepId}/{device}/{request.MemoryBytes}/{request.Labels}");
        sql.Post("INSERT INTO queue (queue_id, sweep_id, device, memory, labels) VALUES (@queue, @sweep, @device, @memory, @labels) ON CONFLICT (queue_id) DO NOTHING",
            ("@queue", id), ("@sweep", sweepId), ("@device", device), ("@memory", request.MemoryBytes), ("@labels", request.Labels));
        return id;
    }

    /// <summary>Moves a run and its open units into a queue and so to its device.</summary>
    public static void Move(SqlSession sql, string runId, string queue)
    {
        sql.Post("UPDATE seed_run SET queue = @queue WHERE run_id = @run AND queue <> @queue", ("@run", runId), ("@queue", queue));
        sql.Post("UPDATE unit SET queue = @queue, device = (SELECT q.device FROM queue q WHERE q.queue_id = @queue) WHERE run_id = @run AND queue <> @queue AND state <> 'done'",
            ("@run", runId), ("@queue", queue));
    }

    /// <summary>A run stands under the live sweep that was accepted last, those that are not paused first. One that no sweep has any more stands
    /// under a sweep whose placebo runs draw from it.</summary>
    public static void Settle(SqlSession sql, string runId)
    {
        var home = sql.First(
            $"""
            SELECT s.sweep_id, q.device, q.memory, q.labels FROM seed_run r JOIN queue q ON q.queue_id = r.queue
              JOIN sweep_run x ON x.run_id = r.run_id OR x.run_id IN (SELECT p.run_id FROM placebo_source p WHERE p.source_id = r.run_id)
              JOIN sweep s ON s.sweep_id = x.sweep_id
             WHERE r.run_id = @run
             ORDER BY CASE WHEN {LookRows.Needs} THEN 0 ELSE 1 END,
                      CASE WHEN s.paused IS NULL AND x.paused IS NULL THEN 0 ELSE 1 END,
                      CASE WHEN x.run_id = r.run_id THEN 0 ELSE 1 END, s.accepted_at DESC, s.sweep_id LIMIT 1
            """,
            row => new { SweepId = row.Must("sweep_id"), Device = row.Must("device"), Request = Request(row.Long("memory"), row.Must("labels")) }, ("@run", runId));
        if (home is not null)
            Move(sql, runId, Of(sql, home.SweepId, home.Device, home.Request));
    }

    /// <summary>Those of the runs that stand in several sweeps: the others have no choice.</summary>
    public static void SettleShared(SqlSession sql, Target target)
    {
        foreach (var runId in sql.Query(
            $"SELECT run_id FROM sweep_run WHERE run_id IN {TargetRows.Runs(target)} GROUP BY run_id HAVING COUNT(*) > 1 ORDER BY run_id",
            row => row.Must("run_id"), TargetRows.Values(target)))
        {
            Settle(sql, runId);
        }
    }

    public static ResourceRequest Request(long memory, string labels) => new(memory, labels);
}
