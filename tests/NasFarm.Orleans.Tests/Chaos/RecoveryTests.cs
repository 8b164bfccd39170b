using System.Globalization;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Postgres;
using NasFarm.Farm.Tests.Store.Postgres;
using NasFarm.Orleans.Programs;
using Npgsql;
using Xunit.Abstractions;

namespace NasFarm.Orleans.Tests.Chaos;

/// <summary>A real search whose silo is killed again and again: how long until it trains on, and what takes the time?</summary>
[Trait("Tier", "chaos")]
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const int Kills = 20;

    // Notes when a trainer was started and what it said first; the trainer reads what this shell was given.
    private const string Noting = """
        note() { printf '%s %s\n' "$EPOCHREALTIME" "$1" >>"$NOTES/$$"; }
        note born
        "$REAL_TRAINER" trainer | while IFS= read -r line; do
          case "$line" in *'"hello"'*) note hello ;; *'"started"'*) note started ;; *'"progress"'*) note progress ;; esac
          printf '%s\n' "$line"
        done
        """;

    /// <summary>Seconds after a kill.</summary>
    private sealed record Recovery(double Detected, double Revoked, double Claimed, double Begun, double Loaded, double Stepped);

    [PostgresFact]
    public async Task A_search_trains_on_soon_after_its_silo_was_killed()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var place = new Workplace();
        var address = await postgres.NewSchemaAsync();
        var notes = Directory.CreateDirectory(Path.Combine(place.Folder, "notes")).FullName;
        (string, string)[] environment =
        [
            ("NASFARM_STORE", address), ("NASFARM_ARTIFACTS", Directory.CreateDirectory(Path.Combine(place.Folder, "shared")).FullName), ("NOTES", notes),
            ("REAL_TRAINER", Workplace.Program),
        ];
        // The network of the benchmark's own searches, on few images: its epochs are short, and loading it is not.
        var manifest = Manifests.Sweep("recovery", 1, "name: darts, hyperparameters: { epochs: 1000 }").Replace("channels: 2, cells: 1 }\n  data", "channels: 16, cells: 5 }\n  data", StringComparison.Ordinal)
            .Replace("batchIncrease: 0, ", "", StringComparison.Ordinal);
        using (var submit = place.Start(["submit", place.Write("recovery.yaml", manifest)], environment))
        {
            var submitted = await submit.EndAsync();
            Assert.True(submitted.ExitCode == Cli.ExitCodes.Done, submitted.ToString());
        }
        await using var store = await PostgresFarmStore.OpenAsync(address, TimeProvider.System, TimeSpan.FromSeconds(60));
        var runId = (await store.ReadSweepAsync((await store.ListSweepsAsync())[0].SweepId))!.Runs[0].RunId;
        var script = place.Write("noting-trainer.sh", Noting);
        var control = new[] { await StartAsync(place, environment, "control", script), await StartAsync(place, environment, "control", script) };
        var silos = control.ToList();
        var (owner, recoveries) = (await StartAsync(place, environment, "gpu", script), new List<Recovery>());
        try
        {
            while (recoveries.Count < Kills)
            {
                var heir = await StartAsync(place, environment, "gpu", script);
                silos.Add(heir);
                var attempts = await AttemptsAsync(store, runId, recoveries.Count + 1, last => last.StartedAt is not null);
                // It goes on from what was saved: the kill comes when more is.
                await UntilAsync(async () => (await store.ReadRunAsync(runId))!.Units[0].Checkpoints.Any(saved => saved.Trained > (attempts[^1].ResumedAt ?? 0)));
                var before = Directory.GetFiles(notes);
                owner.Send(Signals.Kill);
                var killed = TimeProvider.System.GetUtcNow();
                await owner.EndAsync();
                var after = await AttemptsAsync(store, runId, attempts.Count + 1, last => last.StartedAt is not null);
                Dictionary<string, DateTimeOffset> heard = [];
                await UntilAsync(() =>
                {
                    heard = Directory.GetFiles(notes).Except(before).Select(NotesOf).FirstOrDefault() ?? [];
                    return Task.FromResult(heard.ContainsKey("progress"));
                });
                double Seconds(DateTimeOffset at) => (at - killed).TotalSeconds;
                recoveries.Add(new(
                    Seconds(await LastVoteAsync(address)), Seconds(after[^2].EndedAt!.Value), Seconds(after[^1].ClaimedAt), Seconds(heard["hello"]),
                    Seconds(heard["started"]), Seconds(heard["progress"])));
                Assert.NotNull(after[^1].ResumedFrom);
                owner.Dispose();
                owner = heir;
            }
        }
        catch (Exception)
        {
            output.WriteLine(string.Join("\n--- ", silos.Select(silo => silo.SaidSoFar)));
            throw;
        }
        finally
        {
            owner.Dispose();
            foreach (var silo in control)
                silo.Dispose();
        }

        output.WriteLine(FormattableString.Invariant(
            $"measured: {Kills} silos killed under a search (C 16, N 5); seconds, median and 95th percentile: detected {Word(r => r.Detected)}, revoked after {Word(r => r.Revoked - r.Detected)}, claimed after {Word(r => r.Claimed - r.Revoked)}, trainer begun after {Word(r => r.Begun - r.Claimed)}, loaded after {Word(r => r.Loaded - r.Begun)}, first step after {Word(r => r.Stepped - r.Loaded)}; from the kill to the first step {Word(r => r.Stepped)}"));
        Assert.True(At(recoveries, .5, r => r.Stepped) <= 10 && At(recoveries, .95, r => r.Stepped) <= 20, string.Join('\n', recoveries));
        string Word(Func<Recovery, double> seconds) => string.Create(CultureInfo.InvariantCulture, $"{At(recoveries, .5, seconds):0.00} / {At(recoveries, .95, seconds):0.00}");
    }

    private static double At(List<Recovery> recoveries, double share, Func<Recovery, double> seconds) =>
        recoveries.Select(seconds).Order().ElementAt((int)Math.Ceiling(share * recoveries.Count) - 1);

    /// <summary>When what was said for the first time was said.</summary>
    private static Dictionary<string, DateTimeOffset> NotesOf(string file) => File.ReadAllLines(file).Select(line => line.Split(' ')).Where(words => words.Length == 2)
        .GroupBy(words => words[1]).ToDictionary(word => word.Key, word =>
            DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(double.Parse(word.First()[0].Replace(',', '.'), CultureInfo.InvariantCulture)));

    /// <summary>When the membership table was told last that a silo is dead.</summary>
    private static async Task<DateTimeOffset> LastVoteAsync(string address)
    {
        await using var connection = new NpgsqlConnection(PostgresAddress.Parse(address).ForOthers(2));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT string_agg(suspect_times, '|') FROM orleans_member WHERE status = 6", connection);
        return ((string)(await command.ExecuteScalarAsync())!).Split('|').Select(vote => vote[(vote.IndexOf(',', StringComparison.Ordinal) + 1)..].Trim())
            .Select(at => DateTimeOffset.ParseExact(at, "yyyy-MM-dd HH:mm:ss.fff 'GMT'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).Max();
    }

    private static async Task<Running> StartAsync(Workplace place, (string, string)[] environment, string role, string script)
    {
        (string, string)[] settings =
        [
            ("ROLE", role), ("CPUSLOTS", role == "gpu" ? "1" : "0"), ("SILOPORT", Ports.Free()), ("GATEWAYPORT", Ports.Free()), ("TRAINER", "bash"),
            ("TRAINERARGUMENTS", script), ("LEASESECONDS", "120"), ("PROBESECONDS", "1"), ("POLLSECONDS", "10"), ("DRAINSECONDS", "20"),
        ];
        var silo = place.Launch(
            ["dotnet", typeof(SiloProgram).Assembly.Location],
            [.. environment, ("NASFARM_HOME", Path.Combine(place.Folder, $"silo-{settings[2].Item2}")), .. settings.Select(s => (SiloSettings.Prefix + s.Item1, s.Item2))]);
        Assert.True(await Eventually.Holds(() => silo.HasEnded || silo.SaidSoFar.Contains(" ready ", StringComparison.Ordinal)));
        Assert.True(!silo.HasEnded, silo.HasEnded ? (await silo.EndAsync()).ToString() : "");
        return silo;
    }

    private static async Task<IReadOnlyList<AttemptDetails>> AttemptsAsync(IFarmStore store, string runId, int count, Func<AttemptDetails, bool> last)
    {
        IReadOnlyList<AttemptDetails> attempts = [];
        await UntilAsync(async () => (attempts = (await store.ReadRunAsync(runId))!.Units[0].Attempts).Count == count && last(attempts[^1]));
        return attempts;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 1200 && !await holds(); look++)
            await Task.Delay(50);
        Assert.True(await holds());
    }

    private sealed class PostgresFactAttribute : FactAttribute
    {
        public PostgresFactAttribute() => Skip = PostgresServer.Absent;
    }
}
