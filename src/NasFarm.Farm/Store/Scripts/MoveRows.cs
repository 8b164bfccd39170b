namespace NasFarm.Farm.Store.Scripts;

/// <summary>What has moved (Migrations/sqlite-0011.sql): written by the database itself, read from a position on.</summary>
internal static class MoveRows
{
    /// <summary>How a database says in which order its moves became true. Positions are <c>@writer</c> and <c>@seq</c>.</summary>
    /// <param name="IsAfter">Condition: the row comes after the position, and nothing can still come before it.</param>
    /// <param name="IsUntil">Condition: it does not come after it.</param>
    /// <param name="Order">Oldest first.</param>
    /// <param name="Newest">Newest first.</param>
    /// <param name="Now">Statement: the position until which the transaction that asks sees everything.</param>
    internal sealed record Words(string IsAfter, string IsUntil, string Order, string Newest, string Now);

    /// <summary>Up to <paramref name="most"/> moves after a position.</summary>
    public static MoveBatch Read(SqlSession sql, MovePosition after, int most)
    {
        var rows = sql.Query(
            $"SELECT writer, seq, unit_id, run_id, state, fence FROM unit_move WHERE {sql.Moves.IsAfter} ORDER BY {sql.Moves.Order} LIMIT @most",
            row => new UnitMove(row.Must("unit_id"), row.Must("run_id"), row.Must("state"), row.Long("fence"), At(row)),
            [.. Values(after), ("@most", (long)most)]);
        var forgotten = sql.Query("SELECT writer, seq FROM unit_move_forgotten", At);
        // A reader who is ahead comes from another database, of which this one is an older copy.
        return new(rows, rows.Count > 0 ? rows[^1].At : after,
            forgotten.Exists(last => last.CompareTo(after) > 0) || after.CompareTo(Now(sql)) > 0);
    }

    /// <summary>The position of now: what the transaction that reads it sees is what has moved until there.</summary>
    public static MovePosition Now(SqlSession sql) => sql.Query(sql.Moves.Now, At)[0];

    /// <summary>Forgets all but the newest <paramref name="keep"/>; returns how many.</summary>
    public static int Forget(SqlSession sql, int keep)
    {
        if (sql.Query($"SELECT writer, seq FROM unit_move ORDER BY {sql.Moves.Newest} LIMIT 1 OFFSET @keep", At, ("@keep", (long)keep)) is not [var last])
            return 0;
        sql.Post(
            "INSERT INTO unit_move_forgotten (id, writer, seq) VALUES (1, @writer, @seq) ON CONFLICT (id) DO UPDATE SET writer = excluded.writer, seq = excluded.seq",
            Values(last));
        return sql.Execute($"DELETE FROM unit_move WHERE {sql.Moves.IsUntil}", Values(last));
    }

    private static (string, object?)[] Values(MovePosition at) => [("@writer", at.Writer), ("@seq", at.Seq)];

    private static MovePosition At(SqlRow row) => new(row.Long("writer"), row.Long("seq"));
}
