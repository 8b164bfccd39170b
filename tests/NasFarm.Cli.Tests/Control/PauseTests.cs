using System.Text.Json;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Control;

/// <summary>A pause of a sweep in execution leaves checkpoints and no trainer; resumed, it ends with the bytes of the undisturbed one.</summary>
public sealed class PauseTests
{
    [Fact]
    public async Task A_paused_sweep_leaves_checkpoints_and_no_trainer_and_ends_as_if_nothing_had_been()
    {
        var reference = await Reference.OfAsync("long");
        using var place = new Workplace();
        using var running = place.Start(["run", place.Write("long.yaml", Reference.Sweeps["long"]), "--slots", "1"]);
        var search = reference.Units.Single(u => u is { Kind: "search", Arm: "darts" }).UnitId;
        Assert.True(await Eventually.Holds(() => running.HasEnded || FarmRows.HasCheckpoint(place.Database, search)), "The sweep never began.");
        // A command takes longer to start than these searches take: the trainer sleeps while it is typed, and until its supervisor has heard of it.
        var trainer = place.Trainers[0];
        Signals.Send(trainer, Signals.Stop);

        var paused = await place.MustRunAsync("pause", "long", "--json");
        var lease = FarmRows.LastLease(place.Database);
        Assert.True(await Eventually.Holds(() => !(FarmRows.LastLease(place.Database) <= lease)), "Nobody renews the lease.");
        Signals.Send(trainer, Signals.Continue);

        using (var effect = JsonDocument.Parse(paused.Output))
            Assert.InRange(effect.RootElement.GetProperty("effect").GetProperty("runs").GetInt32(), 1, 3);
        Assert.True(await Eventually.Holds(() => place.Trainers.Count == 0 && FarmRows.LastLease(place.Database) is null), "A trainer outlives the pause.");
        Assert.False(running.HasEnded, "The program should wait for the resume.");
        var attempts = FarmRows.Attempts(place.Database);
        Assert.True(attempts.Contains(": paused ", StringComparison.Ordinal), attempts);
        using (var status = JsonDocument.Parse((await place.MustRunAsync("status", "--json")).Output))
        {
            var waiting = status.RootElement.GetProperty("runs").EnumerateArray().Where(r => r.GetProperty("state").GetString() == "waiting").ToList();
            Assert.NotEmpty(waiting);
            Assert.All(waiting, run => Assert.Equal("paused", run.GetProperty("reason").GetString()));
            var why = await place.MustRunAsync("why", waiting[0].GetProperty("runId").GetString()!);
            Assert.Contains("'nasfarm resume s-", why.Output, StringComparison.Ordinal);
        }
        Assert.Equal(attempts, FarmRows.Attempts(place.Database));

        await place.MustRunAsync("resume", "long");

        var ended = await running.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.Done, ended.ToString());
        Assert.Contains("only paused work is left: paused by", ended.Output, StringComparison.Ordinal);
        Assert.Empty(FarmRows.LostOrDoubled(place.Database));
        Assert.Equal(reference.Histories, await place.HistoriesAsync());
    }

    [Fact]
    public async Task A_sweep_that_is_paused_already_is_waited_for_and_says_so()
    {
        using var place = new Workplace();
        var manifest = place.Write("greedy.yaml", Reference.Sweeps["greedy"]);
        using (var first = place.Start(["run", manifest, "--slots", "1"]))
        {
            Assert.True(await Eventually.Holds(() => first.HasEnded || place.Trainers.Count > 0), "The sweep never began.");
            first.Send(Signals.Interrupt);
            await first.EndAsync();
        }
        await place.MustRunAsync("pause", "greedy");
        using var running = place.Start(["run", manifest, "--slots", "1"]);
        Assert.True(await Eventually.Holds(() => running.HasEnded || running.SaidSoFar.Contains("only paused work is left", StringComparison.Ordinal)), "Nobody says why.");

        await place.MustRunAsync("cancel", "greedy");

        var ended = await running.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.RunsFailed, ended.ToString());
        Assert.Contains("Sweep greedy is paused by", ended.Errors, StringComparison.Ordinal);
    }
}
