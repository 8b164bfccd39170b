using System.Diagnostics;
using System.Text.Json;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using NasFarm.Farm.Tests.Trainers;
using static NasFarm.Farm.Tests.Store.TestPlans;

namespace NasFarm.Farm.Tests.Quarantine;

/// <summary>Poison units over real trainer processes: two hosts, one unit that dies on both.</summary>
public sealed class QuarantineBundleTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private readonly EventRecord events = new();
    private IFarmStore store = null!;

    public async Task InitializeAsync() => store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), TimeProvider.System);

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_unit_that_dies_on_two_hosts_is_bundled_and_its_command_line_repeats_the_death()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)));
        var start = File("darts-s1-p00", 1, 0);
        await SaveOnceAsync(start);

        await WorkAsync<FarmEvent.Ended>("node1", "crash");
        var quarantined = await WorkAsync<FarmEvent.Quarantined>("node2", "crash");

        // 1. The store says so, and nobody tries again.
        var run = await store.StatusAsync("s1", "darts-s1");
        Assert.Equal("quarantined", run.Reason);
        Assert.Contains("in the same way (device) on 2 slots: node1/cpu-0, node2/cpu-0; 'nasfarm retry' frees it", run.ReasonText, StringComparison.Ordinal);
        Assert.Empty(await store.WaitingAsync());

        // 2. The bundle is whole.
        var bundle = folder.File("quarantine/darts-s1-p00");
        using var unit = JsonDocument.Parse(await System.IO.File.ReadAllTextAsync(Path.Combine(bundle, "unit.json")));
        Assert.Equal(quarantined.Key.Fence, unit.RootElement.GetProperty("fence").GetInt64());
        Assert.Equal("darts", unit.RootElement.GetProperty("specification").GetProperty("seedRun").GetProperty("method").GetString());
        Assert.Equal("1", unit.RootElement.GetProperty("pins").GetProperty("OMP_NUM_THREADS").GetString());
        Assert.Contains(start.Sha256, await System.IO.File.ReadAllTextAsync(Path.Combine(bundle, "checkpoints.json")), StringComparison.Ordinal);
        Assert.Equal("weights", await System.IO.File.ReadAllTextAsync(Path.Combine(bundle, "checkpoints", "0.safetensors")));

        // 3. Its command line repeats it, wherever the folder lies: the trainer says hello, begins and dies again.
        var moved = folder.File("it's & moved|here");
        Directory.Move(bundle, moved);
        var said = await RepeatAsync(moved);
        Assert.Contains("\"type\":\"hello\"", said, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"started\"", said, StringComparison.Ordinal);
        Assert.DoesNotContain("\"type\":\"done\"", said, StringComparison.Ordinal);
        Assert.Contains($"{moved}/checkpoints/0.safetensors", await CommandAsync(moved), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bundle_of_a_unit_that_can_succeed_ends_by_itself_with_its_last_word()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 2 });
        await QuarantineAsync();
        await WorkAsync<FarmEvent.Quarantined>("node1", "normal");

        Assert.Contains("\"type\":\"done\"", await RepeatAsync(folder.File("quarantine/darts-s1-p00")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_written_is_told_and_ends_nothing()
    {
        await store.AcceptAsync(Plan("s1", Run("darts", 1)) with { MaxAttempts = 2 });
        await System.IO.File.WriteAllTextAsync(folder.File("quarantine"), "a file where the folder should be");
        await QuarantineAsync();

        Assert.Contains("its bundle could not be written", (await WorkAsync<FarmEvent.NotBundled>("node1", "normal")).Message, StringComparison.Ordinal);
    }

    /// <summary>Two leases lost without progress.</summary>
    private async Task QuarantineAsync()
    {
        for (var times = 0; times < 2; times++)
        {
            var claim = await store.MustClaimAsync("darts-s1-p00");
            await store.EndAttemptAsync(claim.Key, Catalog.Units.FailureReason.LeaseLost, "the host went down", []);
        }
    }

    /// <summary>A first attempt leaves a checkpoint and is released.</summary>
    private async Task SaveOnceAsync(Catalog.Units.CheckpointRef file)
    {
        var claim = await store.MustClaimAsync("darts-s1-p00");
        var path = folder.File(Path.Combine("artifacts", file.Path));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await System.IO.File.WriteAllTextAsync(path, "weights");
        await store.RecordStartedAsync(claim.Key, Started(1));
        await store.AppendAsync(claim.Key, [new Catalog.Units.TrainerEvent.Checkpoint(1, file, 0.1)]);
        await store.EndAttemptAsync(claim.Key, Catalog.Units.FailureReason.HostStopping, "leaving", []);
    }

    /// <summary>Works on a host until something is told.</summary>
    private async Task<T> WorkAsync<T>(string host, string mode) where T : FarmEvent
    {
        var options = new LocalFarmOptions
        {
            Owner = $"{host}.1", Host = host, Artifacts = folder.File("artifacts"), Trainer = FakeTrainer.Options(mode),
            PollInterval = TimeSpan.FromMilliseconds(50), Quarantine = folder.File("quarantine"),
        };
        options.Trainer.Lease = TimeSpan.FromSeconds(2);   // and so long does the next process wait to coordinate
        using var stop = new CancellationTokenSource();
        var running = new LocalFarm(store, options, TimeProvider.System, events.Tell).RunAsync(null, stop.Token);
        var told = await events.Await<T>();
        await stop.CancelAsync();
        Assert.IsType<FarmEnding.Stopped>(await running.WaitAsync(TimeSpan.FromSeconds(30)));
        return told;
    }

    private static async Task<string> RepeatAsync(string bundle)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", [Path.Combine(bundle, "repeat.sh")]) { RedirectStandardOutput = true })!;
        var said = await shell.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await shell.WaitForExitAsync();
        return said;
    }

    /// <summary>What the script hands to a program.</summary>
    private static async Task<string> CommandAsync(string bundle)
    {
        var echo = Path.Combine(bundle, "echo.sh");
        await System.IO.File.WriteAllTextAsync(echo, "#!/bin/sh\nIFS= read -r line; printf '%s\\n' \"$line\"\n");
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(echo, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var shell = Process.Start(new ProcessStartInfo("sh", [Path.Combine(bundle, "repeat.sh")]) { RedirectStandardOutput = true, Environment = { ["NASFARM"] = echo } })!;
        var said = await shell.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await shell.WaitForExitAsync();
        return said;
    }
}
