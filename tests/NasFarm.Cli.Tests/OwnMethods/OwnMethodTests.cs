using System.Text.Json;
using NasFarm.Cli.Tests.Kills;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Tests;
using Ours;

namespace NasFarm.Cli.Tests.OwnMethods;

/// <summary>A method of one file plus one line (docs/how-to/add-a-method.md): the program is given this assembly, and does with the method in it
/// what it does with any other.</summary>
public sealed class OwnMethodTests : IDisposable
{
    private const string Name = "late-darts";

    private static readonly (string, string) Given = ("NASFARM_METHODS", typeof(LateDarts).Assembly.Location);

    private static readonly string Sweep = Manifests.Sweep(
        "own", 1, $"name: {Name}, hyperparameters: {{ epochs: 6, restShare: 0.5 }}", Manifests.Darts, Manifests.RandomCells)
        .Replace("batchIncrease: 0, ", "", StringComparison.Ordinal);

    private readonly Workplace place = new();

    [Fact]
    public void The_page_shows_the_file_that_is_compiled_here() =>
        Assert.Contains(
            string.Join('\n', File.ReadAllLines(RepositoryFile.Path("tests/NasFarm.Cli.Tests/OwnMethods/LateDarts.cs")).Select(line => line.Length == 0 ? "" : "    " + line)),
            string.Join('\n', File.ReadAllLines(RepositoryFile.Path("docs/how-to/add-a-method.md"))), StringComparison.Ordinal);

    [Fact]
    public async Task It_is_explained_planned_trained_and_compared()
    {
        Assert.Contains("restShare = 0.5", (await MustAsync("methods", Name)).Output, StringComparison.Ordinal);
        var manifest = place.Write("own.yaml", Sweep);
        using (var plan = JsonDocument.Parse((await MustAsync("plan", manifest, "--json")).Output))
            Assert.Equal([Name, "darts", "random"], plan.RootElement.GetProperty("arms").EnumerateArray().Select(a => a.GetProperty("arm").GetString()));

        await MustAsync("run", manifest, "--slots", "2");

        Assert.Matches($"{Name} +seed 0 +finished", (await MustAsync("status")).Output);
        Assert.Contains(Name, (await MustAsync("compare")).Output, StringComparison.Ordinal);
        var run = FarmRows.Units(place.Database).First(u => u.Arm == Name).RunId;
        Assert.Contains("NasFarm.Cli.Tests.dll ", (await MustAsync("show", run, "--lineage")).Output, StringComparison.Ordinal);
        // The architecture rested for three of six epochs, and then did not.
        var entropies = Entropies((await place.HistoriesAsync())[run]);
        Assert.Equal(6, entropies.Count);
        Assert.Single(entropies.Take(3).Distinct());
        Assert.Equal(4, entropies.Distinct().Count());
    }

    [Fact]
    [Trait("Tier", "all")]
    public async Task Killed_and_resumed_it_ends_with_the_same_bytes()
    {
        using var undisturbed = new Workplace { LeaseSeconds = null };
        using (var whole = undisturbed.Start(["run", undisturbed.Write("own.yaml", Sweep), "--slots", "2"], Given))
            Assert.Equal(ExitCodes.Done, (await whole.EndAsync()).ExitCode);
        var search = FarmRows.Units(undisturbed.Database).Single(u => u is { Arm: Name, Kind: "search" });

        var manifest = place.Write("own.yaml", Sweep);
        using (var struck = place.Start(["run", manifest, "--slots", "1"], Given))
        {
            Assert.True(await Eventually.Holds(() => struck.HasEnded || FarmRows.Reached(place.Database, search.UnitId, search.Rows / 2)));
            Assert.False(struck.HasEnded);
            struck.Send(Signals.Kill);
            foreach (var trainer in place.Trainers)
                Signals.Send(trainer, Signals.Kill);
            await struck.EndAsync();
        }
        await MustAsync("run", manifest, "--slots", "2");

        Assert.Equal(await undisturbed.HistoriesAsync(), await place.HistoriesAsync());
    }

    [Theory]
    [InlineData("nowhere.dll", "there is no file")]
    [InlineData("words.dll", "cannot be used")]
    [InlineData("NasFarm.Catalog.dll", "has no public class that is an IOwnMethod")]
    public async Task A_library_that_cannot_be_used_is_named(string library, string complaint)
    {
        place.Write("words.dll", "these are words");
        var path = library.StartsWith("NasFarm", StringComparison.Ordinal) ? Path.Combine(AppContext.BaseDirectory, library) : Path.Combine(place.Folder, library);
        using var running = place.Start(["methods"], ("NASFARM_METHODS", path));
        var ended = await running.EndAsync();
        Assert.Equal(ExitCodes.BadInput, ended.ExitCode);
        Assert.Contains(complaint, ended.Errors, StringComparison.Ordinal);
        Assert.Contains(library, ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_method_twice_is_refused()
    {
        using var running = place.Start(["methods"], (Given.Item1, Given.Item2 + ":" + Given.Item2));
        var ended = await running.EndAsync();
        Assert.Equal(ExitCodes.BadInput, ended.ExitCode);
        Assert.Contains("There is a method 'late-darts' already", ended.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => place.Dispose();

    private async Task<Ended> MustAsync(params string[] arguments)
    {
        using var running = place.Start(arguments, Given);
        var ended = await running.EndAsync();
        Assert.True(ended.ExitCode == ExitCodes.Done, $"nasfarm {string.Join(' ', arguments)}: {ended}");
        return ended;
    }

    /// <summary>Values of the metric <c>alpha_entropy</c>, as a run's history has them.</summary>
    private static List<string> Entropies(string history) =>
        [.. history.Split('\n').Where(line => line.Contains("alpha_entropy", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1])];
}
