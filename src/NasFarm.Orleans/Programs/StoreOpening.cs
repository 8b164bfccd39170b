using System.Globalization;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Orleans.Schema;
using Npgsql;

namespace NasFarm.Orleans.Programs;

/// <summary>What each role does first: finds the database, and its tables at the level that this program knows.</summary>
internal static class StoreOpening
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>The farm's memory and the cluster's, which are one database, with their tables. Throws <see cref="StoreUnavailableException"/> when the
    /// database, or another process that is to make the tables, takes longer than <see cref="SiloSettings.StartSeconds"/>, and
    /// <see cref="StoreUnusableException"/> as <see cref="PostgresFarmStore.OpenAsync"/> does.</summary>
    public static async Task<(PostgresFarmStore Store, string OrleansConnection)> OpenAsync(SiloSettings settings, FarmLines lines, CancellationToken cancel)
    {
        var connection = SiloProgram.OrleansConnection(settings.Store!);
        await WaitAsync(settings, connection, lines, TimeProvider.System, cancel);
        // The farm's tables first: they are made in an empty schema.
        var store = await PostgresFarmStore.OpenAsync(settings.Store!, TimeProvider.System, cancel: cancel);
        await OrleansSchema.ApplyAsync(connection, cancel);
        return (store, connection);
    }

    /// <summary>How far the tables are, as soon as the database answers.</summary>
    public static async Task<TableLevels> ReadAsync(SiloSettings settings, string connection, TimeSpan wait, CancellationToken cancel)
    {
        var farm = await PostgresFarmStore.ReadSchemaAsync(settings.Store!, TimeProvider.System, wait, cancel);
        await using var source = NpgsqlDataSource.Create(connection);
        return new(farm, new(await OrleansSchema.ReadLevelAsync(source, cancel), OrleansSchema.Known));
    }

    private static async Task WaitAsync(SiloSettings settings, string connection, FarmLines lines, TimeProvider time, CancellationToken cancel)
    {
        var (began, most) = (time.GetTimestamp(), TimeSpan.FromSeconds(settings.StartSeconds));
        var waits = new Seldom(time, text => lines.Say("waits", text));
        while (true)
        {
            var left = most - time.GetElapsedTime(began);
            var levels = await ReadAsync(settings, connection, left > TimeSpan.Zero ? left : TimeSpan.Zero, cancel);
            if (!settings.AwaitsTables || !levels.AreBehind)
                return;
            if (time.GetElapsedTime(began) + BetweenLooks >= most)
            {
                throw new StoreUnavailableException(string.Create(CultureInfo.InvariantCulture,
                    $"Nobody has made the tables within {most.TotalSeconds:0} s: {levels}. Run nasfarm-silo once with the role migrate, or let this one make them (tables: make)."));
            }
            waits.Say($"for the tables: {levels}");
            await Task.Delay(BetweenLooks, time, cancel);
        }
    }
}
