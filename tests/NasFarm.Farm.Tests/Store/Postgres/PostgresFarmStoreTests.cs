using System.Globalization;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using Npgsql;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>The conformance suite on PostgreSQL. The store asks the server's clock; here a schema before <c>pg_catalog</c> in the search
/// path holds another <c>clock_timestamp()</c>, which the test's clock moves.</summary>
[Collection(PostgresCollection.Name), NeedsPostgres]
public sealed class PostgresFarmStoreTests(SharedPostgres shared) : FarmStoreConformance
{
    private string address = "";
    private NpgsqlConnection hand = null!;

    protected override int Sequences => 10;

    protected override async Task<IFarmStore> OpenAsync() => await PostgresFarmStore.OpenAsync(address, TimeProvider.System);

    public override async Task InitializeAsync()
    {
        address = await shared.Server.NewSchemaAsync();
        var schema = new NpgsqlConnectionStringBuilder(address).SearchPath!;
        hand = await shared.Server.ConnectAsync();
        Move($"""
            CREATE SCHEMA {schema}_clock;
            CREATE TABLE {schema}_clock.hand (now TIMESTAMPTZ NOT NULL);
            INSERT INTO {schema}_clock.hand VALUES ('{Text(Clock.GetUtcNow())}');
            CREATE FUNCTION {schema}_clock.clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE sql AS 'SELECT now FROM {schema}_clock.hand';
            """);
        Clock.Moved += now => Move($"UPDATE {schema}_clock.hand SET now = '{Text(now)}'");
        address = $"{address};Search Path={schema},{schema}_clock,pg_catalog";
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await hand.DisposeAsync();
    }

    [StoreFact]
    public async Task A_store_opened_again_knows_everything()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        await Store.FinishSearchAsync("darts-s1-p00");

        await using var again = await OpenAsync();

        Assert.Equal(await Store.EffectiveHistoryAsync("darts-s1"), await again.EffectiveHistoryAsync("darts-s1"));
        Assert.Equal(1, (await again.ReadCountsAsync("s1"))!.Finished);
    }

    [StoreFact]
    public async Task A_character_that_text_cannot_hold_is_replaced()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await Store.MustClaimAsync("darts-s1-p00")).Key;

        await Store.EndAttemptAsync(key, Catalog.Units.FailureReason.DataMissing, "no \0 images", ["a\0b"]);

        var attempt = (await Store.ReadRunAsync("darts-s1"))!.Units.Single().Attempts.Single();
        Assert.Equal("no \uFFFD images", attempt.Message);
        Assert.Equal(["a\0b"], attempt.Log);
    }

    [StoreFact]
    public async Task Nothing_moves_behind_a_reader_however_transactions_overlap()
    {
        await Store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        var position = await Store.ReadMovePositionAsync();
        await using var slow = new NpgsqlConnection(address);
        await slow.OpenAsync();
        await using (var transaction = await slow.BeginTransactionAsync())
        {
            // It has begun to write, and moves its unit only after others have moved theirs and are over.
            await Do("UPDATE unit SET not_before = not_before WHERE unit_id = 'darts-s1-p00'");
            await Store.MustClaimAsync("darts-s2-p00");
            await Do("UPDATE unit SET state = 'running', fence = 1 WHERE unit_id = 'darts-s1-p00'");
            Assert.Empty((await Store.ReadMovesAsync(position, 10)).Moves);
            await transaction.CommitAsync();
        }

        var (moves, reached) = await MovesAsync(position, 2);

        Assert.Equal(["darts-s1-p00", "darts-s2-p00"], moves.Select(m => m.UnitId));
        Assert.Empty((await Store.ReadMovesAsync(reached, 10)).Moves);

        async Task Do(string sql)
        {
            await using var command = new NpgsqlCommand(sql, slow);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    private void Move(string sql)
    {
        using var command = new NpgsqlCommand(sql, hand);
        command.ExecuteNonQuery();
    }
}
