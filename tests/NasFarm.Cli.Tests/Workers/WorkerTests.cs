using System.Text.Json;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store.Postgres;

namespace NasFarm.Cli.Tests.Workers;

/// <summary><c>nasfarm submit</c> and <c>nasfarm worker</c> with real trainers.</summary>
public sealed class WorkerTests
{
    [PostgresFact]
    public async Task A_drained_and_a_killed_worker_are_replaced_and_the_sweep_ends_with_the_bytes_of_the_undisturbed_one()
    {
        var reference = await Reference.OfAsync("greedy");
        await using var postgres = await PostgresServer.StartAsync();
        using var place = new Workplace();
        var address = await postgres.NewSchemaAsync();
        (string, string)[] store = [("NASFARM_STORE", address)];
        (string, string)[] environment = [.. store, ("NASFARM_ARTIFACTS", Directory.CreateDirectory(Path.Combine(place.Folder, "shared")).FullName)];
        var manifest = place.Write("greedy.yaml", Reference.Sweeps["greedy"]);

        // 1. Accepted twice, it is one sweep; nothing has run.
        Assert.Contains("3 seed-runs, 3 new", (await RunAsync(place, environment, "submit", manifest)).Output, StringComparison.Ordinal);
        using (var again = JsonDocument.Parse((await RunAsync(place, environment, "submit", manifest, "--json")).Output))
            Assert.True(again.RootElement.GetProperty("alreadyAccepted").GetBoolean());

        // 2. Two workers; one is asked to leave, the other is killed, each while it executes a unit.
        using (var polite = place.Start(["worker", "--slots", "1", "--home", Path.Combine(place.Folder, "one")], environment))
        using (var killed = place.Start(["worker", "--slots", "1", "--home", Path.Combine(place.Folder, "two"), "--json"], environment))
        {
            Assert.True(await Eventually.Holds(() => polite.SaidSoFar.Contains(" started ", StringComparison.Ordinal)), "The first worker began nothing.");
            Assert.True(await Eventually.Holds(() => killed.SaidSoFar.Contains("\"event\":\"started\"", StringComparison.Ordinal)), "The second worker began nothing.");
            polite.Send(Signals.Terminate);
            killed.Send(Signals.Kill);
            var drained = await polite.EndAsync();
            Assert.True(drained.ExitCode == ExitCodes.Done, drained.ToString());
            Assert.Contains("left", drained.Output, StringComparison.Ordinal);
            var lines = (await killed.EndAsync()).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            Assert.Equal("ready", lines[0].GetProperty("event").GetString());
            Assert.Contains(lines, line => line.GetProperty("event").GetString() == "claimed" && line.GetProperty("unit").GetString()!.Length > 0);
        }

        // 3. A third does the rest, what the killed one had begun one lease later, and ends by itself.
        var third = await RunAsync(place, environment, "worker", "--slots", "2", "--until-idle", "--home", Path.Combine(place.Folder, "three"));
        Assert.Contains("nothing is left to do here", third.Output, StringComparison.Ordinal);
        Assert.True(await Eventually.Holds(() => place.Living.Count == 0), "A process outlives the workers.");
        await using var farm = await PostgresFarmStore.OpenAsync(address, TimeProvider.System);
        var sweep = Assert.Single(await farm.ListSweepsAsync());
        Assert.Equal(new SweepCounts(3, 3, 0, 0, 0, 0), sweep.Counts);
        foreach (var run in (await farm.ReadSweepAsync(sweep.SweepId))!.Runs)
        {
            Assert.Equal(reference.Histories[run.RunId], await farm.EffectiveHistoryAsync(run.RunId));
            Assert.All((await farm.ReadRunAsync(run.RunId))!.Units, unit => Assert.Single(unit.Attempts, a => a.Ending == "done"));
        }
        Assert.Empty((await farm.ReadSnapshotAsync()).Slots);

        // 4. A place of one machine alone is said to be one.
        var alone = await RunAsync(place, store, "worker", "--slots", "1", "--until-idle");
        Assert.Contains("no other machine can go on with what this worker began. NASFARM_ARTIFACTS names a place", alone.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_until_idle_does_what_was_submitted_and_ends()
    {
        var reference = await Reference.OfAsync("early-stopping");
        using var place = new Workplace { LeaseSeconds = null };
        var nothing = await place.MustRunAsync("worker", "--until-idle", "--slots", "1");
        Assert.Contains("nothing is left to do here", nothing.Output, StringComparison.Ordinal);
        await place.MustRunAsync("submit", place.Write("early-stopping.yaml", Reference.Sweeps["early-stopping"]));

        var worked = await place.MustRunAsync("worker", "--until-idle", "--slots", "1", "--json");

        Assert.All(worked.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
        Assert.Contains("\"event\":\"completed\"", worked.Output, StringComparison.Ordinal);
        Assert.Equal("", worked.Errors);
        Assert.Empty(FarmRows.LostOrDoubled(place.Database));
        foreach (var (run, history) in await place.HistoriesAsync())
            Assert.Equal(reference.Histories[run], history);
    }

    [Fact]
    public async Task A_worker_without_work_waits_and_leaves_when_asked()
    {
        using var place = new Workplace { LeaseSeconds = null };
        using var worker = place.Start(["worker", "--slots", "2", "--label", "spare"]);
        Assert.True(await Eventually.Holds(() => worker.HasEnded || worker.SaidSoFar.Contains("ready", StringComparison.Ordinal)));

        worker.Send(Signals.Terminate);
        var ended = await worker.EndAsync();

        Assert.True(ended.ExitCode == ExitCodes.Done, ended.ToString());
        await using var store = await place.OpenStoreAsync();
        Assert.Empty((await store.ReadSnapshotAsync()).Slots);
    }

    [Fact]
    public async Task A_drained_host_gives_its_units_back_says_so_everywhere_and_takes_them_again_when_it_is_opened()
    {
        var host = Environment.MachineName;
        using var place = new Workplace { LeaseSeconds = 3 };
        await place.MustRunAsync("submit", place.Write("greedy.yaml", Reference.Sweeps["greedy"]));
        using var worker = place.Start(["worker", "--slots", "1", "--label", "tall"]);
        Assert.True(await Eventually.Holds(() => worker.HasEnded || worker.SaidSoFar.Contains(" started ", StringComparison.Ordinal)));

        Assert.Contains($"{host} is drained: 1 living slots get nothing new", (await place.MustRunAsync("drain", host, "--reason", "new fan")).Output, StringComparison.Ordinal);

        Assert.True(await Eventually.Holds(() => worker.HasEnded || FarmRows.AllLeasesAreOver(place.Database)), "The worker goes on.");
        using (var board = JsonDocument.Parse((await place.MustRunAsync("slots", "--json")).Output))
        {
            var slot = board.RootElement.GetProperty("slots")[0];
            Assert.Equal(("cordoned", "tall"), (slot.GetProperty("state").GetString(), slot.GetProperty("slot").GetProperty("labels")[0].GetString()));
        }
        Assert.Contains($"drained by {Environment.UserName}@{host} since", (await place.MustRunAsync("slots")).Output, StringComparison.Ordinal);
        Assert.Contains($"every cpu slot that fits is closed: {host} is cordoned by", (await place.MustRunAsync("status")).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.BadInput, (await place.RunAsync("uncordon", "nowhere")).ExitCode);
        var before = worker.SaidSoFar.Length;
        Assert.Contains($"{host} is open again.", (await place.MustRunAsync("uncordon", host)).Output, StringComparison.Ordinal);
        Assert.True(await Eventually.Holds(() => worker.HasEnded || worker.SaidSoFar[before..].Contains(" claimed ", StringComparison.Ordinal)), "The worker takes nothing.");
        worker.Send(Signals.Terminate);
        Assert.Equal(ExitCodes.Done, (await worker.EndAsync()).ExitCode);
    }

    [Theory]
    [InlineData("--slots is '-1'; it must be 0 to 1024.", "--slots", "-1")]
    [InlineData("--drain-seconds is 'soon'; it must be 0 to 86400.", "--drain-seconds", "soon")]
    [InlineData("--slots 0 without --gpus leaves the worker no slot.", "--slots", "0")]
    public async Task A_worker_that_cannot_be_is_refused(string sentence, params string[] options)
    {
        using var place = new Workplace();
        var refused = await place.RunAsync(["worker", .. options]);
        Assert.Equal(ExitCodes.BadInput, refused.ExitCode);
        Assert.Contains(sentence, refused.Errors, StringComparison.Ordinal);
    }

    private static async Task<Ended> RunAsync(Workplace place, (string, string)[] environment, params string[] arguments)
    {
        using var running = place.Start(arguments, environment);
        var ended = await running.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.Done, $"nasfarm {string.Join(' ', arguments)}: {ended}");
        return ended;
    }

    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute() => Skip = PostgresServer.Absent;
    }
}
