using System.Reflection;

namespace NasFarm.Farm.Store.Migrations;

/// <summary>Numbered changes of the schema, embedded as <c>sqlite-NNNN.sql</c> and <c>postgres-NNNN.sql</c>. One that has been released is
/// never edited: a database remembers only how many it has had.</summary>
internal static class NumberedMigrations
{
    /// <summary>The texts of a dialect, the first one first.</summary>
    public static IReadOnlyList<string> Of(string dialect)
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(dialect + "-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            })];
    }

    /// <summary>Throws <see cref="StoreUnusableException"/> when a newer program has written the store.</summary>
    /// <param name="store">Where it is, for the message.</param>
    public static void MustKnow(string store, SchemaLevel schema)
    {
        if (schema.Level > schema.Known)
        {
            throw new StoreUnusableException(
                $"The store {store} has schema {schema.Level}, written by a newer NasFarm; this one knows schemas up to {schema.Known}. Update NasFarm or name another store.");
        }
    }
}
