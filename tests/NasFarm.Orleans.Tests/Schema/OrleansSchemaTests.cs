using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Schema;
using Npgsql;

namespace NasFarm.Orleans.Tests.Schema;

/// <summary>Making Orleans' tables, and what is refused.</summary>
[Collection(PostgresCollection.Name)]
public sealed class OrleansSchemaTests(SharedPostgres shared)
{
    [PostgresFact]
    public async Task Applying_twice_changes_nothing()
    {
        var address = await shared.Server.NewTablesAsync();
        var schema = new NpgsqlConnectionStringBuilder(address).SearchPath!;
        var before = await shared.Server.DumpAsync("postgres", schema);

        await OrleansSchema.ApplyAsync(address);

        Assert.Equal(before, await shared.Server.DumpAsync("postgres", schema));
        Assert.Contains(FormattableString.Invariant($"INSERT INTO {schema}.orleans_schema VALUES ({OrleansSchema.Known})"), before);
    }

    [PostgresFact]
    public async Task Many_that_apply_at_once_make_the_tables_once()
    {
        var address = await shared.Server.NewSchemaAsync();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OrleansSchema.ApplyAsync(address)));

        Assert.Equal(1, await shared.Server.ScalarAsync<long>("SELECT COUNT(*) FROM orleans_schema", address));
        Assert.Equal(14, await shared.Server.ScalarAsync<long>("SELECT COUNT(*) FROM orleansquery", address));
    }

    [PostgresFact]
    public async Task A_newer_level_is_refused_with_both_levels()
    {
        var address = await shared.Server.NewTablesAsync();
        await shared.Server.ExecuteAsync("UPDATE orleans_schema SET level = 999", address);

        var refused = await Assert.ThrowsAsync<StoreUnusableException>(() => OrleansSchema.ApplyAsync(address));

        Assert.Contains("level 999", refused.Message);
        Assert.Contains(FormattableString.Invariant($"up to {OrleansSchema.Known}"), refused.Message);
        Assert.DoesNotContain(PostgresServer.Password, refused.ToString());
    }

    [PostgresFact]
    public async Task Tables_that_another_program_made_are_refused()
    {
        var address = await shared.Server.NewSchemaAsync();
        await shared.Server.ExecuteAsync("CREATE TABLE OrleansQuery (QueryKey VARCHAR(64), QueryText VARCHAR(8000))", address);

        Assert.Contains("another program", (await Assert.ThrowsAsync<StoreUnusableException>(() => OrleansSchema.ApplyAsync(address))).Message);
        Assert.Contains("no schema to work in",
            (await Assert.ThrowsAsync<StoreUnusableException>(() => OrleansSchema.ApplyAsync($"{address};Search Path=nowhere"))).Message);
    }

    [PostgresFact]
    public async Task A_role_that_may_not_make_tables_is_told_so_and_may_use_them_once_they_are_there()
    {
        var address = await shared.Server.NewSchemaAsync();
        var schema = new NpgsqlConnectionStringBuilder(address).SearchPath;
        await shared.Server.ExecuteAsync($"CREATE ROLE silo LOGIN PASSWORD '{PostgresServer.Password}'; GRANT USAGE ON SCHEMA {schema} TO silo");
        var silo = $"{address};Username=silo";

        Assert.Contains("may not make them", (await Assert.ThrowsAsync<StoreUnusableException>(() => OrleansSchema.ApplyAsync(silo))).Message);

        await OrleansSchema.ApplyAsync(address);
        await shared.Server.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO silo");
        await OrleansSchema.ApplyAsync(silo);
        Assert.Equal(0, (await (await Providers.MembershipAsync(silo, "c")).ReadAllAsync(CancellationToken.None)).Version.Version);
    }

    [PostgresFact]
    public async Task An_application_that_fails_leaves_nothing_behind()
    {
        var address = await shared.Server.NewSchemaAsync();
        await shared.Server.ExecuteAsync("CREATE TABLE orleans_state (theirs INT)", address);

        await Assert.ThrowsAsync<PostgresException>(() => OrleansSchema.ApplyAsync(address));

        Assert.Equal(1, await shared.Server.ScalarAsync<long>("SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()", address));
    }
}
