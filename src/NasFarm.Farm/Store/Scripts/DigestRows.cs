using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Keeps beside finished searches and retrain jobs what a comparison asks of them. What is finished never changes: a digest that is there
/// stays true, and making it twice makes the same.</summary>
internal static class DigestRows
{
    /// <summary>Makes up to <paramref name="most"/> that are missing, of searches and of retrain jobs each; returns how many.</summary>
    public static int Make(SqlSession sql, int most)
    {
        var runs = sql.Query("SELECT run_id FROM seed_run WHERE search_state = 'finished' AND digest IS NULL ORDER BY run_id LIMIT @most",
            row => row.Must("run_id"), ("@most", (long)most));
        var retrains = sql.Query("SELECT unit_id, run_id FROM unit WHERE kind = 'retrain' AND state = 'done' AND trained_seconds IS NULL ORDER BY unit_id LIMIT @most",
            row => (UnitId: row.Must("unit_id"), RunId: row.Must("run_id")), ("@most", (long)most));
        if (runs.Count + retrains.Count == 0)
            return 0;
        var records = RunRecords.Read(sql, [.. runs, .. retrains.Select(r => r.RunId)]);
        foreach (var runId in runs)
        {
            sql.Post("UPDATE seed_run SET digest = @digest WHERE run_id = @run AND search_state = 'finished'",
                ("@run", runId), ("@digest", Columns.Json(records.Digest(runId))));
        }
        foreach (var (unitId, runId) in retrains)
        {
            var cost = records.RetrainCost(runId, unitId);
            sql.Post("UPDATE unit SET trained_seconds = @trained, wasted_seconds = @wasted WHERE unit_id = @unit AND state = 'done'",
                ("@unit", unitId), ("@trained", cost.Seconds), ("@wasted", cost.WastedSeconds));
        }
        return runs.Count + retrains.Count;
    }
}
