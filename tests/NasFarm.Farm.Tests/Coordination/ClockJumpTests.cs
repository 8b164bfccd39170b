using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Trainers;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Coordination;

/// <summary>Leases live by the database's clock and by a monotonic one: somebody who sets a worker's clock changes nothing.</summary>
public sealed class ClockJumpTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly EventRecord events = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_unit_outlives_jumps_of_its_workers_clock_in_one_attempt()
    {
        // The database has a clock of its own, as on another machine.
        await using var store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), TimeProvider.System);
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 1 });
        var clock = new SettableClock();
        var options = new LocalFarmOptions
        {
            Owner = "a", Artifacts = folder.File("artifacts"), Trainer = FakeTrainer.Options("polite"), PollInterval = TimeSpan.FromMilliseconds(50),
            CollectInterval = TimeSpan.FromMilliseconds(100),
        };
        options.Trainer.Lease = TimeSpan.FromSeconds(6);
        using var stop = new CancellationTokenSource();
        var running = new LocalFarm(store, options, clock, events.Tell).RunAsync(null, stop.Token);
        var started = await events.Await<FarmEvent.Started>();

        // Each renewal lets this trainer measure once.
        foreach (var days in new[] { 365, -365 })
        {
            var measured = events.All<FarmEvent.Measured>().Count;
            clock.Ahead = TimeSpan.FromDays(days);
            await events.Await<FarmEvent.Measured>(m => m.Metric.Step > measured);
        }
        await stop.CancelAsync();

        Assert.IsType<FarmEnding.Stopped>(await running.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Single(events.All<FarmEvent.Claimed>());
        Assert.Empty(events.All<FarmEvent.LeaseExpired>());
        var ended = Assert.Single(events.All<FarmEvent.Ended>());
        Assert.Equal((started.Claim.Key, Catalog.Units.FailureReason.HostStopping), (ended.Claim.Key, ended.Reason));
        Assert.Single(events.All<FarmEvent.Saved>());
    }

    private sealed class SettableClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
