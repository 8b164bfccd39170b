using NasFarm.Farm.Store.Migrations;
using Npgsql;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>Brings a schema of a database to the newest level. The table <c>nasfarm_schema</c> tells how many migrations it has had;
/// an advisory lock lets one process at a time change it.</summary>
internal static class PostgresMigrations
{
    private const int MigrationKey = 2;

    /// <summary>Level of the current schema. Throws <see cref="StoreUnusableException"/> when it holds another program's tables.</summary>
    public static SchemaLevel Read(NpgsqlConnection connection, string store)
    {
        var schema = Scalar(connection, "SELECT current_schema()") as string ?? throw new StoreUnusableException(
            $"The store {store} has no schema to work in: none that its search path names exists. Create it, or name another.");
        var known = NumberedMigrations.Of("postgres").Count;
        if (Count(connection, "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'nasfarm_schema'") > 0)
            return new((int)Count(connection, "SELECT level FROM nasfarm_schema"), known);
        return Count(connection, "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()") == 0
            ? new(0, known)
            : throw new StoreUnusableException(
                $"The schema {schema} of {store} holds tables of another program. Name another database, or an empty schema with Search Path.");
    }

    /// <summary>Applies what is missing, each process after the other, all of it in one transaction.
    /// Throws <see cref="StoreUnusableException"/> when the store is newer than this program, or its user may not change it.</summary>
    public static void Apply(NpgsqlConnection connection, string store)
    {
        var schema = Read(connection, store);
        NumberedMigrations.MustKnow(store, schema);
        if (schema.Level == schema.Known)
            return;
        try
        {
            using var transaction = connection.BeginTransaction();
            Execute(connection, FormattableString.Invariant($"SELECT pg_advisory_xact_lock({PostgresSession.LockClass}, {MigrationKey})"));
            schema = Read(connection, store);
            foreach (var migration in NumberedMigrations.Of("postgres").Skip(schema.Level))
                Execute(connection, migration);
            Execute(connection, schema.Level == 0
                ? FormattableString.Invariant($"CREATE TABLE nasfarm_schema (level INTEGER NOT NULL); INSERT INTO nasfarm_schema VALUES ({schema.Known})")
                : FormattableString.Invariant($"UPDATE nasfarm_schema SET level = {schema.Known}"));
            transaction.Commit();
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StoreUnusableException(
                $"The store {store} has schema {schema.Level}, this NasFarm needs {schema.Known}, and its user may not change it ({e.MessageText}). Run 'nasfarm db migrate' as the user that owns it.", e);
        }
    }

    private static long Count(NpgsqlConnection connection, string sql) =>
        Convert.ToInt64(Scalar(connection, sql), System.Globalization.CultureInfo.InvariantCulture);

    private static object? Scalar(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }

    private static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
