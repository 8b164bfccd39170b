using System.Globalization;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Where sweeps and their runs stand.</summary>
internal static class SweepReading
{
    /// <summary>Every sweep, newest first: a few questions for all of them, however many there are. The few with looks are read one by one.</summary>
    public static IReadOnlyList<SweepSummary> List(SqlSession sql)
    {
        var states = sql.Query("SELECT sweep_id, state, COUNT(*) AS runs FROM sweep_run GROUP BY sweep_id, state",
            row => (SweepId: row.Must("sweep_id"), State: row.Must("state"), Runs: row.Int("runs"))).ToLookup(s => s.SweepId);
        var running = sql.Query(
            $"""
            SELECT x.sweep_id, COUNT(DISTINCT x.run_id) AS runs FROM unit u JOIN sweep_run x ON x.run_id = u.run_id
             WHERE u.state = 'running' AND x.state = '{Opened}'
               AND (u.kind = 'search' OR EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = u.unit_id))
             GROUP BY x.sweep_id
            """, row => (SweepId: row.Must("sweep_id"), Runs: row.Int("runs"))).ToDictionary(r => r.SweepId, r => r.Runs);
        var sweeps = sql.Query(
            """
            SELECT sweep_id, name, tenant, priority, accepted_at, cancelled_at, paused, CASE WHEN looks IS NULL THEN 0 ELSE 1 END AS looks_planned
              FROM sweep ORDER BY accepted_at DESC, sweep_id
            """, row => (Sweep: Head(row.Must("sweep_id"), row, looks: null), HasLooks: row.Flag("looks_planned")));
        return [.. sweeps.Select(s => s.HasLooks ? Summary(sql, s.Sweep.SweepId)! : s.Sweep with
        {
            Counts = Counts(states[s.Sweep.SweepId].ToDictionary(c => c.State, c => c.Runs), running.GetValueOrDefault(s.Sweep.SweepId), notNeeded: 0),
        })];
    }

    public static SweepCounts? Counts(SqlSession sql, string sweepId) => Summary(sql, sweepId)?.Counts;

    /// <summary>Every run, in plan order.</summary>
    public static SweepStatus? Status(SqlSession sql, string sweepId) =>
        Summary(sql, sweepId) is { } sweep ? Status(sql, sweep, Rows(sql, sweepId)) : null;

    /// <summary>The same with every row of the sweep at hand.</summary>
    public static SweepStatus Status(SqlSession sql, SweepSummary sweep, IReadOnlyList<RunRow> rows) => new(sweep, Tell(sweep, rows, Open(sql, sweep.SweepId)));

    /// <summary>The first runs of each state, those that run or failed first.</summary>
    public static SweepStatus? Head(SqlSession sql, string sweepId, int most)
    {
        if (Summary(sql, sweepId) is not { } sweep)
            return null;
        var ids = Running(sql, sweepId, most);
        foreach (var state in new[] { "failed", Opened, "finished", "cancelled" })
        {
            ids.AddRange(sql.Query("SELECT run_id FROM sweep_run WHERE sweep_id = @sweep AND state = @state ORDER BY position LIMIT @most",
                row => row.Must("run_id"), ("@sweep", sweepId), ("@state", state), ("@most", (long)most)).Except(ids).Take(most - ids.Count).ToList());
        }
        return new(sweep, Tell(sweep, Rows(sql, sweepId, ids), Open(sql, sweepId, ids)));
    }

    /// <summary>Some runs, in the order of their ids; those that are not the sweep's are passed over.</summary>
    public static SweepStatus? Some(SqlSession sql, string sweepId, IReadOnlyList<string> runIds) =>
        Summary(sql, sweepId) is { } sweep ? new(sweep, Tell(sweep, Rows(sql, sweepId, runIds), Open(sql, sweepId, runIds))) : null;

    /// <summary>The kept state of a run that waits or runs.</summary>
    internal const string Opened = "open";

