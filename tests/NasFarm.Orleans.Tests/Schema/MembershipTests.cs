using System.Globalization;
using System.Net;
using NasFarm.Farm.Tests.Store.Postgres;
using Npgsql;
using Orleans;
using Orleans.Messaging;
using Orleans.Runtime;

namespace NasFarm.Orleans.Tests.Schema;

/// <summary>Who is in a cluster, through the provider that silos use.</summary>
[Collection(PostgresCollection.Name)]
public class MembershipTests(SharedPostgres shared) : IAsyncLifetime
{
    private const string Cluster = "c1";
    private static readonly DateTime Noon = new(2030, 1, 2, 12, 0, 0, DateTimeKind.Utc);
    private static readonly CancellationToken None = CancellationToken.None;

    private string owner = "", address = "";
    private IMembershipTable table = null!;

    /// <summary>Which role the silos have, in a schema that another owns.</summary>
    protected virtual Task<string> RoleAsync(PostgresServer server, string address) => Task.FromResult(address);

    public async Task InitializeAsync()
    {
        if (PostgresServer.Absent is not null)
            return;
        owner = await shared.Server.NewTablesAsync();
        address = $"{await RoleAsync(shared.Server, owner)};Maximum Pool Size=10";
        table = await Providers.MembershipAsync(address, Cluster);
    }

    public async Task DisposeAsync()
    {
        if (address.Length == 0)
            return;
        await using var connection = new NpgsqlConnection(address);
        NpgsqlConnection.ClearPool(connection);
    }

    [PostgresFact]
    public async Task A_silo_joins_and_is_read_as_it_was_written()
    {
        var entry = Entry(1);

        Assert.True(await table.InsertRowAsync(entry, (await VersionAsync()).Next(), None));

        foreach (var data in new[] { await table.ReadAllAsync(None), await table.ReadRowAsync(entry.SiloAddress, None) })
        {
            Assert.Equal((1, "1"), (data.Version.Version, data.Version.VersionEtag));
            var read = Assert.Single(data.Members).Item1;
            Assert.Equal(
                (entry.SiloAddress, entry.SiloName, entry.HostName, entry.Status, entry.ProxyPort, entry.StartTime, entry.IAmAliveTime),
                (read.SiloAddress, read.SiloName, read.HostName, read.Status, read.ProxyPort, read.StartTime, read.IAmAliveTime));
        }
        var absent = await table.ReadRowAsync(Entry(2).SiloAddress, None);
        Assert.Empty(absent.Members);
        Assert.Equal(1, absent.Version.Version);
    }

