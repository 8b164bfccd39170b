using System.Globalization;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace NasFarm.Farm.Store;

/// <summary>Numbered changes of the schema, embedded as <c>sqlite-NNNN.sql</c>; the file's <c>user_version</c> tells how many it has had.</summary>
internal static class SqliteMigrations
{
    /// <summary>"NFRM": tells our files from other SQLite files.</summary>
    private const int ApplicationId = 0x4E46524D;

    public static void Apply(SqliteConnection connection, string path, TimeProvider time)
    {
        var migrations = All();
        using var transaction = connection.BeginTransaction(System.Data.IsolationLevel.Serializable, deferred: false);
        using var sql = new SqlSession(connection, transaction, time.GetUtcNow().ToUnixTimeMilliseconds());
        var owner = Pragma(sql, "application_id");
        var version = Pragma(sql, "user_version");
        var empty = !sql.Any("SELECT 1 FROM sqlite_master");
        if (owner != ApplicationId && !empty)
            throw new StoreUnusableException($"{path} is a SQLite file of another program. Name another file.");
        if (version > migrations.Count)
        {
            throw new StoreUnusableException(
                $"The store {path} has schema {version}, written by a newer NasFarm; this one knows schemas up to {migrations.Count}. Update NasFarm or name another file.");
        }
        foreach (var migration in migrations.Skip((int)version))
            sql.Execute(migration);
        sql.Execute($"PRAGMA application_id = {ApplicationId.ToString(CultureInfo.InvariantCulture)}");
        sql.Execute($"PRAGMA user_version = {migrations.Count.ToString(CultureInfo.InvariantCulture)}");
        transaction.Commit();
    }

    private static List<string> All()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("sqlite-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            })];
    }

    private static long Pragma(SqlSession sql, string name) => sql.Query($"PRAGMA {name}", row => row.GetInt64(0)).Single();
}
