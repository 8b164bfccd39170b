using NasFarm.Catalog.Units;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Trainers;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Trainers;

/// <summary>Files that take their time, with real child processes; every clock moves by hand.</summary>
public sealed class AttemptFilesTests : IAsyncLifetime
{
    private const string Unit = "darts-s1-p00";
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.2);
    private readonly TestFolder folder = new();
    private readonly ManualTime storeClock = new();
    private readonly ManualTime clock = new();
    private readonly EventRecord events = new();
    private SlowArtifacts artifacts = null!;
    private TrainerSupervisor supervisor = null!;
    private IFarmStore store = null!;

    public async Task InitializeAsync()
    {
        store = await OpenAsync();
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        artifacts = new(folder.File("artifacts"));
    }

    public async Task DisposeAsync()
    {
        await supervisor.DisposeAsync();
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_unit_is_done_when_its_end_has_arrived_and_its_lease_holds_until_then()
    {
        Supervise("normal");
        var claim = await store.MustClaimAsync(Unit);
        var executing = supervisor.ExecuteAsync(claim, CancellationToken.None);

        // The metrics are durable long before the file is where others find it.
        await events.Await<FarmEvent.Measured>(m => m.Metric.Step == 1);
        for (var third = 0; third < 6; third++)
        {
            storeClock.Advance(Lease / 3);
            clock.Advance(Lease / 3);
            await Renewed(claim);
        }
        Assert.Empty(events.All<FarmEvent.Completed>());
        artifacts.Open();
        await executing;

        Assert.Single(events.All<FarmEvent.Completed>());
        Assert.Equal(["darts-s1-p00/fence-1/end.safetensors"], artifacts.Published);
        Assert.Equal([claim.Key], artifacts.Released);
    }

    [Fact]
    public async Task A_transfer_that_fails_is_tried_again_and_told()
    {
        Supervise("normal");
        artifacts.Failures = 2;
        artifacts.Open();
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);

        foreach (var pause in new[] { FirstPause, 2 * FirstPause })
        {
            await clock.Armed(pause);
            clock.Advance(pause);
        }
        await executing;

        Assert.Single(events.All<FarmEvent.Completed>());
        Assert.Equal(
            [(FailureReason.ArtifactsUnavailable, "far away is out of reach"), (FailureReason.ArtifactsUnavailable, "far away is out of reach")],
            events.All<FarmEvent.ArtifactsAway>().Select(a => (a.Reason, a.Message)));
    }

    [Fact]
    public async Task A_storage_that_stays_away_sends_the_unit_back_with_a_reason_and_costs_no_attempt_and_no_trainer()
    {
        Supervise("normal", patience: TimeSpan.Zero);
        artifacts.Failures = 2;
        artifacts.Open();
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);

        await clock.Armed(FirstPause);
        clock.Advance(FirstPause);
        await executing;

        var ended = Assert.Single(events.All<FarmEvent.Ended>());
        Assert.Equal((FailureReason.ArtifactsUnavailable, "far away is out of reach"), (ended.Reason, ended.Message));
        Assert.IsType<AttemptEnding.Retry>(ended.Ending);
        var trainer = supervisor.TrainerProcessId;
        Assert.NotNull(trainer);
        storeClock.Advance(TimeSpan.FromMinutes(1));
        await supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);
        Assert.Equal(trainer, supervisor.TrainerProcessId);
        Assert.Single(events.All<FarmEvent.Completed>());
    }

    [Fact]
    public async Task What_is_missing_is_named_in_the_runs_events()
    {
        artifacts.Open();
        Supervise("crash-once");
        await supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);
        artifacts.Lost = true;
        storeClock.Advance(TimeSpan.FromSeconds(1));

        await supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);

        Assert.Equal(["darts-s1-p00/fence-1/1.safetensors is not far away"], events.All<FarmEvent.Started>()[^1].Start.DamagedCheckpoints);
    }

    [Fact]
    public async Task A_file_that_is_not_what_the_trainer_said_ends_the_attempt()
    {
        Supervise("normal");
        artifacts.Wrong = "checkpoint end.safetensors has 3 bytes";
        artifacts.Open();

        await supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);

        var ended = Assert.Single(events.All<FarmEvent.Ended>());
        Assert.Equal((FailureReason.TrainerError, "killed: checkpoint end.safetensors has 3 bytes"), (ended.Reason, ended.Message));
    }

    [Fact]
    public async Task A_stop_waits_for_the_checkpoint_it_asked_for()
    {
        Supervise("polite");
        artifacts.Open();
        using var stop = new CancellationTokenSource();
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), stop.Token);
        await events.Await<FarmEvent.Started>();
        artifacts.Close();
        artifacts.Failures = 1;

        await stop.CancelAsync();
        artifacts.Open();
        await clock.Armed(FirstPause);
        clock.Advance(FirstPause);
        await executing;

        Assert.Equal(FailureReason.HostStopping, Assert.Single(events.All<FarmEvent.Ended>()).Reason);
        Assert.Equal("darts-s1-p00/fence-1/stop.safetensors", Assert.Single((await store.MustClaimAsync(Unit)).ResumeFrom).Path);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_ever()
    {
        Supervise("polite");
        using var stop = new CancellationTokenSource();
        artifacts.Open();
        var executing = supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), stop.Token);
        await events.Await<FarmEvent.Started>();
        artifacts.Close();

        await stop.CancelAsync();
        await clock.Armed(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(60));
        await executing;

        Assert.Equal(FailureReason.HostStopping, Assert.Single(events.All<FarmEvent.Ended>()).Reason);
        Assert.Empty((await store.MustClaimAsync(Unit)).ResumeFrom);
    }

    [Fact]
    public async Task A_stop_before_the_files_are_here_gives_the_unit_back_at_once()
    {
        artifacts.Open();
        Supervise("crash-once");
        await supervisor.ExecuteAsync(await store.MustClaimAsync(Unit), CancellationToken.None);
        storeClock.Advance(TimeSpan.FromSeconds(1));
        artifacts.Close();
        using var stop = new CancellationTokenSource();
        var claim = await store.MustClaimAsync(Unit);
        var executing = supervisor.ExecuteAsync(claim, stop.Token);
        await events.Await<FarmEvent.Claimed>(c => c.Claim.Key == claim.Key);

        await stop.CancelAsync();
        await executing;

        Assert.Equal(FailureReason.HostStopping, events.All<FarmEvent.Ended>()[^1].Reason);
    }

    [Fact]
    public async Task A_lost_lease_gives_the_transfer_up()
    {
        Supervise("normal");
        var claim = await store.MustClaimAsync(Unit);
        var executing = supervisor.ExecuteAsync(claim, CancellationToken.None);
        await events.Await<FarmEvent.Measured>(m => m.Metric.Step == 1);

        storeClock.Advance(Lease + TimeSpan.FromSeconds(1));
        await store.ExpireLeasesAsync();
        clock.Advance(Lease / 3);
        await executing;

        Assert.Equal(new AttemptEnding.FenceLost(), Assert.Single(events.All<FarmEvent.Ended>()).Ending);
        Assert.Empty(artifacts.Published);
        Assert.Equal([claim.Key], artifacts.Released);
    }

    private async Task<IFarmStore> OpenAsync() => await SqliteFarmStore.OpenAsync(folder.File("farm.db"), storeClock);

    private void Supervise(string behaviour, TimeSpan? patience = null)
    {
        var options = FakeTrainer.Options(behaviour);
        options.ArtifactPatience = patience ?? options.ArtifactPatience;
        supervisor = new TrainerSupervisor(store, Slot, null, options, artifacts, clock, events.Tell);
    }

    /// <summary>The supervisor renews on its own task: waits until the store has heard it.</summary>
    private async Task Renewed(Claim claim)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await LeaseUntilAsync(claim)) < storeClock.GetUtcNow() + Lease)
            await Task.Delay(2, patience.Token);
        Assert.Empty(await store.ExpireLeasesAsync());
    }

    private async Task<DateTimeOffset> LeaseUntilAsync(Claim claim)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={folder.File("farm.db")};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT lease_until FROM unit WHERE unit_id = @unit";
        command.Parameters.AddWithValue("@unit", claim.Key.UnitId);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(await command.ExecuteScalarAsync())!);
    }
}
