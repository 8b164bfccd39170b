using System.Data;
using Microsoft.Data.Sqlite;
using NasFarm.Catalog.Results;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store.Scripts;

namespace NasFarm.Farm.Store;

/// <summary>The store of one machine: a SQLite file in WAL mode, written durably by one transaction at a time. Any number of processes
/// of this machine may open it. The database's clock is this machine's, read once the write lock is held.</summary>
public sealed class SqliteFarmStore : IFarmStore
{
    // Result codes of SQLite after which the same call may succeed.
    private const int Busy = 5, Locked = 6, InputOutput = 10, Full = 13;
    private readonly SqliteConnection writer;
    private readonly SqliteConnection reader;
    private readonly SemaphoreSlim writing = new(1);
    private readonly SemaphoreSlim reading = new(1);
    private readonly TimeProvider time;
    private readonly TaskScheduler worker;

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
        SQLitePCL.Batteries_V2.Init();
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
                SqliteMigrations.Apply(writer, path, time);
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

    /// <inheritdoc/>
    public Task<AcceptReport> AcceptAsync(SweepPlan plan, CancellationToken cancel = default) => Write(sql => AcceptSweep.Accept(sql, plan), cancel);

    /// <inheritdoc/>
    public Task<AcceptReport> PreviewAsync(SweepPlan plan, CancellationToken cancel = default) => Read(sql => AcceptSweep.Preview(sql, plan), cancel);

    /// <inheritdoc/>
    public Task<CancelReport?> CancelSweepAsync(string sweepId, string operationId, CancellationToken cancel = default) =>
        Write(sql => SweepCommands.Cancel(sql, sweepId, operationId), cancel);

    /// <inheritdoc/>
    public Task<RetryReport?> RetryFailedAsync(string sweepId, string operationId, CancellationToken cancel = default) =>
        Write(sql => SweepCommands.RetryFailed(sql, sweepId, operationId), cancel);

    /// <inheritdoc/>
    public Task<Claim?> ClaimAsync(IReadOnlyList<string> unitsByRank, SlotInfo slot, TimeSpan lease, CancellationToken cancel = default) =>
        Write(sql => Ownership.Claim(sql, unitsByRank, slot, lease), cancel);

    /// <inheritdoc/>
    public Task<FenceAnswer> RenewAsync(AttemptKey attempt, TimeSpan lease, CancellationToken cancel = default) =>
        Write(sql => Ownership.Renew(sql, attempt, lease), cancel);

    /// <inheritdoc/>
    public Task<FenceAnswer> PreemptAsync(AttemptKey victim, string forUnit, CancellationToken cancel = default) =>
        Write(sql => Ownership.Preempt(sql, victim, forUnit), cancel);

