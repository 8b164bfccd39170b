using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>Opening: migrations, and what is refused.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresSchemaTests(SharedPostgres shared)
{
    [PostgresFact]
    public async Task Many_that_open_at_once_make_the_schema_once()
    {
        var address = await shared.Server.NewSchemaAsync();
        Assert.Equal(0, (await PostgresFarmStore.ReadSchemaAsync(address, TimeProvider.System)).Level);

        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync(address)));

        await stores[0].AcceptAsync(Plan("s1", Run("darts", 1)));
        Assert.Equal(["darts-s1-p00"], await stores[5].WaitingAsync());
        var schema = await PostgresFarmStore.ReadSchemaAsync(address, TimeProvider.System);
        Assert.Equal(schema.Known, schema.Level);
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_newer_schema_is_refused_with_both_levels()
    {
        var address = await shared.Server.NewSchemaAsync();
        await (await OpenAsync(address)).DisposeAsync();
        await shared.Server.ExecuteAsync("UPDATE nasfarm_schema SET level = 999", address);

        var refused = await Assert.ThrowsAsync<StoreUnusableException>(() => OpenAsync(address));

        Assert.Contains("has schema 999", refused.Message);
        Assert.Contains("Update NasFarm", refused.Message);
    }

    [PostgresFact]
    public async Task Another_programs_schema_is_refused()
    {
        var address = await shared.Server.NewSchemaAsync();
        await shared.Server.ExecuteAsync("CREATE TABLE theirs (id INT)", address);

        Assert.Contains("tables of another program", (await Assert.ThrowsAsync<StoreUnusableException>(() => OpenAsync(address))).Message);
        Assert.Contains("no schema to work in",
            (await Assert.ThrowsAsync<StoreUnusableException>(() => OpenAsync($"{address};Search Path=nowhere"))).Message);
    }

    [PostgresFact]
    public async Task A_user_that_may_not_make_tables_is_told_who_may()
    {
        var address = await shared.Server.NewSchemaAsync();
        var schema = new Npgsql.NpgsqlConnectionStringBuilder(address).SearchPath;
        await shared.Server.ExecuteAsync($"CREATE ROLE reader LOGIN PASSWORD '{PostgresServer.Password}'; GRANT USAGE ON SCHEMA {schema} TO reader");

        var refused = await Assert.ThrowsAsync<StoreUnusableException>(() => OpenAsync($"{address};Username=reader"));

        Assert.Contains("nasfarm db migrate", refused.Message);
    }

    [PostgresFact]
    public async Task A_wrong_password_is_refused_at_once_and_not_shown()
    {
        var refused = await Assert.ThrowsAsync<StoreUnusableException>(
            () => OpenAsync(FormattableString.Invariant($"postgres://farm:wrong-{PostgresServer.Password}@127.0.0.1:{shared.Server.Port}/postgres")));

        Assert.Contains("cannot be opened", refused.Message);
        Assert.DoesNotContain(PostgresServer.Password, refused.ToString());
    }

    [PostgresFact]
    public async Task More_connections_than_the_server_allows_are_refused_with_both_numbers()
    {
        var address = await shared.Server.NewSchemaAsync();

        var refused = await Assert.ThrowsAsync<StoreUnusableException>(() => OpenAsync($"{address};Maximum Pool Size=57"));

        Assert.Contains("57 connections", refused.Message);
        Assert.Contains("allows 57", refused.Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable_after_the_wait()
    {
        var unavailable = await Assert.ThrowsAsync<StoreUnavailableException>(() => PostgresFarmStore.OpenAsync(
            $"Host=127.0.0.1;Port=1;Database=farm;Password={PostgresServer.Password}", TimeProvider.System, TimeSpan.FromMilliseconds(300)));

        Assert.Contains("PostgreSQL database farm on 127.0.0.1:1", unavailable.Message);
        Assert.DoesNotContain(PostgresServer.Password, unavailable.ToString());
    }

    private static Task<PostgresFarmStore> OpenAsync(string address) => PostgresFarmStore.OpenAsync(address, TimeProvider.System);
}