    /// <summary>Open runs of which a unit that the sweep needs is executed: no more than there are slots.</summary>
    internal static List<string> Running(SqlSession sql, string sweepId, long most = long.MaxValue) => sql.Query(
        $"""
        SELECT DISTINCT x.run_id, x.position FROM unit u JOIN sweep_run x ON x.sweep_id = @sweep AND x.run_id = u.run_id
         WHERE u.state = 'running' AND x.state = '{Opened}'
           AND (u.kind = 'search' OR EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = @sweep AND w.retrain_id = u.unit_id))
         ORDER BY x.position LIMIT @most
        """, row => row.Must("run_id"), ("@sweep", sweepId), ("@most", most));

    private static IReadOnlyList<RunStatus> Tell(SweepSummary sweep, IReadOnlyList<RunRow> rows, ILookup<string, OpenUnit> open) => [.. rows.Select(row =>
    {
        var units = open[row.RunId].ToList();
        var (reason, text) = row.State switch
        {
            SeedRunState.Failed => units.Find(u => u.State == "failed")?.Why ?? default,
            SeedRunState.Waiting => units.Find(u => u.State == "waiting")?.Why ?? default,
            SeedRunState.Cancelled when row.NotNeeded && !row.Cancelled => (LookRows.NotNeeded, $"not needed: {sweep.Looks!.Taken[^1].Sentence}"),
            SeedRunState.Cancelled => ("cancelled", row.Cancelled ? "the run was cancelled" : "the sweep was cancelled"),
            _ => default,
        };
        return new RunStatus(
            row.RunId, row.Arm, row.Seed, row.State, row.SearchState == "finished" ? null : row.Phase, row.RetrainsDone, row.RetrainsWanted,
            row.Diverged, row.Attempts, [.. units.Where(u => u.State is "waiting" or "running").Select(u => u.UnitId)], reason, text);
    })];

    /// <summary>A unit that is not done, and why it is where it is.</summary>
    private sealed record OpenUnit(string RunId, string UnitId, string State, (string? Reason, string? Text) Why);

    private static ILookup<string, OpenUnit> Open(SqlSession sql, string sweepId, IReadOnlyList<string>? runIds = null)
    {
        var query =
            $"""
            SELECT u.run_id, u.unit_id, u.state, u.reason, u.hold, u.reason_text, u.paused, u.kind FROM sweep_run x JOIN unit u ON u.run_id = x.run_id
             WHERE x.sweep_id = @sweep{Among(runIds)} AND u.state IN ('waiting', 'running', 'failed', 'cancelled')
               AND (u.kind = 'search' OR EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = u.unit_id))
             ORDER BY u.kind DESC, u.phase, u.unit_id
            """;
        return Ask(sql, query, sweepId, runIds, row =>
        {
            var (state, paused) = (row.Must("state"), row.Text("paused"));
            return new OpenUnit(row.Must("run_id"), row.Must("unit_id"), state,
                state != "waiting" ? (row.Text("reason"), row.Text("reason_text"))
                    : paused is not null ? (Columns.Word(WaitReason.Paused), paused)
                    : (row.Text("hold") ?? row.Text("reason"), row.Text("reason_text")));
        }).ToLookup(u => u.RunId);
    }

    /// <summary>One run of a sweep with the units that this sweep needs, summed up.</summary>
    /// <param name="NotNeeded">A look has decided before it.</param>
    internal sealed record RunRow(
        string RunId, string Arm, long Seed, string SearchState, bool Diverged, int Phase, int RetrainsDone, int RetrainsWanted, bool ByTable,
        int Attempts, bool Cancelled, SeedRunState State, int Look, bool NotNeeded);

