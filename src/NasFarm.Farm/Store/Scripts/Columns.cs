using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;

namespace NasFarm.Farm.Store.Scripts;

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
