using Microsoft.Data.Sqlite;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store.Sqlite;

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
        Assert.Contains(FormattableString.Invariant($"up to {SqliteFarmStore.ReadSchema("absent.db").Known}"), refused.Message);
    }

    [Fact]
    public async Task A_store_of_the_first_schema_goes_on_under_the_sweep_accepted_last()
    {
        await Store.DisposeAsync();
        System.IO.File.Delete(folder.File("farm.db"));
        using (var connection = Connect())
        using (var command = connection.CreateCommand())
        {
            using var schema = new StreamReader(typeof(IFarmStore).Assembly.GetManifestResourceStream("sqlite-0001.sql")!);
            command.CommandText = schema.ReadToEnd() + """
                PRAGMA application_id = 1313231437; PRAGMA user_version = 1;
                INSERT INTO sweep VALUES ('s1', 'old', 'default', 'm', '["darts"]', '{}', 7, 'v', 1000, NULL), ('s2', 'new', 'default', 'm', '["darts"]', '{}', 3, 'v', 2000, NULL),
                  ('s3', 'gone', 'default', 'm', '["darts"]', '{}', 9, 'v', 3000, 3500);
                INSERT INTO seed_run VALUES ('darts-s1', 'default', 1, '{}', '{}', 'cpu', 3, NULL, 7, 0, 'open', NULL, 0, 0, 'v', 1000);
                INSERT INTO sweep_run VALUES ('s1', 'darts-s1', 0, 'darts', 0), ('s2', 'darts-s1', 0, 'darts', 0), ('s3', 'darts-s1', 0, 'darts', 0);
                INSERT INTO unit (unit_id, run_id, kind, phase, state, not_before, device, priority, seed, progress, arm_order, enqueued_at, spec)
                  VALUES ('darts-s1-p00', 'darts-s1', 'search', 0, 'waiting', 0, 'cpu', 7, 1, 0, 0, 1000, '{}');
                """;
            command.ExecuteNonQuery();
        }

        await using var store = await OpenAsync();

        var unit = Assert.Single((await store.ReadSnapshotAsync()).Waiting);
        Assert.Equal(("s2", 3, "darts", ResourceRequest.Any), (unit.SweepId, unit.Priority, unit.Ahead.Arm, unit.Request));
        Assert.Equal("ok", Scalar("PRAGMA integrity_check"));
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
