using System.Globalization;
using NasFarm.Farm.Tests.Store.Postgres;
using Npgsql;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace NasFarm.Orleans.Tests.Schema;

/// <summary>What grains remember: one row for a grain, and one winner of every race, through the provider that silos use.</summary>
[Collection(PostgresCollection.Name)]
public sealed class GrainStorageTests(SharedPostgres shared) : IAsyncLifetime
{
    private const string Kind = "note";

    private NpgsqlDataSource source = null!;
    private string address = "";
    private IGrainStorage storage = null!;

    public async Task InitializeAsync()
    {
        if (PostgresServer.Absent is not null)
            return;
        address = await shared.Server.NewTablesAsync();
        source = NpgsqlDataSource.Create($"{address};Maximum Pool Size=12");
        storage = await Providers.StorageAsync(source);
    }

    public async Task DisposeAsync()
    {
        if (source is not null)
            await source.DisposeAsync();
    }

    [PostgresFact]
    public async Task Of_eight_first_writes_at_once_one_wins_and_the_others_are_told()
    {
        var ids = Enumerable.Range(0, 200).Select(Id).ToList();
        var writers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Providers.StorageAsync(source)));

        foreach (var id in ids)
        {
            var won = await Task.WhenAll(writers.Select((writer, number) => WritesAsync(writer, id, new() { State = new() { Value = number } })));

            var winner = Assert.Single(Enumerable.Range(0, won.Length), number => won[number]);
            Assert.Equal(winner, (await ReadAsync(id)).State!.Value);
        }

        Assert.Equal(ids.Count, await CountAsync());
        var again = await ReadAsync(ids[0]);
        again.State!.Value = 100;
        Assert.True(await WritesAsync(storage, ids[0], again));
        Assert.Equal(100, (await ReadAsync(ids[0])).State!.Value);
    }

    [PostgresFact]
    public async Task A_first_write_waits_for_another_that_is_not_committed_and_then_loses()
    {
        var id = Id(1);
        Assert.True(await WritesAsync(storage, id, new() { State = new() { Value = 1 } }));
        await shared.Server.ExecuteAsync("CREATE TABLE written AS TABLE orleans_state; DELETE FROM orleans_state", address);
        await using var connection = await source.OpenConnectionAsync();
        await using var first = await connection.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO orleans_state TABLE written", connection);
        Assert.Equal(1, await insert.ExecuteNonQueryAsync());

        var second = WritesAsync(storage, id, new() { State = new() { Value = 2 } });
        await shared.Server.WaitUntilBlockedAsync(second);
        Assert.False(second.IsCompleted);
        await first.CommitAsync();

        Assert.False(await second);
        Assert.Equal(1, await CountAsync());
        Assert.Equal(1, (await ReadAsync(id)).State!.Value);
    }

    [PostgresFact]
    public async Task Of_eight_later_writes_from_one_version_one_wins()
    {
        var id = Id(7);
        await storage.WriteStateAsync(Kind, id, new GrainState<Note> { State = new() });
        for (var round = 0; round < 20; round++)
        {
            var readers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(id)));
            for (var number = 0; number < readers.Length; number++)
                readers[number].State!.Value = 10 * round + number;

            var won = await Task.WhenAll(readers.Select(reader => WritesAsync(storage, id, reader)));

            var winner = Assert.Single(Enumerable.Range(0, won.Length), number => won[number]);
            var now = await ReadAsync(id);
            Assert.Equal((10 * round + winner, readers[winner].ETag), (now.State!.Value, now.ETag));
        }
        Assert.Equal(1, await CountAsync());
    }

    [PostgresFact]
    public async Task A_cleared_state_reads_as_none_and_can_be_written_again()
    {
        var id = Id(3);
        var state = new GrainState<Note> { State = new() { Value = 5 } };
        await storage.WriteStateAsync(Kind, id, state);
        var stale = await ReadAsync(id);

        await storage.ClearStateAsync(Kind, id, state);

        var cleared = await ReadAsync(id);
        Assert.Equal((false, 0, state.ETag), (cleared.RecordExists, cleared.State!.Value, cleared.ETag));
        Assert.False(await WritesAsync(storage, id, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync(Kind, id, stale));
        Assert.True(await WritesAsync(storage, id, cleared));
        Assert.Equal(1, await CountAsync());
    }

    [PostgresFact]
    public async Task A_deleted_state_leaves_no_row_and_whoever_held_it_is_refused_ever_after()
    {
        var id = Id(4);
        var deleting = await Providers.StorageAsync(source, deletes: true);
        var state = new GrainState<Note> { State = new() { Value = 5 } };
        await deleting.WriteStateAsync(Kind, id, state);
        var stale = await ReadAsync(id);
        await storage.WriteStateAsync(Kind, id, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => deleting.ClearStateAsync(Kind, id, stale));

        await deleting.ClearStateAsync(Kind, id, state);

        Assert.Null(state.ETag);
        Assert.Equal(0, await CountAsync());
        Assert.False(await WritesAsync(storage, id, stale));
        Assert.True(await WritesAsync(storage, id, state));
        Assert.False(await WritesAsync(storage, id, stale));
        Assert.Equal(state.ETag, (await ReadAsync(id)).ETag);
    }

    [PostgresFact]
    public async Task Keys_that_look_alike_have_rows_of_their_own()
    {
        GrainId[] ids =
        [
            GrainId.Create(Kind, "xyz"), GrainId.Create(Kind, "0+xyz"), GrainId.Create(Kind, "00000000000000000000000000000000+xyz"),
            GrainId.Create(Kind, "0"), GrainId.Create(Kind, "00000000000000000000000000000000"), GrainId.Create(Kind, "0+"), GrainId.Create(Kind, "xYz"),
            GrainId.Create(Kind, "it's \"quoted\" \\ é"),
        ];
        for (var number = 0; number < ids.Length; number++)
            Assert.True(await WritesAsync(storage, ids[number], new() { State = new() { Value = number } }));
        Assert.True(await WritesAsync(storage, ids[0], new() { State = new() { Value = 50 } }, "another"));

        Assert.Equal(Enumerable.Range(0, ids.Length), await Task.WhenAll(ids.Select(async id => (await ReadAsync(id)).State!.Value)));
        Assert.Equal(ids.Length + 1, await CountAsync());
    }

    /// <summary>Integers, texts and GUIDs, with and without extensions.</summary>
    private static GrainId Id(int number) => (number % 5) switch
    {
        0 => GrainId.Create(GrainType.Create(Kind), GrainIdKeyExtensions.CreateIntegerKey(number)),
        1 => GrainId.Create(GrainType.Create(Kind), GrainIdKeyExtensions.CreateIntegerKey(-number)),
        2 => GrainId.Create(GrainType.Create(Kind), GrainIdKeyExtensions.CreateIntegerKey(1, string.Create(CultureInfo.InvariantCulture, $"part {number}"))),
        3 => GrainId.Create(GrainType.Create(Kind), GrainIdKeyExtensions.CreateGuidKey(new Guid(number, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), number % 2 == 0 ? null : "part")),
        _ => GrainId.Create(Kind, string.Create(CultureInfo.InvariantCulture, $"run-{number}")),
    };

    private static async Task<bool> WritesAsync(IGrainStorage storage, GrainId id, GrainState<Note> state, string kind = Kind)
    {
        try
        {
            await storage.WriteStateAsync(kind, id, state);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }

    private async Task<GrainState<Note>> ReadAsync(GrainId id)
    {
        var state = new GrainState<Note>();
        await storage.ReadStateAsync(Kind, id, state);
        return state;
    }

    private Task<long> CountAsync() => shared.Server.ScalarAsync<long>("SELECT COUNT(*) FROM orleans_state", address);

    internal sealed class Note
    {
        public int Value { get; set; }
    }
}
