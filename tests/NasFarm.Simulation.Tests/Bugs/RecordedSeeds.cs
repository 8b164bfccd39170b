using System.Text.Json;
using NasFarm.Simulation.Tests.Checks;

namespace NasFarm.Simulation.Tests.Bugs;

/// <summary>Seeds in which a planted bug is found, kept in recorded-seeds.json. A change of the control plane that moves schedules moves
/// them too: <c>NASFARM_UPDATE_GOLDEN=1 dotnet test tests/NasFarm.Simulation.Tests --filter Record</c> finds new ones.</summary>
internal static class RecordedSeeds
{
    private const int Each = 2, Most = 2000;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly Dictionary<string, ulong[]> Known = Read();

    public static IReadOnlyList<ulong> Of(string bug) => Known.GetValueOrDefault(bug, []);

    /// <summary>The first schedules from 1 on in which each bug is found by its own check, as the file keeps them; a bug that is not found
    /// in <see cref="Most"/> schedules has none.</summary>
    /// <param name="tell">Hears of each bug.</param>
    public static string Find(Action<string> tell)
    {
        var found = new SortedDictionary<string, ulong[]>(StringComparer.Ordinal);
        foreach (var bug in PlantedBugs.All)
        {
            found[bug.Name] = [.. SeedsOf(bug, tell).Take(Each)];
            tell($"{bug.Name}: {string.Join(", ", found[bug.Name])}");
        }
        return JsonSerializer.Serialize(found, Indented) + "\n";
    }

    private static IEnumerable<ulong> SeedsOf(Bug bug, Action<string> tell)
    {
        for (ulong from = 1; Search.Run(from, Most - (int)from, bug).Broken is { } broken; from = broken.Scenario.Seed + 1)
        {
            if (broken.Outcome.Violation!.Check == bug.Check)
                yield return broken.Scenario.Seed;
            else
                tell($"{bug.Name}: seed {broken.Scenario.Seed} finds {broken.Outcome.Violation}");
        }
    }

    /// <summary>The committed file.</summary>
    public static string FilePath
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "NasFarm.sln")))
                folder = folder.Parent ?? throw new DirectoryNotFoundException($"No NasFarm.sln above {AppContext.BaseDirectory}.");
            return Path.Combine(folder.FullName, "tests", "NasFarm.Simulation.Tests", "Bugs", "recorded-seeds.json");
        }
    }

    private static Dictionary<string, ulong[]> Read() => JsonSerializer.Deserialize<Dictionary<string, ulong[]>>(File.ReadAllText(FilePath))!;
}
