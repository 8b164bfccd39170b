using System.Text.Json;
using NasFarm.Catalog;

namespace NasFarm.Farm.Store.Scripts;

/// <summary>Commands of people, each recorded with its effect under an operation id: a repeated one answers the same and does nothing.</summary>
internal static class Operations
{
    /// <param name="sql">The transaction.</param>
    /// <param name="operationId">Of the command.</param>
    /// <param name="what">The command in words: one id cannot name two.</param>
    /// <param name="command">Does it. Null: what it is about does not exist.</param>
    /// <param name="tookEffect">Was anything done? What was refused is not recorded. Null: always.</param>
    public static T? Once<T>(SqlSession sql, string operationId, string what, Func<T?> command, Func<T, bool>? tookEffect = null) where T : class
    {
        if (Known(sql, operationId) is { } known)
        {
            return known.What == what
                ? Read<T>(known.Effect)
                : throw new InvalidDataException($"Operation id '{operationId}' was used for '{known.What}' and cannot name '{what}' too.");
        }
        var effect = command();
        if (effect is not null && tookEffect?.Invoke(effect) != false)
        {
            sql.Post("INSERT INTO operation (operation_id, kind, at, effect) VALUES (@id, @kind, @now, @effect)",
                ("@id", operationId), ("@kind", what), ("@now", sql.Now), ("@effect", Columns.Json(effect)));
        }
        return effect;
    }

    /// <summary>What a deletion answered whose sweep is not there to be named any more. Null: the id names no deletion.</summary>
    public static DeleteReport? Deletion(SqlSession sql, string operationId) =>
        Known(sql, operationId) is { } known && known.What.StartsWith(SweepDeletion.Verb, StringComparison.Ordinal) ? Read<DeleteReport>(known.Effect) : null;

    private sealed record Recorded(string What, string Effect);

    private static Recorded? Known(SqlSession sql, string operationId) => sql.First(
        "SELECT kind, effect FROM operation WHERE operation_id = @id", row => new Recorded(row.Must("kind"), row.Must("effect")), ("@id", operationId));

    private static T? Read<T>(string effect) => JsonSerializer.Deserialize<T>(effect, CatalogJson.Compact);
}