    [PostgresFact]
    public async Task A_cluster_begins_once()
    {
        await JoinAsync(Entry(1));

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Providers.MembershipAsync(address, Cluster)));

        Assert.Equal(1, (await VersionAsync()).Version);
        Assert.Equal(0, (await (await Providers.MembershipAsync(address, "c2")).ReadAllAsync(None)).Version.Version);
    }

    [PostgresFact]
    public async Task An_insertion_that_names_an_old_version_changes_nothing()
    {
        var old = await VersionAsync();
        await JoinAsync(Entry(1));
        var before = await RowsAsync();

        Assert.False(await table.InsertRowAsync(Entry(2), old.Next(), None));
        Assert.False(await table.InsertRowAsync(Entry(2), new TableVersion(9, "8"), None));
        Assert.False(await (await Providers.MembershipAsync(address, Cluster)).InsertRowAsync(Entry(3), old.Next(), None));

        Assert.Equal(before, await RowsAsync());
    }

    [PostgresFact]
    public async Task A_silo_that_is_there_cannot_be_inserted_again()
    {
        await JoinAsync(Entry(1));
        var before = await RowsAsync();

        Assert.False(await table.InsertRowAsync(Entry(1), (await VersionAsync()).Next(), None));

        Assert.Equal(before, await RowsAsync());
    }

    [PostgresFact]
    public async Task An_update_changes_the_member_and_the_version()
    {
        var entry = Entry(1);
        await JoinAsync(entry);

        entry.Status = SiloStatus.Dead;
        entry.IAmAliveTime = Noon.AddMinutes(3);
        entry.SuspectTimes = [Tuple.Create(Entry(2).SiloAddress, Noon.AddMinutes(4))];
        await UpdateAsync(entry);

        var data = await table.ReadRowAsync(entry.SiloAddress, None);
        var read = Assert.Single(data.Members).Item1;
        Assert.Equal((2, SiloStatus.Dead, entry.IAmAliveTime), (data.Version.Version, read.Status, read.IAmAliveTime));
        Assert.Equal(entry.SuspectTimes, read.SuspectTimes);
    }

    [PostgresFact]
    public async Task An_update_that_names_an_old_version_or_an_absent_silo_changes_nothing()
    {
        var entry = Entry(1);
        await JoinAsync(entry);
        var old = await table.ReadAllAsync(None);
        await JoinAsync(Entry(2));
        var before = await RowsAsync();

        entry.Status = SiloStatus.Dead;
        Assert.False(await table.UpdateRowAsync(entry, old.Members[0].Item2, old.Version.Next(), None));
        Assert.False(await table.UpdateRowAsync(Entry(3), "2", (await VersionAsync()).Next(), None));

        Assert.Equal(before, await RowsAsync());
    }

    [PostgresFact]
    public async Task Of_eight_changes_at_once_from_one_version_one_wins()
    {
        await JoinAsync(Entry(100));
        for (var round = 0; round < 20; round++)
        {
            var version = await VersionAsync();
            var before = (await table.ReadAllAsync(None)).Members.Count;

            var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => number % 2 == 0
                ? table.InsertRowAsync(Entry(10 * round + number), version.Next(), None)
                : table.UpdateRowAsync(Entry(100, SiloStatus.Active, Noon.AddSeconds(number)), version.VersionEtag, version.Next(), None)));

            var winner = Assert.Single(Enumerable.Range(0, won.Length), number => won[number]);
            var after = await table.ReadAllAsync(None);
            Assert.Equal((version.Version + 1, before + (winner % 2 == 0 ? 1 : 0)), (after.Version.Version, after.Members.Count));
            var alive = after.Members.Single(member => member.Item1.SiloAddress.Equals(Entry(100).SiloAddress)).Item1.IAmAliveTime;
            Assert.True(winner % 2 == 0 || alive == Noon.AddSeconds(winner));
        }
    }

    [PostgresFact]
    public async Task An_update_of_a_silo_that_is_being_cleaned_up_moves_no_version()
    {
        var entry = Entry(1, SiloStatus.Dead);
        await JoinAsync(entry);
        await using var connection = await shared.Server.ConnectAsync(owner);
        await using var cleaning = await connection.BeginTransactionAsync();
        await using var delete = new NpgsqlCommand("DELETE FROM orleans_member", connection);
        Assert.Equal(1, await delete.ExecuteNonQueryAsync());

        var version = await VersionAsync();
        var update = table.UpdateRowAsync(entry, version.VersionEtag, version.Next(), None);
        await shared.Server.WaitUntilBlockedAsync(update);
        await cleaning.CommitAsync();

        Assert.False(await update);
        Assert.Equal(version, await VersionAsync());
    }

    [PostgresFact]
    public async Task A_heartbeat_changes_the_time_and_not_the_version()
    {
        await JoinAsync(Entry(1));
        await JoinAsync(Entry(2));
        var read = await table.ReadAllAsync(None);

        await table.UpdateIAmAliveAsync(Entry(1, alive: Noon.AddMinutes(9)), None);
        await table.UpdateIAmAliveAsync(Entry(3), None);

        var data = await table.ReadAllAsync(None);
        Assert.Equal(read.Version, data.Version);
        Assert.Equal([Noon.AddMinutes(9), Noon], data.Members.OrderBy(m => m.Item1.SiloAddress.Endpoint.Port).Select(m => m.Item1.IAmAliveTime));
        Assert.True(await table.UpdateRowAsync(Entry(1, SiloStatus.ShuttingDown), read.Members[0].Item2, read.Version.Next(), None));
    }

    [PostgresFact]
    public async Task Dead_silos_go_once_nothing_has_been_heard_of_them() => await CleanUpAsync(exceptSuspectedOf: 5);

    [PostgresFact]
    public async Task They_go_as_well_with_a_provider_that_does_not_look_at_the_rows()
    {
        await shared.Server.ExecuteAsync("DELETE FROM orleansquery WHERE querykey = 'CleanupDefunctSiloEntryKey'", owner);
        table = await Providers.MembershipAsync(address, Cluster);

        await CleanUpAsync(exceptSuspectedOf: null);
    }

    [PostgresFact]
    public async Task Gateways_are_the_active_silos_that_have_one()
    {
        await JoinAsync(Entry(1, SiloStatus.Active));
        await JoinAsync(Entry(2, SiloStatus.Joining));
        await JoinAsync(Entry(3, SiloStatus.Active));
        var hidden = Entry(4, SiloStatus.Active);
        hidden.ProxyPort = 0;
        await JoinAsync(hidden);
        await (await Providers.MembershipAsync(address, "c2")).InsertRowAsync(Entry(5, SiloStatus.Active), new TableVersion(1, "0"), None);

        var gateways = await (await Providers.GatewaysAsync(address, Cluster)).GetGateways();

        Assert.Equal(["gwy.tcp://127.0.0.1:31001/71", "gwy.tcp://127.0.0.1:31003/73"], gateways.Select(uri => uri.ToString()).Order(StringComparer.Ordinal));
    }

    [PostgresFact]
    public async Task A_deleted_cluster_leaves_nothing_and_others_alone()
    {
        await JoinAsync(Entry(1));
        var other = await Providers.MembershipAsync(address, "c2");
        await other.InsertRowAsync(Entry(1), new TableVersion(1, "0"), None);

        await table.DeleteMembershipTableEntriesAsync(Cluster, None);

        Assert.Single((await other.ReadAllAsync(None)).Members);
        Assert.DoesNotContain($"\"{Cluster}\"", await RowsAsync());
    }

    private async Task CleanUpAsync(int? exceptSuspectedOf)
    {
        await JoinAsync(Entry(1, SiloStatus.Active));
        await JoinAsync(Entry(2, SiloStatus.Dead));
        await JoinAsync(Entry(3, SiloStatus.Dead, alive: Noon.AddHours(2)));
        await JoinAsync(Entry(4, SiloStatus.ShuttingDown));
        foreach (var (number, suspected) in new[] { (5, Noon.AddHours(2)), (6, Noon) })
        {
            var entry = Entry(number);
            await JoinAsync(entry);
            entry.Status = SiloStatus.Dead;
            entry.SuspectTimes = [Tuple.Create(Entry(1).SiloAddress, suspected)];
            await UpdateAsync(entry);
        }
        var voteless = Entry(7);
        await JoinAsync(voteless);
        (voteless.Status, voteless.SuspectTimes) = (SiloStatus.Dead, []);
        await UpdateAsync(voteless);
        var other = await Providers.MembershipAsync(address, "c2");
        await other.InsertRowAsync(Entry(2, SiloStatus.Dead), new TableVersion(1, "0"), None);
        var version = await VersionAsync();

        await table.CleanupDefunctSiloEntriesAsync(new DateTimeOffset(Noon.AddHours(1)), None);

        var left = (await table.ReadAllAsync(None)).Members.Select(m => m.Item1.SiloAddress.Generation - 70).Order();
        Assert.Equal(new[] { 1, 3, 4, exceptSuspectedOf ?? 0 }.Where(number => number > 0), left);
        Assert.Equal(version, await VersionAsync());
        Assert.Single((await other.ReadAllAsync(None)).Members);
    }

    private async Task JoinAsync(MembershipEntry entry) => Assert.True(await table.InsertRowAsync(entry, (await VersionAsync()).Next(), None));

    private async Task UpdateAsync(MembershipEntry entry)
    {
        var data = await table.ReadRowAsync(entry.SiloAddress, None);
        Assert.True(await table.UpdateRowAsync(entry, data.Members[0].Item2, data.Version.Next(), None));
    }

    private async Task<TableVersion> VersionAsync() => (await table.ReadAllAsync(None)).Version;

    private Task<string> RowsAsync() => shared.Server.RowsAsync(owner);

    private static MembershipEntry Entry(int number, SiloStatus status = SiloStatus.Joining, DateTime? alive = null) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11000 + number, 70 + number), SiloName = string.Create(CultureInfo.InvariantCulture, $"silo-{number}"),
        HostName = "host", Status = status, ProxyPort = 31000 + number, StartTime = Noon, IAmAliveTime = alive ?? Noon,
    };
}

/// <summary>The same with a role that owns nothing and whose sessions do not look at PL/pgSQL's assertions.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MembershipWithoutAssertionsTests(SharedPostgres shared) : MembershipTests(shared)
{
    protected override async Task<string> RoleAsync(PostgresServer server, string address)
    {
        var schema = new NpgsqlConnectionStringBuilder(address).SearchPath;
        await server.ExecuteAsync($$"""
            DO $do$ BEGIN
              IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'careless') THEN
                CREATE ROLE careless LOGIN PASSWORD '{{PostgresServer.Password}}';
                ALTER ROLE careless SET plpgsql.check_asserts = off;
              END IF;
            END $do$;
            GRANT USAGE ON SCHEMA {{schema}} TO careless;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {{schema}} TO careless;
            """);
        var careless = $"{address};Username=careless";
        await using var connection = await server.ConnectAsync(careless);
        await using var command = new NpgsqlCommand("DO $do$ BEGIN ASSERT false; END $do$; SHOW plpgsql.check_asserts", connection);
        Assert.Equal("off", await command.ExecuteScalarAsync());
        return careless;
    }
}
