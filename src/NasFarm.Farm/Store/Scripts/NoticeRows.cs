namespace NasFarm.Farm.Store.Scripts;

/// <summary>Ends of sweeps, and who was told.</summary>
internal static class NoticeRows
{
    /// <summary>Of a sweep <c>s</c>: it has runs, and all are over.</summary>
    private const string IsOver =
        """
        EXISTS (SELECT 1 FROM sweep_run x WHERE x.sweep_id = s.sweep_id)
        AND NOT EXISTS (SELECT 1 FROM sweep_run x WHERE x.sweep_id = s.sweep_id AND x.state = 'open')
        """;

    public static bool Begin(SqlSession sql)
    {
        if (sql.Execute("INSERT INTO sweep_notice (sweep_id, round, tries, next_at, told_at) VALUES ('', 0, 0, 0, @now) ON CONFLICT (sweep_id) DO NOTHING", ("@now", sql.Now)) == 0)
            return false;
        sql.Execute($"INSERT INTO sweep_notice (sweep_id, round, tries, next_at, told_at) SELECT s.sweep_id, 0, 0, 0, @now FROM sweep s WHERE {IsOver}", ("@now", sql.Now));
        return true;
    }

    public static DueNotice? Claim(SqlSession sql, TimeSpan hold)
    {
        // 1. What was told and goes on, as after a retry of its failed runs, will end again.
        sql.Execute(
            """
            UPDATE sweep_notice SET round = round + 1, tries = 0, next_at = 0, told_at = NULL, trouble = NULL
             WHERE told_at IS NOT NULL AND EXISTS (SELECT 1 FROM sweep_run x WHERE x.sweep_id = sweep_notice.sweep_id AND x.state = 'open')
            """);

        // 2. The oldest that is over; others may be about to take it, too.
        var due = sql.Query(
            $"""
            SELECT s.sweep_id FROM sweep s LEFT JOIN sweep_notice n ON n.sweep_id = s.sweep_id
             WHERE (n.sweep_id IS NULL OR (n.told_at IS NULL AND n.next_at <= @now)) AND {IsOver}
             ORDER BY s.accepted_at, s.sweep_id LIMIT 1
            """, row => row.Must("sweep_id"), ("@now", sql.Now));
        if (due is not [var sweep])
            return null;
        var taken = sql.Execute(
            """
            INSERT INTO sweep_notice (sweep_id, round, tries, next_at) VALUES (@sweep, 0, 1, @until)
            ON CONFLICT (sweep_id) DO UPDATE SET tries = sweep_notice.tries + 1, next_at = @until WHERE sweep_notice.told_at IS NULL AND sweep_notice.next_at <= @now
            """, ("@sweep", sweep), ("@now", sql.Now), ("@until", sql.Now + (long)hold.TotalMilliseconds));
        return taken == 0 ? null : sql.First(
            "SELECT * FROM sweep_notice WHERE sweep_id = @sweep", row => new DueNotice(row.Must("sweep_id"), row.Int("round"), row.Int("tries")), ("@sweep", sweep));
    }

    /// <summary>Whoever took too long has left it to others, whose try counts.</summary>
    public static bool End(SqlSession sql, DueNotice notice, TimeSpan? again, string? trouble) => sql.Execute(
        """
        UPDATE sweep_notice SET told_at = @told, next_at = @next, trouble = @trouble
         WHERE sweep_id = @sweep AND round = @round AND tries = @try AND told_at IS NULL
        """,
        ("@sweep", notice.SweepId), ("@round", (long)notice.Round), ("@try", (long)notice.Try), ("@trouble", trouble),
        ("@told", again is null ? sql.Now : null), ("@next", sql.Now + (long)(again ?? TimeSpan.Zero).TotalMilliseconds)) == 1;
}
