using Microsoft.AspNetCore.Builder;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Farm.Store.Sqlite;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Hosting;
using NasFarm.Server.Telemetry;

namespace NasFarm.Operations.Tests.Telemetry;

/// <summary>A farm of this process with scripted trainers, that has worked on a small sweep, and what it says at <c>/metrics</c>.</summary>
public sealed class MeasuredFarm : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TestFolder folder = new();

    /// <summary>How its trainers run: an epoch of a few milliseconds.</summary>
    internal static string[] Trainer(int epochs, string seconds) =>
        [Path.Combine(AppContext.BaseDirectory, "Telemetry", "measuring-trainer.sh"), $"{epochs}", seconds];

    internal static SweepPlan Sweep { get; } = TestPlans.Plan("s0123456789abcdef",
        TestPlans.Run("darts", 1, retrains: 1), TestPlans.Run("sgas-es", 1), TestPlans.Run("darts", 2), TestPlans.Run("sgas-es", 2));

    /// <summary>The answer, once the sweep was over.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Every series of it.</summary>
    public IReadOnlyList<Series> Series { get; private set; } = [];

    /// <summary>Names that must not be in it: sweeps, runs, units, slots, owners.</summary>
    public IReadOnlyList<string> Ids { get; private set; } = [];

    public async Task InitializeAsync()
    {
        await using var store = await SqliteFarmStore.OpenAsync(folder.File("farm.db"), TimeProvider.System);
        await store.AcceptAsync(Sweep);
        await using var telemetry = FarmTelemetry.Start(store, TimeProvider.System, "nasfarm-test", "one", census: TimeSpan.FromMilliseconds(100));
        await using WebApplication web = await HealthWeb.StartAsync(store, () => null, telemetry, ["http://127.0.0.1:0"], CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new(web.Urls.Single()) };
        using var stop = new CancellationTokenSource();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = 5;
        var working = new LocalFarm(store, new()
        {
            Owner = "owner-of-the-test", CpuSlots = 2, Artifacts = folder.File("artifacts"), PollInterval = TimeSpan.FromMilliseconds(50),
            Trainer = new() { Program = "bash", Arguments = Trainer(2, "0.01"), Lease = TimeSpan.FromSeconds(30) },
        }, TimeProvider.System, telemetry.Before(happened =>
        {
            if (happened is FarmEvent.Completed && Interlocked.Decrement(ref left) == 0)
                over.SetResult();
        })).RunAsync(null, stop.Token);
        await over.Task.WaitAsync(Patience);
        // The census after the end is the one that counts: it is read again after its pause.
        var began = TimeProvider.System.GetTimestamp();
        do
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"The census never showed the finished runs: {Text}");
            await Task.Delay(200);
            Text = await client.GetStringAsync(FarmTelemetry.Path);
        }
        while (!Text.Contains("nasfarm_runs{method=\"darts\",state=\"finished\"} 2", StringComparison.Ordinal));
        Series = PrometheusText.Parse(Text);
        var slots = (await store.ReadSlotsAsync()).Slots.Select(slot => slot.Slot.SlotId);
        Ids = [Sweep.SweepId, .. Sweep.Runs.Select(run => run.RunId), .. Sweep.Runs.SelectMany(run => run.Retrains).Select(job => job.RetrainId), .. slots, "owner-of-the-test"];
        await stop.CancelAsync();
        await working.WaitAsync(Patience);
    }

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }
}
