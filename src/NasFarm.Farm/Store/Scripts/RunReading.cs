using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>One run with all its history, void rows included.</summary>
internal static class RunReading
{
    public static RunDetails? Details(SqlSession sql, string runId)
    {
        var units = sql.Query("SELECT * FROM unit WHERE run_id = @run ORDER BY kind DESC, phase, unit_id",
            row => new UnitDetails(
                row.Must("unit_id"), SweepReading.Kind(row.Must("kind")), row.Int("phase"), row.Must("state"), row.Long("fence"),
                row.WordOrNull<WaitReason>("hold"), row.Text("reason"), row.Text("reason_text"), [], [], []) { Paused = row.Text("paused") }, ("@run", runId));
        var sweeps = sql.Query("SELECT sweep_id FROM sweep_run WHERE run_id = @run ORDER BY sweep_id", row => row.Must("sweep_id"), ("@run", runId));
        return sql.First("SELECT * FROM seed_run WHERE run_id = @run",
            row => new RunDetails(
                runId, row.Json<SeedRunSpec>("spec"), row.Json<ExecutionSpec>("execution"), row.Must("search_state"), row.Text("genotype"),
                row.Flag("diverged"), row.Flag("numerics_changed"), row.Must("code_version"), sweeps, []), ("@run", runId))
            is { } run ? run with { Units = [.. units.Select(unit => WithHistory(sql, unit))] } : null;
    }

    private static UnitDetails WithHistory(SqlSession sql, UnitDetails unit) => unit with
    {
        Attempts = sql.Query("SELECT * FROM attempt WHERE unit_id = @unit ORDER BY fence",
            row => new AttemptDetails(
                row.Long("fence"), row.Must("host"), row.Must("slot_id"), row.Instant("claimed_at"), row.InstantOrNull("started_at"),
                row.InstantOrNull("ended_at"), row.LongOrNull("resumed_at"), row.Text("fingerprint"), row.Text("ending"), row.Text("message"),
                row.Text("log") is null ? [] : row.Json<string[]>("log")), ("@unit", unit.UnitId)),
        Events = sql.Query("SELECT * FROM event WHERE unit_id = @unit ORDER BY seq",
            row => new EventDetails(
                row.Long("seq"), row.Must("kind"), row.Long("step"), row.Int("epoch"), row.Must("name"), row.Must("detail"), row.Instant("at"), row.Flag("void")),
            ("@unit", unit.UnitId)),
        Checkpoints = sql.Query("SELECT * FROM artifact WHERE unit_id = @unit AND void = 0 AND collected = 0 ORDER BY trained DESC, ordinal DESC",
            ArtifactRows.File, ("@unit", unit.UnitId)),
    };
}
