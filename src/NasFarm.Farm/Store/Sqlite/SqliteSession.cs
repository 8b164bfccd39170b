using System.Data.Common;
using Microsoft.Data.Sqlite;
using NasFarm.Farm.Store.Scripts;

namespace NasFarm.Farm.Store.Sqlite;

/// <summary>A transaction of SQLite: one writer at a time, so that nothing needs a lock of its own. Each statement is prepared once.</summary>
internal sealed class SqliteSession(SqliteConnection connection, SqliteTransaction transaction, long nowMilliseconds) : SqlSession, IDisposable
{
    private readonly Dictionary<string, SqliteCommand> prepared = [];

    public override long Now => nowMilliseconds;

    public override string Lock => "";

    public override string LockFree => "";

    public override int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Command(sql, values).ExecuteNonQuery();

    public void Dispose()
    {
        foreach (var command in prepared.Values)
            command.Dispose();
    }

    protected override DbDataReader Read(string sql, ReadOnlySpan<(string Name, object? Value)> values) => Command(sql, values).ExecuteReader();

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            command.Transaction = transaction;
            foreach (var (name, _) in values)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            prepared.Add(sql, command);
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        return command;
    }
}
