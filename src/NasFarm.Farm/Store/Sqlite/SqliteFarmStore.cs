using Microsoft.Data.Sqlite;
using NasFarm.Farm.Store.Scripts;

namespace NasFarm.Farm.Store.Sqlite;

/// <summary>The store of one machine: a SQLite file in WAL mode, written durably by one transaction at a time. Any number of processes
/// of this machine may open it. The database's clock is this machine's, read once the write lock is held.</summary>
public sealed class SqliteFarmStore : SqlFarmStore
{
    // Result codes of SQLite after which the same call may succeed.
    private const int Busy = 5, Locked = 6, InputOutput = 10, Full = 13;

    private readonly SqliteConnection writer;
    private readonly SqliteConnection reader;
    private readonly SemaphoreSlim writing = new(1);
    private readonly SemaphoreSlim reading = new(1);
    private readonly TimeProvider time;
    private readonly TaskScheduler worker;
    private readonly Dictionary<string, PreparedStatement> preparedWrites = [];
    private readonly Dictionary<string, PreparedStatement> preparedReads = [];

    private SqliteFarmStore(SqliteConnection writer, SqliteConnection reader, TimeProvider time, TaskScheduler worker) =>
        (this.writer, this.reader, this.time, this.worker) = (writer, reader, time, worker);

    /// <summary>Opens or creates the file and brings its schema up to date.
    /// Throws <see cref="StoreUnusableException"/> on a network file system, on a newer schema and on a file that is no such database.</summary>
    /// <param name="path">Path of the database file; its folder must exist.</param>
    /// <param name="time">Source of the database's clock.</param>
    /// <param name="busy">How long a transaction waits for another process's.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="worker">Where transactions run. Default: the thread pool.</param>
    public static async Task<SqliteFarmStore> OpenAsync(
        string path, TimeProvider time, TimeSpan? busy = null, CancellationToken cancel = default, TaskScheduler? worker = null)
    {
        if (NetworkFileSystem.Find(path) is { } type)
        {
            throw new StoreUnusableException(
                $"The store {path} lies on a network file system ({type}), where SQLite's locks and fsync cannot be trusted. Put it on a local disk.");
        }
        SqliteLibrary.Load();
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            DefaultTimeout = (int)Math.Ceiling((busy ?? TimeSpan.FromSeconds(30)).TotalSeconds),
            Pooling = false,
        }.ToString();
        var writer = new SqliteConnection(settings);
        var reader = new SqliteConnection(settings);
        var store = new SqliteFarmStore(writer, reader, time, worker ?? TaskScheduler.Default);
        try
        {
            await Task.Run(() =>
            {
                Prepare(writer);
                SqliteMigrations.Apply(writer, path);
                Prepare(reader);
            }, cancel).ConfigureAwait(false);
            return store;
        }
        catch (Exception e)
        {
            await store.DisposeAsync().ConfigureAwait(false);
            if (e is SqliteException sqlite)
                throw new StoreUnusableException($"The store {path} cannot be opened: {sqlite.Message}", sqlite);
            throw;
        }
    }

    /// <summary>A store in memory, gone with its connection, for one thread: reads and writes share the connection.</summary>
    internal static SqliteFarmStore InMemory(TimeProvider time, TaskScheduler worker, out SqliteConnection connection)
    {
        SqliteLibrary.Load();
        connection = new SqliteConnection("Data Source=:memory:");
        Prepare(connection);
        SqliteMigrations.Apply(connection, ":memory:");
        return new(connection, connection, time, worker);
    }

    /// <summary>How far the schema of a file is, without changing it. Throws <see cref="StoreUnusableException"/> on a file that is no store.</summary>
    public static SchemaLevel ReadSchema(string path)
    {
        if (!File.Exists(path))
            return new(0, Migrations.NumberedMigrations.Of("sqlite").Count);
        SqliteLibrary.Load();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return SqliteMigrations.Read(connection, path);
        }
        catch (SqliteException e)
        {
            throw new StoreUnusableException($"The store {path} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Closes the file.</summary>
    public override async ValueTask DisposeAsync()
    {
        foreach (var statement in preparedWrites.Values.Concat(preparedReads.Values))
            await statement.Command.DisposeAsync().ConfigureAwait(false);
        await reader.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
        reading.Dispose();
        writing.Dispose();
    }

    private static void Prepare(SqliteConnection connection)
    {
        connection.Open();
        SqliteLibrary.KeepPlans(connection);
        using var pragma = connection.CreateCommand();
        // FULL: a committed row survives the loss of power, not only of the process.
        pragma.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";
        pragma.ExecuteNonQuery();
    }

    /// <summary>BEGIN IMMEDIATE: the write lock is taken before the first statement, so that what a script reads stays true until its commit.</summary>
    private protected override Task<T> WriteCore<T>(FarmLock held, Func<SqlSession, T> script, CancellationToken cancel) =>
        Transact(writer, writing, preparedWrites, deferred: false, script, cancel);

    private protected override Task<T> ReadCore<T>(Func<SqlSession, T> script, CancellationToken cancel) =>
        Transact(reader, reading, preparedReads, deferred: true, script, cancel);

    private async Task<T> Transact<T>(
        SqliteConnection connection, SemaphoreSlim turn, Dictionary<string, PreparedStatement> prepared, bool deferred, Func<SqlSession, T> script,
        CancellationToken cancel)
    {
        await turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await Task.Factory.StartNew(() =>
            {
                using var sql = SqliteSession.Begin(connection, prepared, deferred, time);
                var result = script(sql);
                sql.Commit();
                return result;
            }, CancellationToken.None, TaskCreationOptions.DenyChildAttach, worker).ConfigureAwait(false);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Busy or Locked or InputOutput or Full)
        {
            throw new StoreUnavailableException($"The store {connection.DataSource} does not answer: {e.Message}", e);
        }
        finally
        {
            turn.Release();
        }
    }
}
