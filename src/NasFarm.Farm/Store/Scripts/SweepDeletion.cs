using NasFarm.Farm.Control;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Deleting a sweep: it and everything that only it refers to. A run stays while another sweep has it, or while a placebo run that stays
/// draws from it; of a run that stays, retrain jobs that only this sweep wanted go.</summary>
internal static class SweepDeletion
{
    public const string Verb = "delete ";

    /// <summary>What would go.</summary>
    public static DeleteReport? Preview(SqlSession sql, string sweepId) => Find(sql, sweepId)?.Report;

    /// <summary>Refused, with nothing changed, while units that would go are running and <paramref name="cancelRunning"/> does not allow it.</summary>
    public static DeleteReport? Delete(SqlSession sql, string sweepId, bool cancelRunning, string operationId) =>
        Operations.Once(sql, operationId, Verb + sweepId, () =>
        {
            if (Find(sql, sweepId) is not { } found)
                return null;
            if (found.Report.RunningUnits > 0 && !cancelRunning)
                return found.Report;
            Remove(sql, sweepId, found);
            return found.Report with { Deleted = true };
        }, tookEffect: report => report.Deleted);

    /// <summary>Sweeps that are over, and of which nothing has been executed for some time; the oldest first.</summary>
    public static IReadOnlyList<SweepSummary> FinishedFor(SqlSession sql, TimeSpan age) => [.. sql.Query(
        """
        SELECT s.sweep_id FROM sweep s
         WHERE s.accepted_at < @before AND NOT EXISTS (
           SELECT 1 FROM sweep_run x JOIN unit u ON u.run_id = x.run_id JOIN attempt a ON a.unit_id = u.unit_id
            WHERE x.sweep_id = s.sweep_id AND (a.ended_at IS NULL OR a.ended_at >= @before))
         ORDER BY s.accepted_at, s.sweep_id
        """,
        row => row.Must("sweep_id"), ("@before", sql.Now - (long)age.TotalMilliseconds))
        .Select(id => SweepReading.Summary(sql, id)!).Where(sweep => sweep.Counts.Open == 0)];

    private sealed record Found(
        DeleteReport Report, IReadOnlyList<string> Runs, IReadOnlyList<string> StayingRuns, IReadOnlyList<string> Retrains, IReadOnlyList<string> Units);

    private static Found? Find(SqlSession sql, string sweepId)
    {
        const string its = "(SELECT o.run_id FROM sweep_run o WHERE o.sweep_id = @sweep)";
        (string, object?)[] sweep = [("@sweep", sweepId)];
        var name = sql.First("SELECT name FROM sweep WHERE sweep_id = @sweep", row => row.Must("name"), sweep);
        if (name is null)
            return null;

        // 1. Runs that nothing else refers to.
        var runs = sql.Query("SELECT run_id FROM sweep_run WHERE sweep_id = @sweep ORDER BY position", row => row.Must("run_id"), sweep);
        var going = runs.ToHashSet();
        going.ExceptWith(sql.Query($"SELECT run_id FROM sweep_run WHERE sweep_id <> @sweep AND run_id IN {its}", row => row.Must("run_id"), sweep));
        var shared = runs.Count - going.Count;
        var draws = sql.Query($"SELECT run_id, source_id FROM placebo_source WHERE source_id IN {its}", row => (Run: row.Must("run_id"), Source: row.Must("source_id")), sweep);
        while (draws.Where(d => !going.Contains(d.Run) && going.Contains(d.Source)).Select(d => d.Source).ToList() is { Count: > 0 } needed)
            going.ExceptWith(needed);

        // 2. Their retrain jobs, and those that only this sweep wanted; the units of both.
        var unwanted = sql.Query(
            """
            SELECT retrain_id FROM sweep_retrain w WHERE w.sweep_id = @sweep
               AND NOT EXISTS (SELECT 1 FROM sweep_retrain o WHERE o.retrain_id = w.retrain_id AND o.sweep_id <> @sweep)
            """, row => row.Must("retrain_id"), sweep).ToHashSet();
        var retrains = sql.Query($"SELECT retrain_id, run_id FROM retrain WHERE run_id IN {its} ORDER BY retrain_id",
            row => (Id: row.Must("retrain_id"), RunId: row.Must("run_id")), sweep).Where(r => going.Contains(r.RunId) || unwanted.Contains(r.Id)).Select(r => r.Id).ToList();
        var units = sql.Query($"SELECT unit_id, run_id, state FROM unit WHERE run_id IN {its} ORDER BY unit_id",
            row => (Id: row.Must("unit_id"), RunId: row.Must("run_id"), State: row.Must("state")), sweep)
            .Where(u => going.Contains(u.RunId) || unwanted.Contains(u.Id)).ToList();

        // 3. What that takes up, and for whom the rest stays.
        var files = sql.QueryEach("SELECT unit_id, COUNT(*) AS files, SUM(bytes) AS bytes FROM artifact WHERE collected = 0 AND unit_id IN (@ids) GROUP BY unit_id",
            units.Select(u => u.Id), row => (Count: row.Int("files"), Bytes: row.Long("bytes")));
        var kept = sql.Query(
            $"""
            SELECT s.sweep_id, s.name, COUNT(*) AS runs FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id
             WHERE x.sweep_id <> @sweep AND x.run_id IN {its} GROUP BY s.sweep_id, s.name ORDER BY s.sweep_id
            """, row => new KeptForSweep(row.Must("sweep_id"), row.Must("name"), row.Int("runs")), sweep);
        var report = new DeleteReport(
            sweepId, name, going.Count, units.Count, files.Sum(f => f.Count), files.Sum(f => f.Bytes), units.Count(u => u.State == "running"), kept,
            runs.Count - going.Count - shared, Deleted: false);
        return new(report, [.. runs.Where(going.Contains)], [.. runs.Where(r => !going.Contains(r))], retrains, [.. units.Select(u => u.Id)]);
    }

    private static void Remove(SqlSession sql, string sweepId, Found found)
    {
        // 1. From the leaves to the root, as the keys refer. Whoever still executes a unit of these finds no row and so no fence.
        foreach (var table in new[] { "metric", "event", "artifact", "attempt", "unit" })
            sql.ExecuteEach($"DELETE FROM {table} WHERE unit_id IN (@ids)", found.Units);
        sql.Post("DELETE FROM sweep_retrain WHERE sweep_id = @sweep", ("@sweep", sweepId));
        sql.ExecuteEach("DELETE FROM retrain WHERE retrain_id IN (@ids)", found.Retrains);
        sql.ExecuteEach("DELETE FROM placebo_source WHERE run_id IN (@ids)", found.Runs);
        sql.Post("DELETE FROM sweep_run WHERE sweep_id = @sweep", ("@sweep", sweepId));
        sql.ExecuteEach("DELETE FROM seed_run WHERE run_id IN (@ids)", found.Runs);

        // 2. What stays stands under another sweep.
        foreach (var runId in found.StayingRuns)
        {
            QueueRows.Settle(sql, runId);
            PauseRows.Review(sql, new Target.Run(runId));
        }
        sql.Post("DELETE FROM queue WHERE sweep_id = @sweep", ("@sweep", sweepId));
        sql.Post("DELETE FROM slot_use WHERE sweep_id = @sweep", ("@sweep", sweepId));
        sql.Post("DELETE FROM sweep_notice WHERE sweep_id = @sweep", ("@sweep", sweepId));
        sql.Post("DELETE FROM sweep WHERE sweep_id = @sweep", ("@sweep", sweepId));
    }
}
