using System.Globalization;
using NasFarm.Farm.Store.Scripts;
using NasFarm.Farm.Telemetry;
using Npgsql;

namespace NasFarm.Farm.Store.Postgres;

/// <summary>The store of a lab: one PostgreSQL for any number of processes on any number of machines, many of them writing at once.
/// Every write of an attempt locks its unit's row at its fence first; commands of people take the farm for themselves
/// (<see cref="FarmLock"/>). Leases use the server's clock.
/// <para>When the connection is lost or the server is away, a call is tried again until its wait is over, and then throws
/// <see cref="StoreUnavailableException"/>. A lost answer to a commit is safe: accepting repeats itself, commands know their operation id,
/// a claim finds the unit that its first try was granted, rows and completions of one fence say the same twice, and the end of an attempt
/// answers that the fence is lost, because it has ended already.</para></summary>
public sealed class PostgresFarmStore : SqlFarmStore
{
    /// <summary>How long a call waits for a server that is away: half a usual lease. A server that hangs may take as long again.</summary>
    public static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50), LongestPause = TimeSpan.FromSeconds(1);

    private readonly PostgresAddress address;
    private readonly TimeProvider time;
    private readonly TimeSpan wait;
    private readonly NpgsqlDataSource source;
    private readonly PostgresConnections connections;
    private readonly PostgresGroup claims, writes;

    private PostgresFarmStore(PostgresAddress address, TimeProvider time, TimeSpan wait)
    {
        (this.address, this.time, this.wait) = (address, time, wait);
        source = NpgsqlDataSource.Create(address.Connection(wait));
        connections = new(source, address.MostConnections);
        StoreMeter.Watch(connections);
        claims = new(FarmLock.None, Persist);
        writes = new(FarmLock.Shared, Persist);
    }

    /// <summary>Connects and brings the schema up to date, one process at a time.
    /// Throws <see cref="ArgumentException"/> for an address that cannot be read, <see cref="StoreUnusableException"/> when the server refuses,
    /// allows too few connections, or holds a newer schema or another program's tables, <see cref="StoreUnavailableException"/> when it does not answer.</summary>
    /// <param name="address"><c>postgres://user:password@host:port/database</c> or an Npgsql connection string.</param>
    /// <param name="time">For pauses between tries; leases use the server's clock.</param>
    /// <param name="wait">How long a call waits for a server that is away; null: <see cref="UsualWait"/>.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<PostgresFarmStore> OpenAsync(string address, TimeProvider time, TimeSpan? wait = null, CancellationToken cancel = default)
    {
        var store = new PostgresFarmStore(PostgresAddress.Parse(address), time, wait ?? UsualWait);
        try
        {
            await store.MeetAsync(connection =>
            {
                PostgresMigrations.Apply(connection, store.address.ToString());
                store.MustAllowConnections(connection);
                return true;
            }, cancel).ConfigureAwait(false);
            return store;
        }
        catch (Exception)
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How far the schema is, without changing it. Throws as <see cref="OpenAsync"/> does.</summary>
    public static async Task<SchemaLevel> ReadSchemaAsync(string address, TimeProvider time, TimeSpan? wait = null, CancellationToken cancel = default)
    {
        await using var store = new PostgresFarmStore(PostgresAddress.Parse(address), time, wait ?? UsualWait);
        return await store.MeetAsync(connection => PostgresMigrations.Read(connection, store.address.ToString()), cancel).ConfigureAwait(false);
    }

    /// <summary>Ends what is queued and closes every connection.</summary>
    public override async ValueTask DisposeAsync()
    {
        StoreMeter.Forget(connections);
        await connections.DisposeAsync().ConfigureAwait(false);
        await source.DisposeAsync().ConfigureAwait(false);
    }

    private protected override Task<T> WriteCore<T>(FarmLock held, Func<SqlSession, T> script, CancellationToken cancel) =>
        Persist(connection => Transact(PostgresSession.Write(connection, held), script), cancel);

    private protected override Task<T> WriteTogetherCore<T>(FarmLock held, string key, Func<SqlSession, ValueTask<T>> script, CancellationToken cancel) =>
        (held == FarmLock.None ? claims : writes).Join(key, script, cancel);

    private protected override Task<T> ReadCore<T>(Func<SqlSession, T> script, CancellationToken cancel) =>
        Persist(connection => Transact(PostgresSession.Read(connection), script), cancel);

    private static T Transact<T>(PostgresSession sql, Func<SqlSession, T> script)
    {
        var result = script(sql);
        sql.Commit();
        return result;
    }

    /// <summary>Tries until it works, fails for good, or the wait is over. The first pause is none: after a restart of the server every
    /// connection that was idle is found dead at its next use.</summary>
    private async Task<T> Persist<T>(Func<NpgsqlConnection, T> job, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        for (var pause = TimeSpan.Zero; ; pause = pause < ShortestPause ? ShortestPause : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks)))
        {
            try
            {
                return await connections.Run(job, cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresTrouble.Passes(e))
            {
                if (time.GetElapsedTime(began) + pause >= wait)
                {
                    throw new StoreUnavailableException(string.Create(CultureInfo.InvariantCulture,
                        $"The store, {address}, has not answered for {time.GetElapsedTime(began).TotalSeconds:0} s: {PostgresTrouble.Say(e)}. What is in it is safe; try again when it is back."), e);
                }
            }
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The first contact: what the server refuses now it will refuse again.</summary>
    private async Task<T> MeetAsync<T>(Func<NpgsqlConnection, T> job, CancellationToken cancel)
    {
        try
        {
            return await Persist(job, cancel).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            throw new StoreUnusableException($"The store, {address}, cannot be opened: {PostgresTrouble.Say(e)}.", e);
        }
    }

    private void MustAllowConnections(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int", connection);
        var allowed = (int)command.ExecuteScalar()!;
        if (address.MostConnections >= allowed)
        {
            throw new StoreUnusableException(string.Create(CultureInfo.InvariantCulture,
                $"This process may open {address.MostConnections} connections and the server of {address} allows {allowed} to everybody. Set Maximum Pool Size below that, or raise max_connections."));
        }
    }
}
