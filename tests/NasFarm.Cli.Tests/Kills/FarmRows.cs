using Microsoft.Data.Sqlite;

namespace NasFarm.Cli.Tests.Kills;

/// <summary>Rows of a farm's SQLite file, read beside the program that writes it.</summary>
internal static class FarmRows
{
    private const string Durable =
        """
        ((SELECT COUNT(*) FROM metric m WHERE m.unit_id = u.unit_id AND m.timing = 0)
         + (SELECT COUNT(*) FROM event e WHERE e.unit_id = u.unit_id AND e.kind = 'decision')
         + (SELECT COUNT(*) FROM artifact a WHERE a.unit_id = u.unit_id))
        """;

    static FarmRows() => SQLitePCL.Batteries_V2.Init();

    public static IReadOnlyList<ReferenceUnit> Units(string database) => Query(database,
        $"""
        SELECT u.unit_id, u.run_id, r.arm, s.seed, u.kind, u.phase, {Durable},
               EXISTS (SELECT 1 FROM event e WHERE e.unit_id = u.unit_id AND e.name = 'rollback')
          FROM unit u JOIN seed_run s ON s.run_id = u.run_id
          JOIN (SELECT run_id, MIN(arm) AS arm FROM sweep_run GROUP BY run_id) r ON r.run_id = u.run_id
         ORDER BY u.kind, r.arm, s.seed, u.phase, u.unit_id
        """,
        row => new ReferenceUnit(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetInt32(5), row.GetInt64(6), row.GetBoolean(7)));

    /// <summary>The unit is or was being executed, and has left at least so many durable rows. False too while there is no farm yet.</summary>
    public static bool Reached(string database, string unitId, long rows) => Asked(database,
        $"SELECT u.fence > 0 AND {Durable} >= @rows FROM unit u WHERE u.unit_id = @unit", ("@unit", unitId), ("@rows", rows));

    /// <summary>The unit has a durable checkpoint, and is not done.</summary>
    public static bool HasCheckpoint(string database, string unitId) => Asked(database,
        "SELECT EXISTS (SELECT 1 FROM artifact a JOIN unit u ON u.unit_id = a.unit_id WHERE u.unit_id = @unit AND u.state = 'running')", ("@unit", unitId));

    /// <summary>Checkpoints that an attempt could not use.</summary>
    public static IReadOnlyList<string> Damaged(string database) => Query(database, "SELECT detail FROM event WHERE name = 'damaged-checkpoint'", row => row.GetString(0));

    /// <summary>No running unit has a lease that still holds.</summary>
    public static bool AllLeasesAreOver(string database) => Asked(database,
        "SELECT NOT EXISTS (SELECT 1 FROM unit WHERE state = 'running' AND lease_until >= CAST(unixepoch('subsec') * 1000 AS INTEGER))");

    /// <summary>When the last lease of a running unit ends, milliseconds since 1970; null: nothing runs.</summary>
    public static long? LastLease(string database) =>
        Query<long?>(database, "SELECT MAX(lease_until) FROM unit WHERE state = 'running'", row => row.IsDBNull(0) ? null : row.GetInt64(0))[0];

    /// <summary>Whatever is there twice or not at all: units not done exactly once, two effective rows of one key. Empty when all is well.</summary>
    public static IReadOnlyList<string> LostOrDoubled(string database) => Query(database,
        """
        SELECT 'unit ' || u.unit_id || ' is ' || u.state || ', done ' || (SELECT COUNT(*) FROM attempt a WHERE a.unit_id = u.unit_id AND a.ending = 'done') || ' times'
          FROM unit u WHERE u.state <> 'done' OR (SELECT COUNT(*) FROM attempt a WHERE a.unit_id = u.unit_id AND a.ending = 'done') <> 1
        UNION ALL
        SELECT 'metric ' || unit_id || ' ' || step || ' ' || name || ' ×' || COUNT(*) FROM metric WHERE void = 0 GROUP BY unit_id, step, name HAVING COUNT(*) > 1
        UNION ALL
        SELECT 'decision ' || unit_id || ' ' || step || ' ' || name || ' ×' || COUNT(*) FROM event WHERE void = 0 AND kind = 'decision' GROUP BY unit_id, step, name HAVING COUNT(*) > 1
        """, row => row.GetString(0));

    /// <summary>Every attempt and how it ended, for messages.</summary>
    public static string Attempts(string database) => string.Join('\n', Query(database,
        "SELECT unit_id || ' fence ' || fence || ' resumed at ' || COALESCE(resumed_at, '-') || ': ' || COALESCE(ending, 'open') || ' ' || COALESCE(message, '') FROM attempt ORDER BY claimed_at",
        row => row.GetString(0)));

    /// <summary>Changes the farm behind everybody's back.</summary>
    public static int Tamper(string database, string sql)
    {
        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    private static bool Asked(string database, string sql, params (string Name, object Value)[] values)
    {
        if (!File.Exists(database))
            return false;
        try
        {
            return Query(database, sql, row => !row.IsDBNull(0) && row.GetBoolean(0), values) is [true];
        }
        catch (SqliteException early) when (early.SqliteErrorCode is 1 or 5 or 14)
        {
            // No tables yet, locked for a moment, or not there yet.
            return false;
        }
    }

    private static List<T> Query<T>(string database, string sql, Func<SqliteDataReader, T> read, params (string Name, object Value)[] values)
    {
        using var connection = Open(database);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private static SqliteConnection Open(string database)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = database, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 10,
        }.ToString());
        connection.Open();
        return connection;
    }
}
