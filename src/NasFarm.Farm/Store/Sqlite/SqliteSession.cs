using System.Data.Common;
using Microsoft.Data.Sqlite;
using NasFarm.Farm.Store.Scripts;

namespace NasFarm.Farm.Store.Sqlite;

/// <summary>A transaction of SQLite: one writer at a time, so that nothing needs a lock of its own.</summary>
/// <param name="connection">Its connection.</param>
/// <param name="transaction">The transaction.</param>
/// <param name="nowMilliseconds">The database's clock.</param>
/// <param name="prepared">The connection's statements by text: each is prepared once, for all transactions to come.</param>
internal sealed class SqliteSession(
    SqliteConnection connection, SqliteTransaction transaction, long nowMilliseconds, Dictionary<string, SqliteCommand> prepared) : SqlSession
{
    public override long Now => nowMilliseconds;

    public override string Lock => "";

    public override string LockFree => "";

    protected override string Among => "IN (SELECT value FROM json_each(@ids))";

    public override int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Command(sql, values).ExecuteNonQuery();

    protected override DbDataReader Read(string sql, ReadOnlySpan<(string Name, object? Value)> values) => Command(sql, values).ExecuteReader();

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in values)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }
        command.Transaction = transaction;
        if (prepared.TryAdd(sql, command))
            command.Prepare();
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        return command;
    }
}
