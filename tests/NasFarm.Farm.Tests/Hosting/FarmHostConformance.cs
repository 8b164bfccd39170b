using NasFarm.Catalog.Results;
using NasFarm.Farm.Control;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Hosting;

/// <summary>What every engine must do, with real trainer processes. An engine joins by deriving from this class.</summary>
public abstract class FarmHostConformance : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The engine under test, its members started.</summary>
    protected IFarmHost Host { get; private set; } = null!;

    /// <summary>Its store.</summary>
    protected IFarmStore Store { get; private set; } = null!;

    protected TestFolder Folder { get; } = new();

    /// <summary>Starts an engine whose members (processes, silos) each have one slot and a trainer that behaves as told.</summary>
    /// <param name="members">Labels of each member's slot.</param>
    /// <param name="behaviour">Of every trainer (<c>fake-trainer.sh</c>).</param>
    protected abstract Task<(IFarmHost Host, IFarmStore Store)> StartAsync(IReadOnlyList<string[]> members, params string[] behaviour);

    /// <summary>Stops the members; what they run is released.</summary>
    protected abstract Task StopAsync();

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        await StopAsync();
        Folder.Dispose();
    }

    [Fact]
    public async Task A_sweep_runs_to_its_end_and_a_watcher_hears_of_every_unit_once()
    {
        await BeginAsync([[], []], "normal");
        var beginning = await Store.ReadMovePositionAsync();
        await Host.SubmitAsync(Plan("s1", Run("darts", 1, retrains: 2), Run("sgas", 1, retrains: 1), Run("darts", 2), Run("sgas", 2)));

        var done = 0;
        var (moves, last) = await WatchAsync("s1", beginning, news => (done += news.Moves.Count(m => m.State == "done")) == 11);

        // Two phases for each search.
        Assert.Equal(["darts-s1-p00", "darts-s1-p01", "darts-s1-t0", "darts-s1-t1", "darts-s2-p00", "darts-s2-p01", "sgas-s1-p00", "sgas-s1-p01", "sgas-s1-t0", "sgas-s2-p00", "sgas-s2-p01"],
            moves.Where(m => m.State == "done").Select(m => m.UnitId).Order(StringComparer.Ordinal));
        Assert.Equal(moves.Count, moves.Distinct().Count());
        Assert.Equal(
            [new ArmAggregate("darts", 0, 0, 2, 0, 0, 0, 1, 90, null, 90, 90), new ArmAggregate("sgas", 0, 0, 2, 0, 0, 0, 1, 90, null, 90, 90)], last.Aggregate.Arms);
        Assert.Equal(last.Aggregate, await Host.ReadAggregateAsync("s1"));
        Assert.Equal(new SweepCounts(4, 4, 0, 0, 0, 0), await Store.ReadCountsAsync("s1"));
        Assert.All((await Store.ReadSweepAsync("s1"))!.Runs, run => Assert.Equal(2 + run.RetrainsWanted, run.Attempts));
    }

    [Fact]
    public async Task A_watcher_who_was_cut_off_goes_on_where_it_was()
    {
        const int units = 40;
        await BeginAsync([[]], "normal");
        var beginning = await Store.ReadMovePositionAsync();
        await Host.SubmitAsync(Plan("s1", [.. Enumerable.Range(1, units / 2).Select(seed => Run("darts", seed))]));
        var (first, cut) = await WatchAsync("s1", beginning, news => news.Moves.Count > 0);
        await UntilAsync(async () => (await Store.ReadCountsAsync("s1"))!.Open == 0, "all runs are over");

        var done = first.Count(m => m.State == "done");
        Assert.InRange(done, 0, units - 1);
        var (rest, last) = await WatchAsync("s1", cut.Reached, news => (done += news.Moves.Count(m => m.State == "done")) >= units);

        Assert.Equal(units, first.Concat(rest).Count(m => m.State == "done"));
        Assert.Equal(first.Count + rest.Count, first.Concat(rest).Distinct().Count());
        Assert.Equal((0, false), (last.Aggregate.Open, last.Missed));
    }

    [Fact]
    public async Task What_is_paused_stops_with_a_checkpoint_and_goes_on_when_it_may()
    {
        await BeginAsync([[]], "polite");
        await Host.SubmitAsync(Plan("s1", Run("darts", 1)));
        await UntilAsync(async () => (await AttemptsAsync("darts-s1")) is [{ StartedAt: not null }], "it has started");

        Assert.Equal(1, (await Host.PauseAsync(new Target.Sweep("s1"), "ann", "op1"))!.StoppingUnits);
        Assert.Equal(1, (await Host.PauseAsync(new Target.Sweep("s1"), "ann", "op1"))!.StoppingUnits);
        await UntilAsync(async () => (await AttemptsAsync("darts-s1"))[0].Ending == "paused", "it has stopped");
        Assert.Single((await Store.ReadRunAsync("darts-s1"))!.Units[0].Checkpoints);
        Assert.Equal((1, 0), (Running(await Host.ReadAggregateAsync("s1")), Running(await Host.ReadAggregateAsync("s1"), running: true)));
        Assert.Equal(1, (await Host.ResumeAsync(new Target.Sweep("s1"), "op2"))!.Runs);

        await UntilAsync(async () => (await AttemptsAsync("darts-s1")) is [_, { StartedAt: not null }], "it has started again");

        static int Running(SweepAggregate? sweep, bool running = false) => sweep!.Arms.Sum(arm => running ? arm.Running : arm.Waiting);
    }

    [Fact]
    public async Task What_is_cancelled_ends_and_its_slot_takes_something_else()
    {
        await BeginAsync([[]], "polite");
        await Host.SubmitAsync(Plan("s1", Run("darts", 1)));
        await UntilAsync(async () => (await AttemptsAsync("darts-s1")) is [{ StartedAt: not null }], "it has started");
        await Host.SubmitAsync(Plan("s2", Run("sgas", 1)));

        Assert.Equal(1, (await Host.CancelAsync(new Target.Sweep("s1"), "op1"))!.CancelledUnits);

        await UntilAsync(async () => (await AttemptsAsync("sgas-s1")) is [{ StartedAt: not null }], "the other one has started");
        Assert.Equal(SeedRunState.Cancelled, (await Store.StatusAsync("s1", "darts-s1")).State);
        Assert.Equal(1, (await Host.ReadAggregateAsync("s1"))!.Arms.Single().Cancelled);
    }

    [Fact]
    public async Task What_failed_is_tried_again_when_asked()
    {
        await BeginAsync([[]], "fail", "bad-spec");
        await Host.SubmitAsync(Plan("s1", Run("darts", 1)));
        await UntilAsync(async () => (await Store.ReadCountsAsync("s1"))!.Failed == 1, "it has failed");

        Assert.Equal(1, (await Host.RetryFailedAsync(new Target.Sweep("s1"), "op1"))!.RetriedUnits);

        await UntilAsync(async () => (await AttemptsAsync("darts-s1")).Count == 2, "it is tried again");
        await UntilAsync(async () => (await Host.ReadAggregateAsync("s1"))!.Arms.Single().Failed == 1, "it has failed again");
    }

    [Fact]
    public async Task A_unit_runs_where_a_slot_fits_and_nowhere_else()
    {
        await BeginAsync([[], ["fast"], []], "normal");
        await Host.SubmitAsync(Plan("s1", [.. Enumerable.Range(1, 4).Select(seed => Run("darts", seed))]) with { Resources = ResourceRequest.Of(0, ["fast"]) });

        await WatchAsync("s1", null, news => news.Aggregate.Open == 0);

        var attempts = new List<AttemptDetails>();
        foreach (var seed in Enumerable.Range(1, 4))
            attempts.AddRange(await AttemptsAsync($"darts-s{seed}"));
        Assert.Equal(8, attempts.Count);
        Assert.Single(attempts.Select(attempt => attempt.SlotId).Distinct());
    }

    [Fact]
    public async Task A_priority_is_the_stores()
    {
        await BeginAsync([[]], "hang");
        await Host.SubmitAsync(Plan("s1", Run("darts", 1)));

        Assert.Equal((0, 7), (await Host.SetPriorityAsync("s1", 7, "op1")) is { } report ? (report.Before, report.Now) : default);
        Assert.Equal(7, (await Store.ListSweepsAsync()).Single().Priority);
        Assert.Null(await Host.SetPriorityAsync("nowhere", 7, "op2"));
    }

    [Fact]
    public async Task Of_a_sweep_that_is_not_there_nothing_is_said()
    {
        await BeginAsync([[]], "normal");

        Assert.Null(await Host.ReadAggregateAsync("nowhere"));
        Assert.Null(await Host.PauseAsync(new Target.Sweep("nowhere"), "ann", "op1"));
        await foreach (var news in Host.WatchAsync("nowhere"))
            Assert.Fail($"somebody says {news}");
    }

    protected async Task BeginAsync(IReadOnlyList<string[]> members, params string[] behaviour) => (Host, Store) = await StartAsync(members, behaviour);

    /// <summary>Every attempt of a run, the first one first.</summary>
    protected async Task<IReadOnlyList<AttemptDetails>> AttemptsAsync(string runId) =>
        [.. (await Store.ReadRunAsync(runId))!.Units.SelectMany(unit => unit.Attempts).OrderBy(attempt => attempt.ClaimedAt)];

    /// <summary>The moves of a sweep until news as wanted.</summary>
    protected async Task<(IReadOnlyList<UnitMove> Moves, SweepNews Last)> WatchAsync(string sweepId, MovePosition? after, Func<SweepNews, bool> enough)
    {
        using var patience = new CancellationTokenSource(Patience);
        var moves = new List<UnitMove>();
        await foreach (var news in Host.WatchAsync(sweepId, after, patience.Token))
        {
            moves.AddRange(news.Moves);
            if (enough(news))
                return (moves, news);
        }
        throw new InvalidOperationException($"The watch of {sweepId} ended after {moves.Count} moves.");
    }

    protected static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await holds())
        {
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"Not within {Patience}: {what}.");
            await Task.Delay(20);
        }
    }
}
