using System.Text.Json;
using NasFarm.Catalog;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>How values stand in columns.</summary>
internal static class Columns
{
    public static string Json<T>(T value) => JsonSerializer.Serialize(value, CatalogJson.Compact);

    /// <summary>Stable kebab-case word of an enumeration value.</summary>
    public static string Word<T>(T value) where T : struct, Enum => Words<T>.ByValue[value];

    /// <summary>The value of a word. Throws <see cref="InvalidDataException"/> when it is none of them.</summary>
    public static T Value<T>(string word) where T : struct, Enum =>
        Words<T>.ByWord.TryGetValue(word, out var value) ? value
            : throw new InvalidDataException($"The store holds '{word}' where a {typeof(T).Name} belongs: {string.Join(", ", Words<T>.ByWord.Keys)}.");

    private static class Words<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue =
            Enum.GetValues<T>().Distinct().ToDictionary(value => value, value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> ByWord = ByValue.ToDictionary(pair => pair.Value, pair => pair.Key);
    }
}
