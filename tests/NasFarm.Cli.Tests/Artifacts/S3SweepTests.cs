using System.Text.Json;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Tests.S3;

namespace NasFarm.Cli.Tests.Artifacts;

/// <summary>Real trainers, checkpoints in S3.</summary>
public sealed class S3SweepTests
{
    [S3Fact]
    [Trait("Tier", "all")]
    public async Task A_sweep_killed_and_robbed_of_its_local_files_resumes_from_S3_to_the_same_bytes()
    {
        var reference = await Reference.OfAsync("early-stopping");
        await using var s3 = await S3Server.StartAsync();
        using var place = new Workplace();
        (string, string)[] environment = [.. S3Server.Credentials, ("NASFARM_ARTIFACTS", s3.Location("farm"))];
        var manifest = place.Write("early-stopping.yaml", Reference.Sweeps["early-stopping"]);
        var unit = reference.Units.First(u => u is { Kind: "search", Phase: 1 });

        // 1. Killed in the second phase, once that has left a checkpoint.
        using (var first = place.Start(["run", manifest, "--slots", "1"], environment))
        {
            Assert.True(await Eventually.Holds(() => first.HasEnded || FarmRows.HasCheckpoint(place.Database, unit.UnitId)), "The second phase left no checkpoint.");
            first.Send(Signals.Kill);
            await first.EndAsync();
        }
        Assert.True(await Eventually.Holds(() => place.Trainers.Count == 0), "A trainer outlives its supervisor.");

        // 2. Another disk: nothing of the first process is on this host.
        Assert.False(Directory.Exists(Path.Combine(place.Home, "artifacts")));
        foreach (var folder in new[] { "staging", "artifact-cache" })
            Directory.Delete(Path.Combine(place.Home, folder), recursive: true);
        var (gets, attempts) = (await s3.CountAsync("GET"), FarmRows.Attempts(place.Database));

        // 3. The same command goes on, from the bucket.
        using var second = place.Start(["run", manifest, "--slots", "1"], environment);
        var ended = await second.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.Done, $"{ended}\n{attempts}");
        Assert.True(await s3.CountAsync("GET") > gets, "Nothing was fetched.");
        Assert.Empty(FarmRows.LostOrDoubled(place.Database));
        Assert.Empty(FarmRows.Damaged(place.Database));
        var histories = await place.HistoriesAsync();
        Assert.NotEmpty(histories);
        foreach (var (run, history) in histories)
            Assert.Equal(reference.Histories[run], history);

        // 4. What it left.
        using var status = JsonDocument.Parse((await Run(place, environment, "artifacts", "status", "--json")).Output);
        Assert.StartsWith("s3://artifacts/farm/ at http://127.0.0.1:", status.RootElement.GetProperty("where").GetString(), StringComparison.Ordinal);
        Assert.True(status.RootElement.GetProperty("neededFiles").GetInt32() > 0);
        using var collected = JsonDocument.Parse((await Run(place, environment, "artifacts", "collect", "--dry-run", "--json", "--keep-end-days", "0")).Output);
        Assert.True(collected.RootElement.GetProperty("rows").GetInt32() > 0);
        Assert.Equal(status.RootElement.GetProperty("files").GetInt32(), (await CountAsync()).Files);

        async Task<(int Files, long Bytes)> CountAsync()
        {
            using var again = JsonDocument.Parse((await Run(place, environment, "artifacts", "status", "--json")).Output);
            return (again.RootElement.GetProperty("files").GetInt32(), again.RootElement.GetProperty("bytes").GetInt64());
        }
    }

    [S3Fact]
    public async Task A_bucket_that_cannot_be_used_is_said_before_any_work_begins()
    {
        await using var s3 = await S3Server.StartAsync();
        using var place = new Workplace();
        var manifest = place.Write("early-stopping.yaml", Reference.Sweeps["early-stopping"]);

        using var running = place.Start(["run", manifest], [.. S3Server.Credentials, ("NASFARM_ARTIFACTS", $"s3://nowhere/x?endpoint={s3.Endpoint}")]);
        var ended = await running.EndAsync();

        Assert.Equal(ExitCodes.Failed, ended.ExitCode);
        Assert.Contains("s3://nowhere/x/ at http://127.0.0.1:", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("cannot be used: the server answered 404 NoSuchBucket", ended.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("S3RVER", ended.Errors + ended.Output, StringComparison.Ordinal);
    }

    private static async Task<Ended> Run(Workplace place, (string, string)[] environment, params string[] arguments)
    {
        using var running = place.Start(arguments, environment);
        var ended = await running.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.Done, $"nasfarm {string.Join(' ', arguments)}: {ended}");
        return ended;
    }

    private sealed class S3FactAttribute : FactAttribute
    {
        public S3FactAttribute() => Skip = S3Server.Absent;
    }
}
