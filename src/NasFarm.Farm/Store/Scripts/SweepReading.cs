using System.Globalization;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Where sweeps and their runs stand.</summary>
internal static class SweepReading
{
    public static IReadOnlyList<SweepSummary> List(SqlSession sql) => [.. sql.Query(
        "SELECT sweep_id FROM sweep ORDER BY accepted_at DESC, sweep_id", row => row.Must("sweep_id")).Select(id => Summary(sql, id)!)];

    public static SweepCounts? Counts(SqlSession sql, string sweepId) => Summary(sql, sweepId)?.Counts;

    public static SweepStatus? Status(SqlSession sql, string sweepId)
    {
        if (Summary(sql, sweepId) is not { } sweep)
            return null;
        var open = sql.Query(
            """
            SELECT u.run_id, u.unit_id, u.state, u.reason, u.hold, u.reason_text, u.paused, u.kind FROM sweep_run x JOIN unit u ON u.run_id = x.run_id
             WHERE x.sweep_id = @sweep AND u.state IN ('waiting', 'running', 'failed', 'cancelled')
               AND (u.kind = 'search' OR EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = u.unit_id))
             ORDER BY u.kind DESC, u.phase, u.unit_id
            """,
            row => (RunId: row.Must("run_id"), UnitId: row.Must("unit_id"), State: row.Must("state"),
                Reason: row.Must("state") != "waiting" ? row.Text("reason")
                    : row.Text("paused") is not null ? Columns.Word(WaitReason.Paused) : row.Text("hold") ?? row.Text("reason"),
                Text: row.Must("state") == "waiting" ? row.Text("paused") ?? row.Text("reason_text") : row.Text("reason_text")),
            ("@sweep", sweepId)).ToLookup(u => u.RunId);
        return new(sweep, [.. Rows(sql, sweepId, sweep.Cancelled).Select(row =>
        {
            var units = open[row.RunId].ToList();
            var telling = row.State switch
            {
                SeedRunState.Failed => units.Find(u => u.State == "failed"),
                SeedRunState.Waiting => units.Find(u => u.State == "waiting"),
                SeedRunState.Cancelled when row.NotNeeded && !row.Cancelled =>
                    (row.RunId, UnitId: "", State: "cancelled", Reason: LookRows.NotNeeded, Text: $"not needed: {sweep.Looks!.Taken[^1].Sentence}"),
                SeedRunState.Cancelled => (row.RunId, UnitId: "", State: "cancelled", Reason: "cancelled", Text: row.Cancelled ? "the run was cancelled" : "the sweep was cancelled"),
                _ => default,
            };
            return new RunStatus(
                row.RunId, row.Arm, row.Seed, row.State, row.SearchState == "finished" ? null : row.Phase, row.RetrainsDone, row.RetrainsWanted,
                row.Diverged, row.Attempts, [.. units.Where(u => u.State is "waiting" or "running").Select(u => u.UnitId)],
                telling.Reason, telling.Text);
        })]);
    }

    /// <summary>One run of a sweep with the units that this sweep needs, summed up.</summary>
    /// <param name="NotNeeded">A look has decided before it.</param>
    internal sealed record RunRow(
        string RunId, string Arm, long Seed, string SearchState, bool Diverged, int Phase, int RetrainsDone, int RetrainsWanted, bool ByTable,
        int Attempts, bool Cancelled, SeedRunState State, int Look, bool NotNeeded);

    internal static IReadOnlyList<RunRow> Rows(SqlSession sql, string sweepId, bool sweepCancelled) => sql.Query(
        """
        SELECT x.run_id, x.arm, x.by_table, x.cancelled_at, x.look, r.seed, r.search_state, r.diverged,
               CASE WHEN x.look > s.look AND s.looks_taken = s.look THEN 1 ELSE 0 END AS not_needed,
               SUM(CASE WHEN u.state = 'running' THEN 1 ELSE 0 END) AS running,
               SUM(CASE WHEN u.state = 'waiting' THEN 1 ELSE 0 END) AS waiting,
               SUM(CASE WHEN u.state = 'failed' THEN 1 ELSE 0 END) AS failed,
               SUM(CASE WHEN u.state = 'done' AND u.kind = 'retrain' THEN 1 ELSE 0 END) AS retrained,
               MAX(CASE WHEN u.kind = 'search' THEN u.phase ELSE 0 END) AS phase,
               SUM(u.attempts) AS attempts,
               (SELECT COUNT(*) FROM sweep_retrain w JOIN retrain t ON t.retrain_id = w.retrain_id
                 WHERE w.sweep_id = x.sweep_id AND t.run_id = x.run_id) AS wanted
          FROM sweep_run x
          JOIN sweep s ON s.sweep_id = x.sweep_id
          JOIN seed_run r ON r.run_id = x.run_id
          JOIN unit u ON u.run_id = x.run_id
           AND (u.kind = 'search' OR EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = u.unit_id))
         WHERE x.sweep_id = @sweep
         GROUP BY x.run_id, x.arm, x.by_table, x.cancelled_at, x.position, x.sweep_id, x.look, s.look, s.looks_taken, r.seed, r.search_state, r.diverged
         ORDER BY x.position
        """,
        row =>
        {
            var (diverged, notNeeded) = (row.Flag("diverged"), row.Flag("not_needed"));
            var cancelled = row.LongOrNull("cancelled_at") is not null;
            var complete = row.Must("search_state") == "finished" && (diverged || row.Int("retrained") == row.Int("wanted"));
            return new RunRow(
                row.Must("run_id"), row.Must("arm"), row.Long("seed"), row.Must("search_state"), diverged, row.Int("phase"), row.Int("retrained"),
                row.Int("wanted"), row.Flag("by_table"), row.Int("attempts"),
                cancelled, SeedRunStates.Of(row.Int("running"), row.Int("waiting"), row.Int("failed"), complete, cancelled, sweepCancelled || notNeeded),
                row.Int("look"), notNeeded);
        }, ("@sweep", sweepId));

    internal static UnitKind Kind(string word) => word == "search" ? UnitKind.Search : UnitKind.Retrain;

    internal static SweepSummary? Summary(SqlSession sql, string sweepId)
    {
        var looks = LookRows.Read(sql, sweepId);
        var sweep = sql.First("SELECT * FROM sweep WHERE sweep_id = @sweep",
            row => new SweepSummary(sweepId, row.Must("name"), row.Must("tenant"), row.Int("priority"), row.Instant("accepted_at"),
                row.LongOrNull("cancelled_at") is not null, new(0, 0, 0, 0, 0, 0)) { Paused = row.Text("paused"), Looks = looks }, ("@sweep", sweepId));
        if (sweep is null)
            return null;
        var rows = Rows(sql, sweepId, sweep.Cancelled);
        var states = rows.CountBy(r => r.State).ToDictionary();
        int Of(SeedRunState state) => states.GetValueOrDefault(state);
        return sweep with
        {
            Counts = new(states.Values.Sum(), Of(SeedRunState.Finished), Of(SeedRunState.Failed), Of(SeedRunState.Cancelled),
                Of(SeedRunState.Running), Of(SeedRunState.Waiting)) { NotNeeded = rows.Count(r => r is { NotNeeded: true, Cancelled: false, State: SeedRunState.Cancelled }) },
        };
    }
}
