using System.Text.Json;
using NasFarm.Server.Access;

namespace NasFarm.Server.Api;

/// <summary>Words of a query.</summary>
internal static class Words
{
    /// <summary>The value of a kebab-case word; null where there is none. Throws <see cref="RefusedException"/> with the words that there are.</summary>
    public static T? Read<T>(string? word, string parameter) where T : struct, Enum
    {
        if (word is null)
            return null;
        var known = Enum.GetValues<T>().ToDictionary(value => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()));
        return known.TryGetValue(word, out var value) ? value
            : throw RefusedException.Invalid("bad-word", $"{parameter} is '{RefusedException.Short(word)}'; it must be {string.Join(", ", known.Keys)}.");
    }
}