    /// <inheritdoc/>
    public Task SetTenantAsync(TenantShare share, CancellationToken cancel = default) => Write(sql =>
    {
        TenantRows.Set(sql, share);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public Task<FenceAnswer> RecordStartedAsync(AttemptKey attempt, TrainerEvent.Started started, CancellationToken cancel = default) =>
        Write(sql => AttemptWrites.Started(sql, attempt, started), cancel);

    /// <inheritdoc/>
    public Task<FenceAnswer> AppendAsync(AttemptKey attempt, IReadOnlyList<TrainerEvent> rows, CancellationToken cancel = default) =>
        Write(sql => AttemptWrites.Append(sql, attempt, rows), cancel);

    /// <inheritdoc/>
    public Task<FenceAnswer> CompleteAsync(AttemptKey attempt, TrainerEvent.Done done, IReadOnlyList<string> log, CancellationToken cancel = default) =>
        Write(sql => AttemptWrites.Complete(sql, attempt, done, log), cancel);

    /// <inheritdoc/>
    public Task<AttemptEnding> EndAttemptAsync(
        AttemptKey attempt, FailureReason reason, string message, IReadOnlyList<string> log, CancellationToken cancel = default) =>
        Write(sql => Ownership.End(sql, attempt, reason, message, log), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ExpiredLease>> ExpireLeasesAsync(CancellationToken cancel = default) => Write(Ownership.Expire, cancel);

    /// <inheritdoc/>
    public Task<bool> TryCoordinateAsync(string owner, TimeSpan lease, CancellationToken cancel = default) =>
        Write(sql => Ownership.TryCoordinate(sql, owner, lease), cancel);

    /// <inheritdoc/>
    public Task AnnounceSlotsAsync(IReadOnlyList<SlotInfo> slots, TimeSpan lease, CancellationToken cancel = default) => Write(sql =>
    {
        Ownership.AnnounceSlots(sql, slots, lease);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public Task<FarmSnapshot> ReadSnapshotAsync(int? mostOffers = null, string? pool = null, CancellationToken cancel = default) =>
        Read(sql => SnapshotReading.Snapshot(sql, mostOffers, pool), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UnitArtifacts>> ReadArtifactsAsync(DateTimeOffset? endsBefore = null, CancellationToken cancel = default) =>
        Read(sql => ArtifactRows.Collectable(sql, endsBefore), cancel);

    /// <inheritdoc/>
    public Task MarkCollectedAsync(IReadOnlyList<ArtifactRow> rows, CancellationToken cancel = default) => Write(sql =>
    {
        ArtifactRows.MarkCollected(sql, rows);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> ReferencedPathsAsync(IReadOnlyList<string> paths, CancellationToken cancel = default) =>
        Read(sql => ArtifactRows.Referenced(sql, paths), cancel);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SweepSummary>> ListSweepsAsync(CancellationToken cancel = default) => Read(SweepReading.List, cancel);

    /// <inheritdoc/>
    public Task<SweepCounts?> ReadCountsAsync(string sweepId, CancellationToken cancel = default) => Read(sql => SweepReading.Counts(sql, sweepId), cancel);

    /// <inheritdoc/>
    public Task<SweepStatus?> ReadSweepAsync(string sweepId, CancellationToken cancel = default) => Read(sql => SweepReading.Status(sql, sweepId), cancel);

    /// <inheritdoc/>
    public Task<RunDetails?> ReadRunAsync(string runId, CancellationToken cancel = default) => Read(sql => RunReading.Details(sql, runId), cancel);

    /// <inheritdoc/>
    public Task<SweepResult?> ReadResultAsync(string sweepId, TableLookUp? table = null, CancellationToken cancel = default) =>
        Read(sql => ResultReading.Result(sql, sweepId, table), cancel);

    /// <inheritdoc/>
    public Task<string?> EffectiveHistoryAsync(string runId, CancellationToken cancel = default) => Read(sql => ResultReading.History(sql, runId), cancel);

    /// <summary>Closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await reader.DisposeAsync().ConfigureAwait(false);
        await writer.DisposeAsync().ConfigureAwait(false);
        reading.Dispose();
        writing.Dispose();
    }

    private static void Prepare(SqliteConnection connection)
    {
        connection.Open();
        using var pragma = connection.CreateCommand();
        // FULL: a committed row survives the loss of power, not only of the process.
        pragma.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";
        pragma.ExecuteNonQuery();
    }

    /// <summary>BEGIN IMMEDIATE: the write lock is taken before the first statement, so that what a script reads stays true until its commit.</summary>
    private Task<T> Write<T>(Func<SqlSession, T> script, CancellationToken cancel) => Transact(writer, writing, deferred: false, script, cancel);

    private Task<T> Read<T>(Func<SqlSession, T> script, CancellationToken cancel) => Transact(reader, reading, deferred: true, script, cancel);

    private async Task<T> Transact<T>(
        SqliteConnection connection, SemaphoreSlim turn, bool deferred, Func<SqlSession, T> script, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            return await Task.Factory.StartNew(() =>
            {
                using var transaction = connection.BeginTransaction(IsolationLevel.Serializable, deferred);
                using var sql = new SqlSession(connection, transaction, time.GetUtcNow().ToUnixTimeMilliseconds());
                var result = script(sql);
                transaction.Commit();
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

/// <summary>A store cannot be opened. The message names the file, what is wrong and what to do.</summary>
public sealed class StoreUnusableException(string message, Exception? inner = null) : Exception(message, inner);
