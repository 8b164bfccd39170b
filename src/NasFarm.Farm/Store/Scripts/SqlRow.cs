using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Where the columns of a statement's answer stand, by name: found once for the statement, not once for each row.</summary>
internal sealed class ColumnPlaces
{
    private readonly ConcurrentDictionary<string, int> places = new(StringComparer.Ordinal);

    public int Of(string name, DbDataReader reader) => places.TryGetValue(name, out var place) ? place : places[name] = reader.GetOrdinal(name);
}

/// <summary>The answer of a statement, at one of its rows.</summary>
internal sealed class SqlRow(DbDataReader reader, ColumnPlaces places) : IDisposable
{
    /// <summary>Goes to the next row; at first to the first. False: there is none.</summary>
    public bool Next() => reader.Read();

    public string? Text(string name) => Value(name) as string;

    public string Must(string name) => (string)Value(name);

    /// <summary>A text as the database's bytes, UTF-8: what is parsed at once needs no string. Null where the column is.</summary>
    public byte[]? Utf8(string name) => places.Of(name, reader) is var place && reader.IsDBNull(place) ? null : reader.GetFieldValue<byte[]>(place);

    public long Long(string name) => Long(Value(name));

    public long? LongOrNull(string name) => Value(name) is var value and not DBNull ? Long(value) : null;

    public int Int(string name) => checked((int)Long(name));

    /// <summary>NaN where the column is null.</summary>
    public double Double(string name) => Value(name) is double value ? value : double.NaN;

    public bool Flag(string name) => Long(name) != 0;

    public DateTimeOffset Instant(string name) => DateTimeOffset.FromUnixTimeMilliseconds(Long(name));

    public DateTimeOffset? InstantOrNull(string name) =>
        LongOrNull(name) is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    public T Json<T>(string name) =>
        JsonSerializer.Deserialize<T>(Must(name), CatalogJson.Compact)
            ?? throw new InvalidDataException($"Column '{name}' holds null where a {typeof(T).Name} belongs.");

    public T? WordOrNull<T>(string name) where T : struct, Enum => Text(name) is { } word ? Columns.Value<T>(word) : null;

    public void Dispose() => reader.Dispose();

    private object Value(string name) => reader.GetValue(places.Of(name, reader));

    // PostgreSQL's sums of whole numbers are decimals.
    private static long Long(object value) => value is long number ? number : Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
