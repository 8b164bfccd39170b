using NasFarm.Farm.Control;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Everything that a person can name.</summary>
internal static class NameReading
{
    public static FarmNames Names(SqlSession sql) => new(
        sql.Query("SELECT sweep_id, name FROM sweep ORDER BY accepted_at DESC, sweep_id", row => new SweepName(row.Must("sweep_id"), row.Must("name"))),
        sql.Query("SELECT x.sweep_id, x.run_id, r.seed FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id ORDER BY x.sweep_id, x.position",
            row => new RunName(row.Must("sweep_id"), row.Must("run_id"), row.Long("seed"))),
        sql.Query("SELECT unit_id, run_id FROM unit ORDER BY unit_id", row => new UnitName(row.Must("unit_id"), row.Must("run_id"))));
}
