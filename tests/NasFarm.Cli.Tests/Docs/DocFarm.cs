using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>A farm with the finished sweeps that pages speak of. Manifests have the names of the repository's, and as many seeds as pages name; their sweeps
/// take seconds instead of hours.</summary>
public sealed class DocFarm : IAsyncLifetime
{
    /// <summary>The newest one is what a command means that names none.</summary>
    private static readonly string[] Finished = ["stability-nb201", "quickstart", "overnight"];

    internal static IReadOnlyDictionary<string, string> Sweeps { get; } = new Dictionary<string, string>
    {
        ["overnight"] = Darts("overnight", 4),
        ["quickstart"] = Manifests.Sweep("quickstart", 3, Manifests.SgasEs, Manifests.RandomCells),
        ["stability-nb201"] = Darts("stability-nb201", 2),
    };

    internal Workplace Place { get; } = new() { LeaseSeconds = null };

    /// <summary>A run of the newest sweep whose method measures λmax.</summary>
    internal string Run { get; private set; } = "";

    /// <summary>The newest sweep.</summary>
    internal string Sweep { get; private set; } = "";

    public async Task InitializeAsync()
    {
        foreach (var name in Finished)
            await Place.MustRunAsync("run", Place.Write($"{name}.yaml", Sweeps[name]), "--slots", "2", "--quiet");
        Run = FarmRows.Units(Place.Database).Last(u => u.Arm == "darts").RunId;
        await using var store = await Place.OpenStoreAsync();
        Sweep = (await store.ListSweepsAsync()).Single(s => s.Name == Finished[^1]).SweepId;
    }

    public Task DisposeAsync()
    {
        Place.Dispose();
        return Task.CompletedTask;
    }

    // Neither arm has a batch that grows.
    private static string Darts(string name, int seeds) =>
        Manifests.Sweep(name, seeds, Manifests.Darts, Manifests.RandomCells).Replace("batchIncrease: 0, ", "", StringComparison.Ordinal);
}
