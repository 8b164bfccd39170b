using NasFarm.Catalog.Results;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Looks of sweeps: which runs wait for one, which look is due, and what taking it does (docs/how-it-works/looks.md). A sweep has an
/// open look; its runs and those of earlier looks may run. When the open look is the last one taken, no later run is needed.</summary>
internal static class LookRows
{
    /// <summary>The hold of a unit that waits for a look.</summary>
    public const string Hold = "look";

    /// <summary>Of a sweep <c>s</c> and its run <c>x</c>: the sweep needs the run, now or perhaps later.</summary>
    public const string Needs = "(s.cancelled_at IS NULL AND x.cancelled_at IS NULL AND (x.look <= s.look OR s.looks_taken < s.look))";

    /// <summary>The sweep needs the run now.</summary>
    private const string NeedsNow = "(s.cancelled_at IS NULL AND x.cancelled_at IS NULL AND x.look <= s.look)";

    /// <summary>Why a run waits for a look, as a sentence; null when some sweep needs it now.</summary>
    public static string? HoldText(SqlSession sql, string runId)
    {
        var wanting = sql.Query(
            $"""
            SELECT x.look, s.looks, s.comparison, CASE WHEN {NeedsNow} THEN 1 ELSE 0 END AS needed
              FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id WHERE x.run_id = @run AND {Needs} ORDER BY s.accepted_at DESC, s.sweep_id
            """,
            row => row.Flag("needed") ? null : Sentence(row.Int("look"), row.Json<int[]>("looks"), row.Json<ComparisonSpec>("comparison")), ("@run", runId));
        return wanting.Count == 0 || wanting.Contains(null) ? null : wanting[0];
    }

    /// <summary>Why a run of a look after the first waits.</summary>
    public static string Sentence(int look, IReadOnlyList<int> seeds, ComparisonSpec comparison) =>
        FormattableString.Invariant($"added only if {comparison.PrimaryA} against {comparison.PrimaryB} is undecided after {seeds[look - 2]} seeds");

    /// <summary>A sweep that was deleted and comes again looks anew.</summary>
    public static void Forget(SqlSession sql, string sweepId, IReadOnlyList<int> seeds)
    {
        for (var look = 1; look <= seeds.Count; look++)
            sql.Post("DELETE FROM operation WHERE operation_id = @id", ("@id", OperationId(new(sweepId, look))));
    }

    /// <summary>Retrain jobs of a finished search that only later looks want wait for them, although the search ran for another sweep.</summary>
    public static void HoldRetrains(SqlSession sql, string runId) => sql.Post(
        $"""
        UPDATE unit SET hold = '{Hold}', reason_text = 'added only if an earlier look of its sweep does not decide'
         WHERE run_id = @run AND kind = 'retrain' AND state = 'waiting' AND hold IS NULL AND fence = 0 AND NOT EXISTS (
           SELECT 1 FROM sweep_retrain w JOIN sweep s ON s.sweep_id = w.sweep_id JOIN sweep_run x ON x.sweep_id = w.sweep_id AND x.run_id = unit.run_id
            WHERE w.retrain_id = unit.unit_id AND {NeedsNow})
        """, ("@run", runId));

    /// <summary>Lets go what waits for a look and is needed now by this sweep. Whatever was let go once is never held again.</summary>
    public static int Release(SqlSession sql, string sweepId) => sql.Execute(
        $"""
        UPDATE unit SET hold = NULL, reason_text = NULL, not_before = @now
         WHERE state = 'waiting' AND hold = '{Hold}'
           AND run_id IN (SELECT x.run_id FROM sweep_run x JOIN sweep s ON s.sweep_id = x.sweep_id WHERE x.sweep_id = @sweep AND {NeedsNow})
           AND (kind = 'search' OR unit_id IN (SELECT w.retrain_id FROM sweep_retrain w WHERE w.sweep_id = @sweep))
        """, ("@sweep", sweepId), ("@now", sql.Now));

    /// <summary>Looks that may be taken: every run up to them has its result.</summary>
    public static IReadOnlyList<DueLook> Due(SqlSession sql) => [.. sql.Query(
        "SELECT sweep_id, look FROM sweep WHERE looks IS NOT NULL AND cancelled_at IS NULL AND looks_taken < look ORDER BY sweep_id",
        row => new DueLook(row.Must("sweep_id"), row.Int("look"))).Where(look => IsDue(sql, look))];

