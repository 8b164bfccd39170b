using System.Collections.Concurrent;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Store.Scripts;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>Many writers at once: nothing is done twice, nothing is forgotten, nobody waits for ever.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresConcurrencyTests(SharedPostgres shared) : IAsyncLifetime
{
    private string address = "";
    private PostgresFarmStore store = null!;

    public async Task InitializeAsync()
    {
        address = await shared.Server.NewSchemaAsync();
        store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System);
    }

    /// <summary>Whoever was first or second: the kept state of every run is what follows from its units.</summary>
    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await using var connection = await shared.Server.ConnectAsync(address);
        await using var wrong = new Npgsql.NpgsqlCommand(
            "SELECT COUNT(*) FROM sweep_run x JOIN sweep_run_now v ON v.sweep_id = x.sweep_id AND v.run_id = x.run_id WHERE v.state <> x.state", connection);
        Assert.Equal(0L, await wrong.ExecuteScalarAsync());
    }

    [PostgresFact]
    public async Task Eight_claimants_take_five_hundred_units_each_once()
    {
        await store.AcceptAsync(Plan("s1", [.. Enumerable.Range(0, 500).Select(seed => Run("darts", seed))]));
        var before = await DeadlocksAsync();
        var claimed = new ConcurrentBag<AttemptKey>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            var slot = Slot with { SlotId = $"host/cpu-{n}" };
            while ((await store.ReadSnapshotAsync(32, "cpu")).Waiting.Select(u => u.UnitId).ToList() is { Count: > 0 } ranking)
            {
                while (await store.ClaimAsync(ranking, slot, Lease) is { } claim)
                    claimed.Add(claim.Key);
            }
        }));

        Assert.Equal(500, claimed.Select(k => k.UnitId).Distinct().Count());
        Assert.Equal(500, claimed.Count);
        Assert.All(claimed, key => Assert.Equal(1, key.Fence));
        Assert.Equal(before, await DeadlocksAsync());
    }

    [PostgresFact]
    public async Task Completion_expiry_renewal_and_cancellation_of_one_unit_have_one_winner()
    {
        var before = await DeadlocksAsync();
        for (var round = 0; round < 25; round++)
        {
            var (sweep, run) = ($"s{round}", $"darts-s{round}");
            await store.AcceptAsync(Plan(sweep, Run("darts", round, retrains: 1)));
            var key = (await store.ClaimAsync([$"{run}-p00"], Slot, TimeSpan.FromMilliseconds(-1)))!.Key;

            var completing = store.CompleteAsync(key, SearchDone(key.UnitId, 1), []);
            var expiring = store.ExpireLeasesAsync();
            var renewing = store.RenewAsync(key, Lease);
            var cancelling = round % 2 == 0 ? store.CancelSweepAsync(sweep, $"op{round}") : Task.FromResult<CancelReport?>(null);
            await Task.WhenAll(completing, expiring, renewing, cancelling);

            var completed = await completing == FenceAnswer.Held;
            var expired = (await expiring).Count == 1;
            Assert.False(completed && expired, $"round {round}: both the owner and the expiry ended attempt {key}");
            var details = (await store.ReadRunAsync(run))!;
            var search = details.Units[0];
            Assert.Equal(completed ? "done" : null, search.Attempts[0].Ending is "done" ? "done" : null);
            Assert.Equal(completed ? "done" : round % 2 == 0 ? "cancelled" : expired ? "waiting" : "running", search.State);
            Assert.Equal(completed ? 2 : 1, details.Units.Count);
            var counts = (await store.ReadCountsAsync(sweep))!;
            Assert.Equal(counts.Declared, counts.Finished + counts.Failed + counts.Cancelled + counts.Open);
            Assert.Equal(round % 2 == 0 ? 0 : 1, counts.Open);
        }
        Assert.Equal(before, await DeadlocksAsync());
    }

    [PostgresFact]
    public async Task Two_sources_that_finish_at_once_wake_their_placebo_run()
    {
        await store.AcceptAsync(Plan("s1", Run("placebo", 1, 0, "src-s2", "src-s3"), Run("src", 2), Run("src", 3)));
        var first = await SourceAsync(2);
        var second = await SourceAsync(3);
        await using var connection = await shared.Server.ConnectAsync(address);

        // The first has written everything and not committed; the second must wait for it and then see it.
        var sql = PostgresSession.Write(connection, FarmLock.Shared);
        Assert.Equal(FenceAnswer.Held, sql.Finish(AttemptWrites.Complete(sql, first, SearchDone(first.UnitId, 1), [])));
        sql.Flush();
        var completing = store.CompleteAsync(second, SearchDone(second.UnitId, 1), []);
        await WaitingForALockAsync();
        sql.Commit();

        Assert.Equal(FenceAnswer.Held, await completing);
        Assert.Equal(["placebo-s1-p00"], await store.WaitingAsync());
    }

    [PostgresFact]
    public async Task Two_retrain_jobs_that_finish_at_once_finish_their_run()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1, retrains: 2)));
        await store.FinishSearchAsync("darts-s1-p00");
        var first = (await store.MustClaimAsync("darts-s1-t0")).Key;
        var second = (await store.MustClaimAsync("darts-s1-t1")).Key;
        await using var connection = await shared.Server.ConnectAsync(address);

        var sql = PostgresSession.Write(connection, FarmLock.Shared);
        Assert.Equal(FenceAnswer.Held, sql.Finish(AttemptWrites.Complete(sql, first, RetrainDone(first.UnitId, 1), [])));
        sql.Flush();
        var completing = store.CompleteAsync(second, RetrainDone(second.UnitId, 1), []);
        await WaitingForALockAsync();
        sql.Commit();

        Assert.Equal(FenceAnswer.Held, await completing);
        Assert.Equal(new SweepCounts(1, 1, 0, 0, 0, 0), await store.ReadCountsAsync("s1"));
    }

    [PostgresFact]
    public async Task Sources_of_one_placebo_run_finish_in_any_order()
    {
        var before = await DeadlocksAsync();
        for (var round = 0; round < 8; round++)
        {
            var seeds = Enumerable.Range(10 * round, 4).ToList();
            var sources = seeds.Select(s => $"src-s{s}").ToArray();
            await store.AcceptAsync(Plan($"s{round}", [
                Run("placebo", 2 * round, 0, sources), Run("placebo", 2 * round + 1, 0, [.. sources.Reverse()]), .. seeds.Select(s => Run("src", s))]));
            var keys = new List<AttemptKey>();
            foreach (var seed in seeds)
                keys.Add(await SourceAsync(seed));

            await Task.WhenAll(keys.Select((key, n) => n == 3 && round % 2 == 0
                ? store.EndAttemptAsync(key, FailureReason.DataMissing, "gone", []) : (Task)store.CompleteAsync(key, SearchDone(key.UnitId, 1), [])));

            var expected = round % 2 == 0 ? ("failed", WaitReason.PlaceboSources) : ("waiting", (WaitReason?)null);
            foreach (var placebo in new[] { 2 * round, 2 * round + 1 })
            {
                var unit = (await store.ReadRunAsync($"placebo-s{placebo}"))!.Units.Single();
                Assert.Equal(expected, (unit.State, unit.Hold));
            }
        }
        Assert.Equal(before, await DeadlocksAsync());
    }

    [PostgresFact]
    public async Task A_retrain_job_asked_for_while_its_search_ends_is_not_forgotten()
    {
        for (var round = 0; round < 15; round++)
        {
            await store.AcceptAsync(Plan($"a{round}", Run("darts", round)));
            var key = (await store.MustClaimAsync($"darts-s{round}-p00")).Key;

            await Task.WhenAll(
                store.CompleteAsync(key, SearchDone(key.UnitId, 1), []), store.AcceptAsync(Plan($"b{round}", Run("darts", round, retrains: 1))));

            Assert.Equal([$"darts-s{round}-t0"], await store.WaitingAsync());
            await store.FinishRetrainAsync($"darts-s{round}-t0");
        }
    }

    [PostgresFact]
    public async Task Renewals_and_metrics_do_not_wait_for_a_command()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1), Run("darts", 2)));
        var key = (await store.MustClaimAsync("darts-s1-p00")).Key;
        await using var connection = await shared.Server.ConnectAsync(address);
        var command = PostgresSession.Write(connection, FarmLock.Exclusive);
        command.Flush();   // the lock is asked for with the first statement

        Assert.Equal(FenceAnswer.Held, await store.RenewAsync(key, Lease));
        Assert.Equal(FenceAnswer.Held, await store.AppendAsync(key, [Metric(1, 0, "loss", 1)]));
        Assert.NotNull(await store.ClaimAsync(["darts-s2-p00"], Slot, Lease));
        var completing = store.CompleteAsync(key, SearchDone(key.UnitId, 1), []);
        await WaitingForALockAsync();
        command.Commit();
        Assert.Equal(FenceAnswer.Held, await completing);
    }

    [PostgresFact]
    public async Task A_process_suspended_in_a_transaction_does_not_stop_the_others()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var key = (await store.MustClaimAsync("darts-s1-p00")).Key;
        await using var suspended = new Npgsql.NpgsqlConnection(PostgresAddress.Parse(address).Connection(TimeSpan.FromMilliseconds(200)).ConnectionString);
        suspended.Open();
        var sql = PostgresSession.Write(suspended, FarmLock.Exclusive);
        Assert.True(Ownership.Owns(sql, key));

        Assert.Equal(FenceAnswer.Held, await store.CompleteAsync(key, SearchDone(key.UnitId, 1), []));

        Assert.True(PostgresTrouble.Passes(Assert.ThrowsAny<Npgsql.NpgsqlException>(() => Ownership.Renew(sql, key, Lease))));
    }

    private async Task<AttemptKey> SourceAsync(int seed)
    {
        var key = (await store.MustClaimAsync($"src-s{seed}-p00")).Key;
        await store.AppendAsync(key, [Decision(1, 1, "phase_end", """{"phase":0,"triggered":false,"triggerAfter":null,"returnTo":null}""")]);
        return key;
    }

    /// <summary>Returns once somebody in the database waits for a lock.</summary>
    private async Task WaitingForALockAsync()
    {
        for (var looks = 0; await shared.Server.ScalarAsync<long>("SELECT COUNT(*) FROM pg_locks WHERE NOT granted") == 0; looks++)
        {
            Assert.True(looks < 1000, "nobody waits for a lock");
            await Task.Yield();
        }
    }

    private Task<long> DeadlocksAsync() => shared.Server.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'");
}
