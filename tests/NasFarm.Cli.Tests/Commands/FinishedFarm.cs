using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;

namespace NasFarm.Cli.Tests.Commands;

/// <summary>A farm with one small finished sweep, shared by tests that only read it.</summary>
public sealed class FinishedFarm : IAsyncLifetime
{
    /// <summary>The collection of those tests.</summary>
    public const string Name = "finished farm";

    [CollectionDefinition(Name)]
    public sealed class Shared : ICollectionFixture<FinishedFarm>;

    internal Workplace Place { get; } = new() { LeaseSeconds = null };

    internal string Manifest { get; private set; } = "";

    /// <summary>What the program said while it worked.</summary>
    internal Ended First { get; private set; } = new(0, "", "");

    /// <summary>Run of the random arm.</summary>
    internal string RandomRun { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Manifest = Place.Write("greedy.yaml", Reference.Sweeps["greedy"]);
        First = await Place.MustRunAsync("run", Manifest, "--slots", "2");
        RandomRun = FarmRows.Units(Place.Database).First(u => u.Arm == "random").RunId;
    }

    public Task DisposeAsync()
    {
        Place.Dispose();
        return Task.CompletedTask;
    }
}