    private static bool IsDue(SqlSession sql, DueLook look) =>
        !sql.Any(
            """
            SELECT 1 FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id
             WHERE x.sweep_id = @sweep AND x.look <= @look AND r.search_state <> 'finished' LIMIT 1
            """, ("@sweep", look.SweepId), ("@look", look.Look))
        && !sql.Any(
            """
            SELECT 1 FROM sweep_run x JOIN seed_run r ON r.run_id = x.run_id JOIN retrain t ON t.run_id = x.run_id
              JOIN sweep_retrain w ON w.sweep_id = x.sweep_id AND w.retrain_id = t.retrain_id LEFT JOIN unit u ON u.unit_id = t.retrain_id
             WHERE x.sweep_id = @sweep AND x.look <= @look AND r.diverged = 0 AND (u.state IS NULL OR u.state <> 'done') LIMIT 1
            """, ("@sweep", look.SweepId), ("@look", look.Look));

    /// <summary>Takes a look, once: its operation id is made of the sweep and the look. The next cohort is let go, or what is left is
    /// cancelled, with the record of it.</summary>
    public static LookReport? Take(SqlSession sql, DueLook due, LookVerdict.Tested verdict) => Operations.Once<LookReport>(sql, OperationId(due), "look", () =>
    {
        var seeds = sql.First("SELECT looks FROM sweep WHERE sweep_id = @sweep AND cancelled_at IS NULL AND look = @look AND looks_taken = @look - 1",
            row => row.Json<int[]>("looks"), ("@sweep", due.SweepId), ("@look", due.Look));
        if (seeds is null || !IsDue(sql, due))
            return null;
        var isOver = verdict.Decided || due.Look == seeds.Length;
        sql.Post("UPDATE sweep SET looks_taken = @look, look = @open WHERE sweep_id = @sweep",
            ("@sweep", due.SweepId), ("@look", due.Look), ("@open", isOver ? due.Look : due.Look + 1));
        var released = isOver ? 0 : Release(sql, due.SweepId);
        var cancelled = isOver ? CancelRest(sql, due, $"not needed: {verdict.Sentence}") : 0;
        return new LookReport(due.SweepId, new(
            due.Look, seeds[due.Look - 1], verdict.Decided, verdict.P, verdict.Boundary, verdict.Level, verdict.Spent, verdict.Sentence,
            DateTimeOffset.FromUnixTimeMilliseconds(sql.Now)), released, cancelled);
    });

    private static int CancelRest(SqlSession sql, DueLook due, string text)
    {
        var cancelled = 0;
        foreach (var runId in sql.Query("SELECT run_id FROM sweep_run WHERE sweep_id = @sweep AND look > @look ORDER BY position",
            row => row.Must("run_id"), ("@sweep", due.SweepId), ("@look", due.Look)))
        {
            cancelled += SweepCommands.CancelUnwanted(sql, runId, text, NotNeeded).Units;
            QueueRows.Settle(sql, runId);
        }
        return cancelled;
    }

    /// <summary>Stable reason of what a look has made unnecessary.</summary>
    public const string NotNeeded = "not-needed";

    /// <summary>The looks of a sweep; null when it has none.</summary>
    public static SweepLooks? Read(SqlSession sql, string sweepId)
    {
        var sweep = sql.First("SELECT looks, look, looks_taken FROM sweep WHERE sweep_id = @sweep AND looks IS NOT NULL",
            row => new { Seeds = row.Json<int[]>("looks"), Open = row.Int("look"), Taken = row.Int("looks_taken") }, ("@sweep", sweepId));
        if (sweep is null)
            return null;
        var taken = sql.QueryEach("SELECT effect FROM operation WHERE operation_id IN (@ids)",
            Enumerable.Range(1, sweep.Taken).Select(look => OperationId(new(sweepId, look))), row => row.Json<LookReport>("effect").Taken);
        return new(sweep.Seeds, sweep.Open, [.. taken.OrderBy(look => look.Look)]);
    }

    private static string OperationId(DueLook due) => FormattableString.Invariant($"look:{due.SweepId}:{due.Look}");
}
