using NasFarm.Catalog.Units;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Store.Postgres;

/// <summary>Servers that crash, and answers that never arrive.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresOutageTests(SharedPostgres shared)
{
    [PostgresFact]
    public async Task A_server_that_crashes_in_the_middle_loses_nothing_and_doubles_nothing()
    {
        const int runs = 60, steps = 3;
        await using var store = await PostgresFarmStore.OpenAsync(await shared.Server.NewSchemaAsync(), TimeProvider.System, TimeSpan.FromSeconds(30));
        await store.AcceptAsync(Plan("s1", [.. Enumerable.Range(0, runs).Select(seed => Run("darts", seed, retrains: 1))]));
        var finished = 0;
        var halfway = new TaskCompletionSource();

        var working = Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            var slot = Slot with { SlotId = $"host/cpu-{n}", Owner = $"host/{n}" };
            while ((await store.ReadSnapshotAsync(32, "cpu")).Waiting.Select(u => u.UnitId).ToList() is { Count: > 0 } ranking)
            {
                if (await store.ClaimAsync(ranking, slot, Lease) is not { } claim)
                    continue;
                Assert.Equal(FenceAnswer.Held, await store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence)));
                for (var step = 0; step < steps; step++)
                    Assert.Equal(FenceAnswer.Held, await store.AppendAsync(claim.Key, [Metric(claim.Key.Fence, step, "loss", step), Checkpoint(claim.Key.UnitId, claim.Key.Fence, step + 1)]));
                var retrain = claim.Unit.Kind == UnitKind.Retrain;
                Assert.Equal(FenceAnswer.Held, await store.CompleteAsync(claim.Key,
                    retrain ? RetrainDone(claim.Key.UnitId, claim.Key.Fence) : SearchDone(claim.Key.UnitId, claim.Key.Fence, trained: steps), []));
                if (Interlocked.Increment(ref finished) == runs / 2)
                    halfway.SetResult();
            }
        })));
        await Task.WhenAny(halfway.Task, working);
        await shared.Server.CrashAndStartAsync();
        await working;

        Assert.Equal(new(runs, runs, 0, 0, 0, 0), await store.ReadCountsAsync("s1"));
        for (var seed = 0; seed < runs; seed++)
        {
            var units = (await store.ReadRunAsync($"darts-s{seed}"))!.Units;
            Assert.Equal(2, units.Count);
            // One attempt each: a claim whose answer was lost was found again.
            Assert.All(units, u => Assert.Equal((1, "done"), (u.Fence, u.Attempts.Single().Ending)));
            Assert.All(units, u => Assert.Equal(steps + 1, u.Checkpoints.Count));
            Assert.Equal(2 * steps, (await store.EffectiveHistoryAsync($"darts-s{seed}"))!.Split('\n').Count(l => l.StartsWith("metric", StringComparison.Ordinal)));
        }
    }

    [PostgresFact]
    public async Task Every_member_may_lose_the_answer_to_its_commit()
    {
        await using var proxy = new CommitLosingProxy(shared.Server.Port);
        var address = $"{await shared.Server.NewSchemaAsync("Max Auto Prepare=0")};Port={proxy.Port}";
        await using var store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System);
        var plan = Plan("s1", Run("darts", 1, retrains: 1), Run("darts", 2)) with { MaxAttempts = 1 };

        Assert.Equal(2, (await Losing(() => store.AcceptAsync(plan))).Diff.Runs.Count);
        await Losing(async () =>
        {
            await store.AnnounceSlotsAsync([Slot], Lease);
            return true;
        });
        Assert.True(await Losing(() => store.TryCoordinateAsync("me", Lease)));
        var key = (await Losing(() => store.ClaimAsync(["darts-s1-p00", "darts-s2-p00"], Slot, Lease)))!.Key;
        Assert.Equal(new("darts-s1-p00", 1), key);
        Assert.Equal(FenceAnswer.Held, await Losing(() => store.RecordStartedAsync(key, Started(1, 0, null, "fence-0/2: wrong checksum"))));
        Assert.Equal(FenceAnswer.Held, await Losing(() => store.RenewAsync(key, Lease)));
        Assert.Equal(FenceAnswer.Held, await Losing(() => store.AppendAsync(key, [Metric(1, 0, "loss", 1), Decision(1, 0, "edge", "1"), Checkpoint(key.UnitId, 1, 1)])));
        Assert.Equal(FenceAnswer.Held, await Losing(() => store.AppendAsync(key, [.. Enumerable.Range(1, 100).Select(step => Metric(1, step, "loss", step))])));
        Assert.Equal(FenceAnswer.Held, await Losing(() => store.CompleteAsync(key, SearchDone(key.UnitId, 1, trained: 101), [])));
        await Losing(async () =>
        {
            await store.MarkCollectedAsync([new(key, File(key.UnitId, 1, 1), Void: false)]);
            return true;
        });
        // The end of an attempt stands as it was written first.
        var failing = (await store.MustClaimAsync("darts-s2-p00")).Key;
        Assert.IsType<AttemptEnding.FenceLost>(await Losing(() => store.EndAttemptAsync(failing, FailureReason.NativeCrash, "signal 9", [])));
        Assert.Equal(new(2, 0, 1, 0, 0, 1), await store.ReadCountsAsync("s1"));
        Assert.Equal(new RetryReport("s1", 1), await Losing(() => store.RetryFailedAsync("s1", "op-1")));
        await store.ClaimAsync(["darts-s2-p00"], Slot, TimeSpan.FromSeconds(-1));
        await Losing(() => store.ExpireLeasesAsync());
        Assert.Equal(new CancelReport("s1", 1, 0), await Losing(() => store.CancelSweepAsync("s1", "op-2")));

        var run = (await store.ReadRunAsync("darts-s1"))!;
        Assert.Equal(["damaged-checkpoint", "edge"], run.Units[0].Events.Select(e => e.Name));
        Assert.Equal([File(key.UnitId, 1, 101, end: true)], run.Units[0].Checkpoints);
        Assert.Equal(101, (await store.EffectiveHistoryAsync("darts-s1"))!.Split('\n').Count(l => l.StartsWith("metric", StringComparison.Ordinal)));
        Assert.Equal(["native-crash", "lease-lost"], (await store.ReadRunAsync("darts-s2"))!.Units[0].Attempts.Select(a => a.Ending));

        async Task<T> Losing<T>(Func<Task<T>> call)
        {
            var before = proxy.Lost;
            proxy.LoseNextCommit();
            var answer = await call();
            Assert.Equal(before + 1, proxy.Lost);
            return answer;
        }
    }

    [PostgresFact]
    public async Task A_store_that_stays_away_is_unavailable_and_works_again_when_it_is_back()
    {
        var proxy = new CommitLosingProxy(shared.Server.Port);
        var port = proxy.Port;
        var address = $"{await shared.Server.NewSchemaAsync()};Port={port}";
        // The tables are made with patience; only what comes after is in a hurry.
        await using (var first = await PostgresFarmStore.OpenAsync(address, TimeProvider.System))
            await first.AcceptAsync(Plan("s1", Run("darts", 1)));
        await using var store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System, TimeSpan.FromSeconds(2));
        Assert.Equal(["darts-s1-p00"], await store.WaitingAsync());
        await proxy.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WaitingAsync());

        await using var again = new CommitLosingProxy(shared.Server.Port, port);
        Assert.Equal(["darts-s1-p00"], await store.WaitingAsync());
    }
}
