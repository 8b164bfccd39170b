using System.Collections.Concurrent;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>Short writes that share a transaction: each has its own answer, and none can spoil another's.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresGroupTests(SharedPostgres shared) : IAsyncLifetime
{
    private string address = "";
    private PostgresFarmStore store = null!;

    public async Task InitializeAsync()
    {
        address = await shared.Server.NewSchemaAsync();
        store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System);
    }

    public async Task DisposeAsync() => await store.DisposeAsync();

    [PostgresFact]
    public async Task Phases_that_end_while_a_commit_is_on_its_way_share_the_next()
    {
        var keys = await ClaimAsync(20);
        var ends = await WhileACommandWorksAsync([.. keys.Select(Ending)]);

        Assert.All(ends, end => Assert.Equal(FenceAnswer.Held, end.Result));
        Assert.Equal(2, await AskAsync("SELECT COUNT(DISTINCT CAST(xmin AS text)) FROM unit WHERE state = 'done'"));
        Assert.Equal(keys.Select(key => key.UnitId.Replace("-p00", "-p01", StringComparison.Ordinal)).Order(StringComparer.Ordinal), await store.WaitingAsync());
    }

    [PostgresFact]
    public async Task Starts_share_one_too()
    {
        var keys = await ClaimAsync(20);
        var starts = await WhileACommandWorksAsync([.. keys.Select(key => (Func<Task<FenceAnswer>>)(() => store.RecordStartedAsync(key, Started(key.Fence))))]);

        Assert.All(starts, start => Assert.Equal(FenceAnswer.Held, start.Result));
        Assert.Equal(2, await AskAsync("SELECT COUNT(DISTINCT CAST(xmin AS text)) FROM attempt WHERE started_at IS NOT NULL"));
    }

    [PostgresFact]
    public async Task One_that_breaks_spoils_no_other()
    {
        var keys = await ClaimAsync(3);
        await store.AcceptAsync(Plan("s2", Run("sgas", 1, retrains: 1)));
        await store.FinishSearchAsync("sgas-s1-p00");
        var retrain = (await store.MustClaimAsync("sgas-s1-t0")).Key;

        // A retrain job that ends as a search; and a fence that never was.
        var ends = await WhileACommandWorksAsync([Ending(keys[0]), Ending(keys[1]), Ending(retrain), Ending(keys[2] with { Fence = 7 }), Ending(keys[2])]);

        Assert.Equal(FenceAnswer.Held, await ends[0]);
        Assert.Equal(FenceAnswer.Held, await ends[1]);
        Assert.Contains("without exactly one Retrain outcome", (await Assert.ThrowsAsync<InvalidDataException>(() => ends[2])).Message);
        Assert.Equal(FenceAnswer.FenceLost, await ends[3]);
        Assert.Equal(FenceAnswer.Held, await ends[4]);
        Assert.Equal(["darts-s0-p01", "darts-s1-p01", "darts-s2-p01"], await store.WaitingAsync());
        Assert.Equal("running", (await store.ReadRunAsync("sgas-s1"))!.Units.Single(unit => unit.UnitId == "sgas-s1-t0").State);
    }

    [PostgresFact]
    public async Task Two_processes_of_eight_slots_take_every_phase_once()
    {
        const int runs = 60, phases = 3;
        await store.AcceptAsync(Plan("s1", [.. Enumerable.Range(0, runs).Select(seed => Run("darts", seed))]));
        await using var other = await PostgresFarmStore.OpenAsync(address, TimeProvider.System);
        var before = await DeadlocksAsync();
        var done = new ConcurrentBag<string>();

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
        {
            var (mine, slot) = (n % 2 == 0 ? store : other, Slot with { SlotId = $"host-{n % 2}/cpu-{n}", Owner = $"host-{n % 2}/1" });
            while ((await mine.ReadSnapshotAsync(32, "cpu")) is { } look && look.Waiting.Count + look.Running.Count > 0)
            {
                if (await mine.ClaimAsync([.. look.Waiting.Select(unit => unit.UnitId)], slot, Lease) is not { } claim)
                    continue;
                Assert.Equal(FenceAnswer.Held, await mine.RecordStartedAsync(claim.Key, Started(claim.Key.Fence)));
                await mine.AnnounceSlotsAsync([slot], Lease);
                Assert.Equal(FenceAnswer.Held, await mine.CompleteAsync(claim.Key, SearchDone(claim.Key.UnitId, 1, finished: claim.Unit.Phase == phases - 1), []));
                done.Add(claim.Key.UnitId);
            }
        }));

        Assert.Equal(runs * phases, done.Distinct().Count());
        Assert.Equal(runs * phases, done.Count);
        Assert.Equal(new SweepCounts(runs, runs, 0, 0, 0, 0), await store.ReadCountsAsync("s1"));
        Assert.Equal(before, await DeadlocksAsync());
    }

    private async Task<List<AttemptKey>> ClaimAsync(int count)
    {
        await store.AcceptAsync(Plan("s1", [.. Enumerable.Range(0, count).Select(seed => Run("darts", seed))]));
        var keys = new List<AttemptKey>();
        for (var seed = 0; seed < count; seed++)
            keys.Add((await store.MustClaimAsync($"darts-s{seed}-p00", Slot with { SlotId = $"host/cpu-{seed}" })).Key);
        return keys;
    }

    private Func<Task<FenceAnswer>> Ending(AttemptKey key) => () => store.CompleteAsync(key, SearchDone(key.UnitId, key.Fence, finished: false), []);

    /// <summary>Calls that all come while the first of them waits for a command.</summary>
    private async Task<Task<FenceAnswer>[]> WhileACommandWorksAsync(Func<Task<FenceAnswer>>[] calls)
    {
        await using var connection = await shared.Server.ConnectAsync(address);
        var command = PostgresSession.Write(connection, FarmLock.Exclusive);
        command.Flush();
        Task<FenceAnswer>[] called = [.. calls.Select(call => call())];
        command.Commit();
        await Task.WhenAny(Task.WhenAll(called));
        return called;
    }

    private Task<long> AskAsync(string question) => shared.Server.ScalarAsync<long>(question, address);

    private Task<long> DeadlocksAsync() => shared.Server.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'");
}