    /// <param name="sql">The transaction.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="runIds">Runs of it, in the order wanted, others are passed over; null: all, in plan order.</param>
    internal static IReadOnlyList<RunRow> Rows(SqlSession sql, string sweepId, IReadOnlyList<string>? runIds = null)
    {
        var query =
            $"""
            SELECT x.run_id, x.arm, x.by_table, x.cancelled_at, x.look, x.state, r.seed, r.search_state, r.diverged,
                   CASE WHEN x.look > s.look AND s.looks_taken = s.look THEN 1 ELSE 0 END AS not_needed,
                   SUM(CASE WHEN u.state = 'running' THEN 1 ELSE 0 END) AS running,
                   SUM(CASE WHEN u.state = 'done' AND u.kind = 'retrain' THEN 1 ELSE 0 END) AS retrained,
                   MAX(CASE WHEN u.kind = 'search' THEN u.phase ELSE 0 END) AS phase,
                   SUM(u.attempts) AS attempts,
                   (SELECT COUNT(*) FROM retrain t JOIN sweep_retrain w ON w.sweep_id = x.sweep_id AND w.retrain_id = t.retrain_id WHERE t.run_id = x.run_id) AS wanted
              FROM sweep_run x
              JOIN sweep s ON s.sweep_id = x.sweep_id
              JOIN seed_run r ON r.run_id = x.run_id
              JOIN unit u ON u.run_id = x.run_id
               AND (u.kind = 'search' OR EXISTS (SELECT 1 FROM sweep_retrain w WHERE w.sweep_id = x.sweep_id AND w.retrain_id = u.unit_id))
             WHERE x.sweep_id = @sweep{Among(runIds)}
             GROUP BY x.run_id, x.arm, x.by_table, x.cancelled_at, x.position, x.sweep_id, x.look, x.state, s.look, s.looks_taken, r.seed, r.search_state, r.diverged
             ORDER BY x.position
            """;
        var rows = Ask(sql, query, sweepId, runIds, row => new RunRow(
            row.Must("run_id"), row.Must("arm"), row.Long("seed"), row.Must("search_state"), row.Flag("diverged"), row.Int("phase"), row.Int("retrained"),
            row.Int("wanted"), row.Flag("by_table"), row.Int("attempts"), row.LongOrNull("cancelled_at") is not null,
            row.Must("state") is not Opened and var over ? Columns.Value<SeedRunState>(over) : row.Int("running") > 0 ? SeedRunState.Running : SeedRunState.Waiting,
            row.Int("look"), row.Flag("not_needed")));
        if (runIds is null)
            return rows;
        var byId = rows.ToDictionary(row => row.RunId);
        return [.. runIds.Where(byId.ContainsKey).Select(id => byId[id])];
    }

    /// <summary>Sweeps that a run belongs to, the oldest first.</summary>
    public static IReadOnlyList<string> OfRun(SqlSession sql, string runId) => sql.Query(
        "SELECT x.sweep_id FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id WHERE x.run_id = @run ORDER BY s.accepted_at, x.sweep_id",
        row => row.Must("sweep_id"), ("@run", runId));

    /// <summary>Test accuracies of retrain jobs that are done and wanted, by run. Of some runs the jobs are found by their runs, of all by the sweep: a
    /// planner that has counted nothing may go through all that is done for one run.</summary>
    internal static ILookup<string, double> Accuracies(SqlSession sql, string sweepId, IReadOnlyList<string>? runIds) => Ask(sql,
        $"""
        SELECT u.run_id, u.unit_id, u.outcome
          FROM {(runIds is null ? "sweep_retrain w CROSS JOIN unit u" : "sweep_run x CROSS JOIN unit u CROSS JOIN sweep_retrain w")}
         WHERE w.sweep_id = @sweep AND w.retrain_id = u.unit_id AND u.kind = 'retrain' AND u.state = 'done'{(runIds is null ? ""
             : $" AND x.sweep_id = @sweep{Among(runIds)} AND u.run_id = x.run_id")}
         ORDER BY u.unit_id
        """, sweepId, runIds, row => (RunId: row.Must("run_id"), row.Json<RetrainOutcome>("outcome").TestAccuracy))
        .ToLookup(job => job.RunId, job => job.TestAccuracy);

