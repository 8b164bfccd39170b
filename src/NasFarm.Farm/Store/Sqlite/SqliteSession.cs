using Microsoft.Data.Sqlite;
using NasFarm.Farm.Store.Scripts;

namespace NasFarm.Farm.Store.Sqlite;

/// <summary>A transaction of SQLite: one writer at a time, so that nothing needs a lock of its own. Disposing takes back what was not committed.</summary>
internal sealed class SqliteSession : SqlSession, IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, PreparedStatement> prepared;
    private long now;

    private SqliteSession(SqliteConnection connection, Dictionary<string, PreparedStatement> prepared) => (this.connection, this.prepared) = (connection, prepared);

    /// <param name="connection">Its connection.</param>
    /// <param name="prepared">The connection's statements by text: each is prepared once, for all transactions to come.</param>
    /// <param name="deferred">Whether the write lock may come with the first write. False: it is taken now, and then the clock is read.</param>
    /// <param name="time">The database's clock.</param>
    public static SqliteSession Begin(SqliteConnection connection, Dictionary<string, PreparedStatement> prepared, bool deferred, TimeProvider time)
    {
        var session = new SqliteSession(connection, prepared);
        session.Execute(deferred ? "BEGIN" : "BEGIN IMMEDIATE");
        session.now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return session;
    }

    public override long Now => now;

    public void Commit() => Execute("COMMIT");

    public void Dispose()
    {
        // After some errors SQLite has gone back by itself.
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            Execute("ROLLBACK");
    }

    public override string Lock => "";

    public override string LockFree => "";

    public override MoveRows.Words Moves { get; } = new(
        IsAfter: "seq > @seq", IsUntil: "seq <= @seq", Order: "seq", Newest: "seq DESC",
        Now: "SELECT 0 AS writer, COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'unit_move'), 0) AS seq");

    protected override string Among => "IN (SELECT value FROM json_each(@ids))";

    public override int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Statement(sql, values).Command.ExecuteNonQuery();

    protected override SqlRow Read(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var statement = Statement(sql, values);
        return new(statement.Command.ExecuteReader(), statement.Places);
    }

    private PreparedStatement Statement(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!prepared.TryGetValue(sql, out var statement))
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in values)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            command.Prepare();
            prepared.Add(sql, statement = new(command, new()));
        }
        for (var i = 0; i < values.Length; i++)
            statement.Command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        return statement;
    }
}

/// <summary>A statement as one connection keeps it.</summary>
internal sealed record PreparedStatement(SqliteCommand Command, ColumnPlaces Places);
