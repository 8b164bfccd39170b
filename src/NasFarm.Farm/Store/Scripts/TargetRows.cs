using NasFarm.Farm.Control;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Which rows a target means.</summary>
internal static class TargetRows
{
    /// <summary>Condition on rows of <c>sweep_run</c>.</summary>
    public static string Rows(Target target) => target switch
    {
        Target.Sweep => "sweep_run.sweep_id = @sweep",
        Target.Cohort => "sweep_run.sweep_id = @sweep AND EXISTS (SELECT 1 FROM seed_run c WHERE c.run_id = sweep_run.run_id AND c.seed = @seed)",
        Target.SweepRun => "sweep_run.sweep_id = @sweep AND sweep_run.run_id = @run",
        _ => "sweep_run.run_id = @run",
    };

    /// <summary>The ids of the runs, as a list of a statement.</summary>
    public static string Runs(Target target) =>
        target is Target.Run or Target.Unit ? "(@run)" : $"(SELECT sweep_run.run_id FROM sweep_run WHERE {Rows(target)})";

    /// <summary>Values for what stands in <see cref="Rows"/> and <see cref="Runs"/>, and more.</summary>
    public static (string Name, object? Value)[] Values(Target target, params ReadOnlySpan<(string Name, object? Value)> more)
    {
        (string? SweepId, long? Seed, string? RunId) named = target switch
        {
            Target.Sweep sweep => (sweep.SweepId, null, null),
            Target.Cohort cohort => (cohort.SweepId, cohort.Seed, null),
            Target.SweepRun run => (run.SweepId, null, run.RunId),
            Target.Run run => (null, null, run.RunId),
            Target.Unit unit => (null, null, unit.RunId),
            _ => throw new ArgumentException($"A {target.GetType().Name} has no rows.", nameof(target)),
        };
        return [("@sweep", named.SweepId), ("@seed", named.Seed), ("@run", named.RunId), .. more];
    }

    /// <summary>Is there such a thing?</summary>
    public static bool Exist(SqlSession sql, Target target) => target switch
    {
        Target.Sweep sweep => sql.Any("SELECT 1 FROM sweep WHERE sweep_id = @sweep", ("@sweep", sweep.SweepId)),
        Target.Unit unit => sql.Any("SELECT 1 FROM unit WHERE unit_id = @unit AND run_id = @run", ("@unit", unit.UnitId), ("@run", unit.RunId)),
        _ => sql.Any($"SELECT 1 FROM sweep_run WHERE {Rows(target)}", Values(target)),
    };

    /// <summary>The runs by sweep, in plan order.</summary>
    public static List<(string SweepId, string RunId)> List(SqlSession sql, Target target) => sql.Query(
        $"SELECT sweep_run.sweep_id, sweep_run.run_id FROM sweep_run WHERE {Rows(target)} ORDER BY sweep_run.sweep_id, sweep_run.position",
        row => (row.Must("sweep_id"), row.Must("run_id")), Values(target));

    /// <summary>What is paused and cancelled is runs: their units follow.</summary>
    public static void MustBeRuns(Target target, string verb)
    {
        if (target is Target.Unit unit)
            throw new ArgumentException($"A unit is {verb} with its run: name {unit.RunId} instead of {unit.UnitId}.", nameof(target));
    }
}
