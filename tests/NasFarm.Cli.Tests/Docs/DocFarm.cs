using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Docs;

/// <summary>A farm with the finished sweeps that pages speak of. Manifests have the names of the repository's, and as many seeds as pages name; their sweeps
/// take seconds instead of hours, and arms that pages name are DARTS.</summary>
public sealed class DocFarm : IAsyncLifetime
{
    // The first one has every run of the others.
    internal static IReadOnlyDictionary<string, string> Sweeps { get; } = new Dictionary<string, string>
    {
        ["overnight"] = Manifest("overnight", 4, Manifests.Darts),
        ["quickstart"] = Manifest("quickstart", 3, Manifests.Darts + ", as: sgas-es"),
        ["stability-nb201"] = Manifest("stability-nb201", 2, Manifests.Darts),
    };

    internal Workplace Place { get; } = new() { LeaseSeconds = null };

    /// <summary>A run of <c>overnight</c> whose method measures λmax.</summary>
    internal string Run { get; private set; } = "";

    /// <summary>The sweep <c>overnight</c>.</summary>
    internal string Sweep { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await Place.MustRunAsync("run", Place.Write("first.yaml", Sweeps["overnight"]), "--slots", "2", "--quiet");
        foreach (var name in Sweeps.Keys.Where(name => name != "overnight"))
            Assert.Matches(@"\b([0-9]+) seed-runs, \1 reused", (await Place.MustRunAsync("submit", Place.Write("next.yaml", Sweeps[name]))).Output);
        Run = FarmRows.Units(Place.Database).Last(u => u.Arm == "darts").RunId;
        await using var store = await Place.OpenStoreAsync();
        Sweep = (await store.ListSweepsAsync()).Single(s => s.Name == "overnight").SweepId;
    }

    public Task DisposeAsync()
    {
        Place.Dispose();
        return Task.CompletedTask;
    }

    // Neither arm has a batch that grows.
    private static string Manifest(string name, int seeds, string arm) =>
        Manifests.Sweep(name, seeds, arm, Manifests.RandomCells).Replace("batchIncrease: 0, ", "", StringComparison.Ordinal);
}
