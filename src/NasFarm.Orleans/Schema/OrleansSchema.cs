using System.Data;
using System.Globalization;
using System.Reflection;
using NasFarm.Farm.Store;
using Npgsql;

namespace NasFarm.Orleans.Schema;

/// <summary>The tables and statements that Orleans' ADO.NET providers need in PostgreSQL, as numbered changes (<c>orleans-NNNN.sql</c>).
/// One that has been released is never edited. They live in the first schema of the connection's search path; the table
/// <c>orleans_schema</c> tells how many it has had, and an advisory lock lets one process at a time change it. A farm's own tables may be
/// in the same schema if they were made first, for the farm takes no schema that holds another program's tables.</summary>
public static class OrleansSchema
{
    // The farm's class of advisory keys (NFRM); it uses 1 and 2.
    private const int LockClass = 0x4E46524D, LockKey = 3;

    /// <summary>The level that this program makes, in numbered changes.</summary>
    public static int Known => Changes.Count;

    private static IReadOnlyList<string> Changes { get; } = ReadChanges();

    /// <summary>Brings a database to the newest level, or leaves it as it is when it is there. Without something to change it only reads,
    /// so a silo's role needs no right to make tables.</summary>
    /// <param name="address">Connection string of Npgsql.</param>
    /// <exception cref="StoreUnusableException">The database is newer than this program, holds another program's Orleans tables, or its
    /// role may not change it.</exception>
    public static async Task ApplyAsync(string address, CancellationToken cancel = default)
    {
        await using var source = NpgsqlDataSource.Create(address);
        await ApplyAsync(source, cancel);
    }

    /// <inheritdoc cref="ApplyAsync(string, CancellationToken)"/>
    public static async Task ApplyAsync(NpgsqlDataSource source, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        if (await LevelAsync(connection, cancel) == Known)
            return;
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel);
            await ExecuteAsync(connection, FormattableString.Invariant($"SELECT pg_advisory_xact_lock({LockClass}, {LockKey})"), cancel);
            var level = await LevelAsync(connection, cancel);
            foreach (var change in Changes.Skip(level))
                await ExecuteAsync(connection, change, cancel);
            await ExecuteAsync(connection, level == 0
                ? FormattableString.Invariant($"CREATE TABLE orleans_schema (level INTEGER NOT NULL); INSERT INTO orleans_schema VALUES ({Known})")
                : FormattableString.Invariant($"UPDATE orleans_schema SET level = {Known}"), cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new StoreUnusableException(
                $"{Place(connection)} lacks Orleans' tables of level {Known}, and its role may not make them ({e.MessageText}). Make them as the role that owns the schema.", e);
        }
    }

    /// <summary>Level of the current schema, which is not changed; 0: it has had none. Throws <see cref="StoreUnusableException"/> when it cannot be used.</summary>
    public static async Task<int> ReadLevelAsync(NpgsqlDataSource source, CancellationToken cancel = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancel);
        return await LevelAsync(connection, cancel);
    }

    /// <summary>Level of the current schema; 0: it has had none. Throws <see cref="StoreUnusableException"/> when it cannot be used.</summary>
    private static async Task<int> LevelAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (!await IsTrueAsync(connection, "SELECT current_schema() IS NOT NULL", cancel))
            throw new StoreUnusableException($"{Place(connection)} has no schema to work in: none that its search path names exists. Create it, or name another.");
        // One statement: between two another silo may have made them all.
        var (ours, anybodys) = (HasTable("orleans_schema"), HasTable("orleansquery"));
        if (await IsTrueAsync(connection, $"SELECT {anybodys} AND NOT {ours}", cancel))
            throw new StoreUnusableException($"{Place(connection)} holds Orleans tables that another program made. Name another database, or an empty schema with Search Path.");
        if (!await IsTrueAsync(connection, $"SELECT {ours}", cancel))
            return 0;
        await using var command = new NpgsqlCommand("SELECT level FROM orleans_schema", connection);
        var level = Convert.ToInt32(await command.ExecuteScalarAsync(cancel), CultureInfo.InvariantCulture);
        return level <= Known ? level : throw new StoreUnusableException(
            $"{Place(connection)} has Orleans tables of level {level}, made by a newer NasFarm; this one knows levels up to {Known}. Update NasFarm or name another database.");
    }

    private static string HasTable(string table) => $"EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = '{table}')";

    private static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Names the database without its password.</summary>
    private static string Place(NpgsqlConnection connection) =>
        FormattableString.Invariant($"The PostgreSQL database {connection.Database} on {connection.Host}:{connection.Port}");

    private static List<string> ReadChanges()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("orleans-", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return reader.ReadToEnd();
            })];
    }
}