    internal static double? Mean(IEnumerable<double> accuracies) => accuracies.Any() ? accuracies.Average() : null;

    internal static string Among(IReadOnlyList<string>? runIds) => runIds is null ? "" : " AND x.run_id IN (@ids)";

    internal static List<T> Ask<T>(SqlSession sql, string query, string sweepId, IReadOnlyList<string>? runIds, Func<SqlRow, T> row) =>
        runIds is null ? sql.Query(query, row, ("@sweep", sweepId)) : sql.QueryEach(query, runIds, row, ("@sweep", sweepId));

    internal static UnitKind Kind(string word) => word == "search" ? UnitKind.Search : UnitKind.Retrain;

    /// <summary>Sweeps with runs that are not over.</summary>
    public static IReadOnlyList<string> Open(SqlSession sql) => sql.Query(
        $"""
        SELECT s.sweep_id FROM sweep s
         WHERE (SELECT x.run_id FROM sweep_run x WHERE x.sweep_id = s.sweep_id AND x.state = '{Opened}' LIMIT 1) IS NOT NULL ORDER BY s.sweep_id
        """, row => row.Must("sweep_id"));

    /// <summary>Runs of a sweep that are over.</summary>
    public static SweepEnds? Ends(SqlSession sql, string sweepId)
    {
        if (!sql.Any("SELECT 1 FROM sweep WHERE sweep_id = @sweep", ("@sweep", sweepId)))
            return null;
        var states = States(sql, sweepId);
        return new(states.Values.Sum(), states.GetValueOrDefault("finished"), states.GetValueOrDefault("failed"), states.GetValueOrDefault("cancelled"));
    }

    private static Dictionary<string, int> States(SqlSession sql, string sweepId) => sql.Query(
        "SELECT state, COUNT(*) AS runs FROM sweep_run WHERE sweep_id = @sweep GROUP BY state",
        row => (State: row.Must("state"), Runs: row.Int("runs")), ("@sweep", sweepId)).ToDictionary(s => s.State, s => s.Runs);

    internal static SweepSummary? Summary(SqlSession sql, string sweepId)
    {
        var looks = LookRows.Read(sql, sweepId);
        var sweep = sql.First("SELECT name, tenant, priority, accepted_at, cancelled_at, paused FROM sweep WHERE sweep_id = @sweep", row => Head(sweepId, row, looks), ("@sweep", sweepId));
        if (sweep is null)
            return null;
        var states = States(sql, sweepId);
        var running = states.GetValueOrDefault(Opened) == 0 ? 0 : Running(sql, sweepId).Count;
        var notNeeded = looks is not { IsOver: true } ? 0 : sql.Query(
            "SELECT COUNT(*) AS runs FROM sweep_run WHERE sweep_id = @sweep AND state = 'cancelled' AND cancelled_at IS NULL AND look > @look",
            row => row.Int("runs"), ("@sweep", sweepId), ("@look", looks.Open))[0];
        return sweep with { Counts = Counts(states, running, notNeeded) };
    }

    /// <summary>A sweep's own row; its counts are another question.</summary>
    private static SweepSummary Head(string sweepId, SqlRow row, SweepLooks? looks) => new(
        sweepId, row.Must("name"), row.Must("tenant"), row.Int("priority"), row.Instant("accepted_at"), row.LongOrNull("cancelled_at") is not null, new(0, 0, 0, 0, 0, 0))
    { Paused = row.Text("paused"), Looks = looks };

    private static SweepCounts Counts(Dictionary<string, int> states, int running, int notNeeded)
    {
        int Of(string state) => states.GetValueOrDefault(state);
        return new(states.Values.Sum(), Of("finished"), Of("failed"), Of("cancelled"), running, Of(Opened) - running) { NotNeeded = notNeeded };
    }
}
