using System.Collections.Concurrent;
using NasFarm.Analysis.Export;
using NasFarm.Cli.Tests.Programs;
using NasFarm.Farm.Store.Sqlite;

namespace NasFarm.Cli.Tests.Kills;

/// <summary>A unit as the undisturbed sweep left it.</summary>
/// <param name="Rows">Durable rows of it: metrics without timings, decisions, checkpoints.</param>
/// <param name="RolledBack">The phase went back to an earlier epoch.</param>
internal sealed record ReferenceUnit(string UnitId, string RunId, string Arm, long Seed, string Kind, int Phase, long Rows, bool RolledBack)
{
    public override string ToString() => $"{Arm} seed {Seed} {(Kind == "search" ? $"phase {Phase}{(RolledBack ? " (rolls back)" : "")}" : "retrain")} ({UnitId})";
}

/// <summary>What a sweep leaves when nobody disturbs it: computed once, two slots at a time, when the first test asks for it.</summary>
internal sealed class Reference
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<Reference>>> Computed = new();

    private Reference(SortedDictionary<string, string> histories, IReadOnlyList<ReferenceUnit> units, string export) =>
        (Histories, Units, Export) = (histories, units, export);

    /// <summary>Manifests by the name of their sweep.</summary>
    public static IReadOnlyDictionary<string, string> Sweeps { get; } = new Dictionary<string, string>
    {
        ["pairs"] = Manifests.Sweep("pairs", 2, Manifests.SgasEs, Manifests.Placebo, Manifests.RandomCells),
        ["greedy"] = Manifests.Sweep("greedy", 1, Manifests.Sgas, Manifests.Darts, Manifests.RandomCells),
        ["early-stopping"] = Manifests.Sweep("early-stopping", 1, Manifests.SgasEs),
        ["long"] = Manifests.Sweep("long", 1, "name: darts, hyperparameters: { epochs: 12 }", Manifests.Sgas, Manifests.RandomCells),
        ["single"] = Manifests.Sweep("single", 1, Manifests.Sgas),
    };

    /// <summary>Effective history by run.</summary>
    public SortedDictionary<string, string> Histories { get; }

    /// <summary>Every unit of every run.</summary>
    public IReadOnlyList<ReferenceUnit> Units { get; }

    /// <summary>Exported tables, without times and attempts.</summary>
    public string Export { get; }

    /// <param name="sweep">Key of <see cref="Sweeps"/>.</param>
    public static Task<Reference> OfAsync(string sweep) => Computed.GetOrAdd(sweep, name => new(() => ComputeAsync(name))).Value;

    /// <summary>The sweep's tables as one text; durations and numbers of attempts may differ between executions and are left out.</summary>
    public static async Task<string> ExportAsync(SqliteFarmStore store, string name)
    {
        var sweep = (await store.ListSweepsAsync()).Single(s => s.Name == name);
        var lines = SweepCsv.All((await store.ReadResultAsync(sweep.SweepId))!)
            .SelectMany(file => file.Content.Split('\n').Select(line => (file.Name, Line: line.TrimEnd('\r'))))
            .Where(l => l.Name != "runs.csv" || !(l.Line.EndsWith(",s", StringComparison.Ordinal) || l.Line.Contains(",attempts,", StringComparison.Ordinal)));
        return string.Join('\n', lines.Select(l => l.Line));
    }

    private static async Task<Reference> ComputeAsync(string sweep)
    {
        using var place = new Workplace { LeaseSeconds = null };
        await place.MustRunAsync("run", place.Write($"{sweep}.yaml", Sweeps[sweep]), "--slots", "2", "--quiet");
        await using var store = await place.OpenStoreAsync();
        var units = FarmRows.Units(place.Database);
        // A sweep that never rolled back would prove nothing about roll-backs.
        foreach (var arm in units.Select(u => u.Arm).Where(arm => arm.StartsWith("sgas-es", StringComparison.Ordinal)).Distinct())
            Assert.Contains(units, u => u.Arm == arm && u.RolledBack);
        return new(await place.HistoriesAsync(), units, await ExportAsync(store, sweep));
    }
}
