using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using static NasFarm.Farm.Tests.Store.TestPlans;
using Next = Microsoft.AspNetCore.Http.RequestDelegate;

namespace NasFarm.Cli.Tests.Remote;

/// <summary>Commands that look on while work goes on and the server comes and goes.</summary>
[Collection(CallersAlone.Name)]
public sealed class WatchTests : IAsyncLifetime
{
    private const int Runs = 12;

    private readonly Person person = new();
    private FarmOnLoopback farm = null!;
    private int streams;

    public async Task InitializeAsync() =>
        farm = await FarmOnLoopback.StartAsync(async store => await store.AcceptAsync(Plan("s", [.. Enumerable.Range(1, Runs).Select(seed => Run("darts", seed))]) with { MaxAttempts = 1 }), before: app => app.Use((HttpContext context, Next next) =>
        {
            if (context.Request.Path.Value!.EndsWith("/events", StringComparison.Ordinal))
                Interlocked.Increment(ref streams);
            return next(context);
        }));

    public async Task DisposeAsync()
    {
        await farm.DisposeAsync();
        person.Dispose();
    }

    [Fact]
    public async Task A_watch_hears_every_move_once_and_in_order_while_the_server_is_away_twice()
    {
        var beginning = await farm.Store.ReadMovePositionAsync();
        var watch = Person.Start("watch", "s", "--server", farm.Url);
        await HeardAsync(watch, "0 of 12 runs are over");
        for (var seed = 1; seed <= Runs; seed++)
        {
            if (seed is 4 or 8)
            {
                // Some moves are heard before, the next ones happen while nobody tells them.
                await HeardAsync(watch, $"darts-s{seed - 1}-p00 of darts-s{seed - 1}: done");
                await farm.StopAsync();
            }
            if (seed == Runs)
                await FailAsync($"darts-s{seed}-p00");
            else
                await farm.Store.FinishSearchAsync($"darts-s{seed}-p00");
            if (seed is 6 or 9)
                await farm.ServeAsync();
        }
        var ended = await watch.EndAsync();

        Assert.True(ended.ExitCode == ExitCodes.RunsFailed, ended.ToString());
        var said = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var moves = (await farm.Store.ReadMovesAsync(beginning, 1000)).Moves;
        Assert.Equal(2 * Runs, moves.Count);
        Assert.Equal(
            ["sweep s (s): 0 of 12 runs are over, 0 run", .. moves.Select(Line), "12 declared = 11 finished + 1 failed + 0 cancelled + 0 running + 0 waiting"], said);
        Assert.InRange(streams, 3, int.MaxValue);
    }

    [Fact]
    public async Task A_watch_of_a_deleted_sweep_ends_and_one_that_is_interrupted_says_that_the_sweep_goes_on()
    {
        var interrupted = Person.Start("watch", "s", "--server", farm.Url);
        await HeardAsync(interrupted, "0 of 12");
        interrupted.Interrupt();
        var stopped = await interrupted.EndAsync();
        Assert.True(stopped.ExitCode == ExitCodes.Interrupted, stopped.ToString());
        Assert.Contains("sweep sweep s goes on", stopped.Errors, StringComparison.Ordinal);

        var watch = Person.Start("watch", "s", "--json", "--server", farm.Url);
        await HeardAsync(watch, "standing");
        Assert.NotNull(await farm.Store.DeleteSweepAsync("s", cancelRunning: true, "op"));
        var ended = await watch.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.RunsFailed, ended.ToString());
        Assert.EndsWith("{\"event\":\"deleted\",\"sweep\":\"s\"}\n", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_followed_log_tells_each_line_once_until_the_run_is_over_also_when_the_server_was_away()
    {
        const string Unit = "darts-s1-p00";
        var claim = await farm.Store.MustClaimAsync(Unit);
        await farm.Store.RecordStartedAsync(claim.Key, Started(claim.Key.Fence));
        var logs = Person.Start("logs", "darts-s1", "-f", "--server", farm.Url);
        await HeardAsync(logs, "attempt 1 begins on host/cpu-0");
        await farm.StopAsync();
        await farm.Store.AppendAsync([new(claim.Key, [Decision(claim.Key.Fence, 1, "pruned", "{\"edge\":3}")])]);
        await farm.ServeAsync();
        await HeardAsync(logs, "pruned");
        Assert.Equal(FenceAnswer.Held, await farm.Store.CompleteAsync(claim.Key, SearchDone(Unit, claim.Key.Fence), ["last words"]));
        var ended = await logs.EndAsync();

        Assert.True(ended.ExitCode == ExitCodes.Done, ended.ToString());
        var said = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, said.Length);
        Assert.EndsWith($"{Unit} attempt 1 begins on host/cpu-0", said[0], StringComparison.Ordinal);
        Assert.Contains("decision at epoch 1: pruned {\"edge\":3}", said[1], StringComparison.Ordinal);
        Assert.EndsWith($"{Unit} | last words", said[2], StringComparison.Ordinal);
        Assert.EndsWith($"{Unit} attempt 1 ends: done", said[3], StringComparison.Ordinal);
        Assert.Equal(ended.Output, await Person.MustRunAsync("logs", "darts-s1", "--home", farm.Place.Home));
    }

    private async Task FailAsync(string unit)
    {
        var claim = await farm.Store.MustClaimAsync(unit);
        await farm.Store.EndAttemptAsync(claim.Key, Catalog.Units.FailureReason.NativeCrash, "it fell over", []);
    }

    private static async Task HeardAsync(Called command, string words) =>
        Assert.True(await Eventually.Holds(() => command.SaidSoFar.Contains(words, StringComparison.Ordinal)), $"'{words}' is not in:\n{command.SaidSoFar}\n{command.Errors}");

    private static string Line(UnitMove move) => $"{move.UnitId} of {move.RunId}: {move.State}{(move.State == "running" ? $", attempt {move.Fence}" : "")}";
}
