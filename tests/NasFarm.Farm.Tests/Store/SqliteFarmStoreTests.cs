using Microsoft.Data.Sqlite;
using NasFarm.Farm.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store;

public sealed class SqliteFarmStoreTests : FarmStoreConformance
{
    private readonly TestFolder folder = new();

    protected override async Task<IFarmStore> OpenAsync() => await SqliteFarmStore.OpenAsync(folder.File("farm.db"), Clock);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_store_opened_again_knows_everything()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.FinishSearchAsync("darts-s1-p00");

        await using var again = await OpenAsync();

        Assert.Equal(await Store.EffectiveHistoryAsync("darts-s1"), await again.EffectiveHistoryAsync("darts-s1"));
        Assert.Equal(1, (await again.ReadCountsAsync("s1"))!.Finished);
    }

    [Fact]
    public async Task A_newer_schema_is_refused_with_both_versions()
    {
        Scalar("PRAGMA user_version = 999");

        var refused = await Assert.ThrowsAsync<StoreUnusableException>(OpenAsync);

        Assert.Contains("has schema 999", refused.Message);
        Assert.Contains("up to 1", refused.Message);
    }

    [Fact]
    public async Task Another_programs_file_is_refused()
    {
        Scalar("PRAGMA application_id = 7");

        Assert.Contains("another program", (await Assert.ThrowsAsync<StoreUnusableException>(OpenAsync)).Message);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_by_name()
    {
        await System.IO.File.WriteAllTextAsync(folder.File("text.db"), new string('x', 5000));

        var refused = await Assert.ThrowsAsync<StoreUnusableException>(() => SqliteFarmStore.OpenAsync(folder.File("text.db"), Clock));

        Assert.Contains("text.db", refused.Message);
    }

    [Fact]
    public void Commits_are_durable_and_readers_do_not_block()
    {
        Assert.Equal("wal", Scalar("PRAGMA journal_mode"));
    }

    private object? Scalar(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={folder.File("farm.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
