using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>One run with all its history, void rows included.</summary>
internal static class RunReading
{
    public static RunDetails? Details(SqlSession sql, string runId)
    {
        var run = sql.First("SELECT * FROM seed_run WHERE run_id = @run",
            row => new RunDetails(
                runId, row.Json<SeedRunSpec>("spec"), row.Json<ExecutionSpec>("execution"), row.Must("search_state"), row.Text("genotype"),
                row.Flag("diverged"), row.Flag("numerics_changed"), row.Must("code_version"), [], []), ("@run", runId));
        return run is null ? null : run with
        {
            Sweeps = Sweeps(sql, runId),
            Units = [.. Units(sql, runId).Select(unit => WithHistory(sql, unit))],
            Retrains = Retrains(sql, runId),
            Fingerprints = Fingerprints(sql, runId),
        };
    }

    private static List<SweepOfRun> Sweeps(SqlSession sql, string runId) => sql.Query(
        """
        SELECT x.sweep_id, x.arm, x.by_table, s.name, s.manifest, s.code_version, s.accepted_at FROM sweep_run x
          JOIN sweep s ON s.sweep_id = x.sweep_id WHERE x.run_id = @run ORDER BY x.sweep_id
        """,
        row => new SweepOfRun(
            row.Must("sweep_id"), row.Must("name"), row.Must("arm"), row.Flag("by_table"), row.Must("manifest"), row.Must("code_version"),
            row.Instant("accepted_at")), ("@run", runId));

    private static List<UnitDetails> Units(SqlSession sql, string runId) => sql.Query(
        "SELECT * FROM unit WHERE run_id = @run ORDER BY kind DESC, phase, unit_id",
        row => new UnitDetails(
            row.Must("unit_id"), SweepReading.Kind(row.Must("kind")), row.Int("phase"), row.Must("state"), row.Long("fence"),
            row.WordOrNull<WaitReason>("hold"), row.Text("reason"), row.Text("reason_text"), [], [], [])
        { Outcome = row.Text("outcome"), Paused = row.Text("paused") },
        ("@run", runId));

    private static List<RetrainOfRun> Retrains(SqlSession sql, string runId)
    {
        var wanted = sql.Query(
            "SELECT w.retrain_id, w.sweep_id FROM sweep_retrain w JOIN retrain t ON t.retrain_id = w.retrain_id WHERE t.run_id = @run ORDER BY w.sweep_id",
            row => (Id: row.Must("retrain_id"), Sweep: row.Must("sweep_id")), ("@run", runId)).ToLookup(w => w.Id, w => w.Sweep);
        return sql.Query("SELECT retrain_id, spec, seed FROM retrain WHERE run_id = @run ORDER BY retrain_id",
            row => (Id: row.Must("retrain_id"), Spec: row.Json<RetrainSpec>("spec"), Seed: row.Long("seed")), ("@run", runId))
            .ConvertAll(job => new RetrainOfRun(job.Id, job.Spec, job.Seed, [.. wanted[job.Id]]));
    }

    private static Dictionary<string, NumericsFingerprint> Fingerprints(SqlSession sql, string runId) => sql.Query(
        """
        SELECT DISTINCT f.hash, f.body FROM fingerprint f JOIN attempt a ON a.fingerprint = f.hash JOIN unit u ON u.unit_id = a.unit_id
         WHERE u.run_id = @run AND a.started_at IS NOT NULL ORDER BY f.hash
        """, row => (Hash: row.Must("hash"), Body: row.Json<NumericsFingerprint>("body")), ("@run", runId)).ToDictionary(f => f.Hash, f => f.Body);

    private static UnitDetails WithHistory(SqlSession sql, UnitDetails unit) => unit with
    {
        Attempts = Attempts(sql, unit.UnitId),
        Events = sql.Query("SELECT * FROM event WHERE unit_id = @unit ORDER BY seq",
            row => new EventDetails(
                row.Long("seq"), row.Must("kind"), row.Long("step"), row.Int("epoch"), row.Must("name"), row.Must("detail"), row.Instant("at"), row.Flag("void")),
            ("@unit", unit.UnitId)),
        Checkpoints = sql.Query("SELECT * FROM artifact WHERE unit_id = @unit AND void = 0 AND collected = 0 ORDER BY trained DESC, ordinal DESC",
            ArtifactRows.File, ("@unit", unit.UnitId)),
        End = sql.First("SELECT * FROM artifact WHERE unit_id = @unit AND void = 0 AND end_of_unit = 1 ORDER BY fence DESC LIMIT 1",
            row => new EndCheckpoint(ArtifactRows.File(row), row.Flag("collected")), ("@unit", unit.UnitId)),
    };

    /// <summary>Attempts of a unit, the first one first.</summary>
    public static List<AttemptDetails> Attempts(SqlSession sql, string unitId) => sql.Query("SELECT * FROM attempt WHERE unit_id = @unit ORDER BY fence",
        row => new AttemptDetails(
            row.Long("fence"), row.Must("host"), row.Must("slot_id"), row.Instant("claimed_at"), row.InstantOrNull("started_at"),
            row.InstantOrNull("ended_at"), row.LongOrNull("resumed_at"), row.Text("fingerprint"), row.Text("ending"), row.Text("message"),
            row.Text("log") is null ? [] : row.Json<string[]>("log"))
        {
            ResumedFrom = row.Text("resumed_from"), CodeVersion = row.Text("code_version"), DeviceModel = row.Text("device_model"),
        }, ("@unit", unitId));
}
