using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;

namespace NasFarm.Farm.Store;

/// <summary>One open transaction: runs statements, keeps each prepared, and knows the database's clock at its beginning.</summary>
internal sealed class SqlSession(DbConnection connection, DbTransaction transaction, long nowMilliseconds) : IDisposable
{
    private readonly Dictionary<string, DbCommand> prepared = [];

    /// <summary>The database's clock, milliseconds since 1970.</summary>
    public long Now => nowMilliseconds;

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Command(sql, values).ExecuteNonQuery();

    public List<T> Query<T>(string sql, Func<DbDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Command(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    /// <summary>The first row, or null.</summary>
    public T? First<T>(string sql, Func<DbDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> values) where T : class
    {
        using var reader = Command(sql, values).ExecuteReader();
        return reader.Read() ? row(reader) : null;
    }

    /// <summary>Is there a row?</summary>
    public bool Any(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Command(sql, values).ExecuteReader();
        return reader.Read();
    }

    public void Dispose()
    {
        foreach (var command in prepared.Values)
            command.Dispose();
    }

    private DbCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            command.Transaction = transaction;
            foreach (var (name, _) in values)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                command.Parameters.Add(parameter);
            }
            prepared.Add(sql, command);
        }
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        return command;
    }
}

/// <summary>How values stand in columns.</summary>
internal static class Columns
{
    public static string? Text(this DbDataReader row, string name) => row[name] as string;

    public static string Must(this DbDataReader row, string name) => (string)row[name];

    public static long Long(this DbDataReader row, string name) => Convert.ToInt64(row[name], CultureInfo.InvariantCulture);

    public static long? LongOrNull(this DbDataReader row, string name) => row[name] is DBNull ? null : row.Long(name);

    public static int Int(this DbDataReader row, string name) => checked((int)row.Long(name));

    public static bool Flag(this DbDataReader row, string name) => row.Long(name) != 0;

    public static DateTimeOffset Instant(this DbDataReader row, string name) => DateTimeOffset.FromUnixTimeMilliseconds(row.Long(name));

    public static DateTimeOffset? InstantOrNull(this DbDataReader row, string name) =>
        row.LongOrNull(name) is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    public static T Json<T>(this DbDataReader row, string name) =>
        JsonSerializer.Deserialize<T>(row.Must(name), CatalogJson.Compact)
            ?? throw new InvalidDataException($"Column '{name}' holds null where a {typeof(T).Name} belongs.");

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, CatalogJson.Compact);

    /// <summary>Stable kebab-case word of an enumeration value.</summary>
    public static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    public static T? WordOrNull<T>(this DbDataReader row, string name) where T : struct, Enum =>
        row.Text(name) is { } word ? JsonSerializer.Deserialize<T>($"\"{word}\"", CatalogJson.Compact) : null;
}
