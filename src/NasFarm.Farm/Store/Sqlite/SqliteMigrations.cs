using System.Globalization;
using Microsoft.Data.Sqlite;
using NasFarm.Farm.Store.Migrations;

namespace NasFarm.Farm.Store.Sqlite;

/// <summary>Brings a SQLite file to the newest schema; its <c>user_version</c> tells how many migrations it has had.</summary>
internal static class SqliteMigrations
{
    /// <summary>"NFRM": tells our files from other SQLite files.</summary>
    private const int ApplicationId = 0x4E46524D;

    /// <summary>Throws <see cref="StoreUnusableException"/> when the file is another program's.</summary>
    public static SchemaLevel Read(SqliteConnection connection, string path)
    {
        var empty = Number(connection, "SELECT COUNT(*) FROM sqlite_master") == 0;
        if (!empty && Number(connection, "PRAGMA application_id") != ApplicationId)
            throw new StoreUnusableException($"{path} is a SQLite file of another program. Name another file.");
        return new((int)Number(connection, "PRAGMA user_version"), NumberedMigrations.Of("sqlite").Count);
    }

    public static void Apply(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        var schema = Read(connection, path);
        NumberedMigrations.MustKnow(path, schema);
        foreach (var migration in NumberedMigrations.Of("sqlite").Skip(schema.Level))
            Execute(connection, migration);
        Execute(connection, $"PRAGMA application_id = {ApplicationId.ToString(CultureInfo.InvariantCulture)}");
        Execute(connection, $"PRAGMA user_version = {schema.Known.ToString(CultureInfo.InvariantCulture)}");
        transaction.Commit();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
