using System.Globalization;
using NasFarm.Farm.Control;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Pauses. A run rests when it was named itself, or when every live sweep that wants it is paused, whole or for this run; a live sweep
/// that is not paused keeps it going. What follows for a run stands in its row and in those of its units, where claims and renewals see it.</summary>
internal static class PauseRows
{
    /// <summary>Sweeps that still want the run of the outer row.</summary>
    private const string Wanting =
        $"""
        FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id
         WHERE x.run_id = seed_run.run_id AND {LookRows.Needs}
        """;

    /// <summary>The widest sentence goes first: what it names ends the narrower ones too.</summary>
    private const string Consequence =
        $"""
        CASE WHEN EXISTS (SELECT 1 {Wanting} AND s.paused IS NULL AND x.paused IS NULL) THEN named_pause
             ELSE COALESCE((SELECT COALESCE(s.paused, x.paused) {Wanting} ORDER BY s.accepted_at DESC, s.sweep_id LIMIT 1), named_pause) END
        """;

    private const string OfItsRun = "(SELECT r.paused FROM seed_run r WHERE r.run_id = unit.run_id)";

    public static PauseReport? Pause(SqlSession sql, Target target, string by, string operationId) =>
        Operations.Once(sql, operationId, $"pause {target}", () =>
        {
            TargetRows.MustBeRuns(target, "paused");
            if (!TargetRows.Exist(sql, target))
                return null;
            var at = DateTimeOffset.FromUnixTimeMilliseconds(sql.Now);
            var values = TargetRows.Values(target, ("@text", string.Create(
                CultureInfo.InvariantCulture, $"paused by {by} at {at:u}: 'nasfarm resume {target}' lets it go on")));
            // Who paused first is named.
            sql.Post(target switch
            {
                Target.Sweep => "UPDATE sweep SET paused = COALESCE(paused, @text) WHERE sweep_id = @sweep",
                Target.Run => "UPDATE seed_run SET named_pause = COALESCE(named_pause, @text) WHERE run_id = @run",
                _ => $"UPDATE sweep_run SET paused = COALESCE(paused, @text) WHERE {TargetRows.Rows(target)}",
            }, values);
            Review(sql, target);
            return new PauseReport($"{target}", Runs(sql, target, "IS NOT NULL"), Units(sql, target, "running"), Units(sql, target, "waiting"), Runs(sql, target, "IS NULL"));
        });

    /// <summary>Ends the pause of what is named, and narrower ones inside it.</summary>
    public static ResumeReport? Resume(SqlSession sql, Target target, string operationId) =>
        Operations.Once(sql, operationId, $"resume {target}", () =>
        {
            TargetRows.MustBeRuns(target, "resumed");
            if (!TargetRows.Exist(sql, target))
                return null;
            var values = TargetRows.Values(target);
            var before = Runs(sql, target, "IS NOT NULL");
            if (target is Target.Sweep)
                sql.Post("UPDATE sweep SET paused = NULL WHERE sweep_id = @sweep", values);
            sql.Post($"UPDATE sweep_run SET paused = NULL WHERE paused IS NOT NULL AND {TargetRows.Rows(target)}", values);
            sql.Post($"UPDATE seed_run SET named_pause = NULL WHERE named_pause IS NOT NULL AND run_id IN {TargetRows.Runs(target)}", values);
            Review(sql, target);
            var still = Runs(sql, target, "IS NOT NULL");
            var because = still == 0 ? null : sql.Query(
                $"SELECT MIN(paused) AS paused FROM unit WHERE paused IS NOT NULL AND state IN ('waiting', 'running') AND run_id IN {TargetRows.Runs(target)}",
                row => row.Must("paused"), values).Single();
            return new ResumeReport($"{target}", before - still, still, because);
        });

    /// <summary>Is anything paused? Then whatever changes which sweeps want a run calls for a review.</summary>
    public static bool Any(SqlSession sql) => sql.Any(
        """
        SELECT 1 FROM sweep WHERE paused IS NOT NULL UNION ALL SELECT 1 FROM sweep_run WHERE paused IS NOT NULL
        UNION ALL SELECT 1 FROM seed_run WHERE paused IS NOT NULL LIMIT 1
        """);

    /// <summary>Finds out anew which of these runs rest, and under which sweep each stands.</summary>
    public static void Review(SqlSession sql, Target target)
    {
        var (runs, values) = (TargetRows.Runs(target), TargetRows.Values(target));
        sql.Post($"UPDATE seed_run SET paused = {Consequence} WHERE run_id IN {runs} AND paused IS DISTINCT FROM ({Consequence})", values);
        sql.Post($"UPDATE unit SET paused = {OfItsRun} WHERE run_id IN {runs} AND state <> 'done' AND paused IS DISTINCT FROM {OfItsRun}", values);
        QueueRows.SettleShared(sql, target);
    }

    private static int Runs(SqlSession sql, Target target, string paused) => sql.Query(
        $"SELECT COUNT(DISTINCT run_id) AS runs FROM unit WHERE paused {paused} AND state IN ('waiting', 'running') AND run_id IN {TargetRows.Runs(target)}",
        row => row.Int("runs"), TargetRows.Values(target)).Single();

    private static int Units(SqlSession sql, Target target, string state) => sql.Query(
        $"SELECT COUNT(*) AS units FROM unit WHERE paused IS NOT NULL AND state = '{state}' AND run_id IN {TargetRows.Runs(target)}",
        row => row.Int("units"), TargetRows.Values(target)).Single();
}
