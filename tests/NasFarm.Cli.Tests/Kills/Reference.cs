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

/// <summary>What sweeps leave when nobody disturbs them: computed once, in one farm, two slots at a time.</summary>
internal sealed class Reference
{
    private static readonly Lazy<Task<Reference>> Once = new(ComputeAsync);

    private Reference(SortedDictionary<string, string> histories, IReadOnlyList<ReferenceUnit> units, IReadOnlyDictionary<string, string> exports) =>
        (Histories, Units, Exports) = (histories, units, exports);

    /// <summary>Sweeps by name, with how many seeds each has.</summary>
    public static IReadOnlyDictionary<string, string> Sweeps { get; } = new Dictionary<string, string>
    {
        ["pairs"] = Manifests.Sweep("pairs", 2, Manifests.SgasEs, Manifests.Placebo, Manifests.RandomCells),
        ["greedy"] = Manifests.Sweep("greedy", 1, Manifests.Sgas, Manifests.Darts, Manifests.RandomCells),
        ["early-stopping"] = Manifests.Sweep("early-stopping", 1, Manifests.SgasEs),
    };

    /// <summary>Effective history by run.</summary>
    public SortedDictionary<string, string> Histories { get; }

    /// <summary>Every unit of every run.</summary>
    public IReadOnlyList<ReferenceUnit> Units { get; }

    /// <summary>Exported tables by sweep, without times and attempts.</summary>
    public IReadOnlyDictionary<string, string> Exports { get; }

    public static Task<Reference> GetAsync() => Once.Value;

    /// <summary>Units of the runs that a sweep has.</summary>
    public IEnumerable<ReferenceUnit> UnitsOf(string sweep) => Units.Where(u => Exports[sweep].Contains(u.RunId, StringComparison.Ordinal));

    /// <summary>The sweep's tables as one text; durations and numbers of attempts may differ between executions and are left out.</summary>
    public static async Task<string> ExportAsync(SqliteFarmStore store, string name)
    {
        var sweep = (await store.ListSweepsAsync()).Single(s => s.Name == name);
        var lines = SweepCsv.All((await store.ReadResultAsync(sweep.SweepId))!)
            .SelectMany(file => file.Content.Split('\n').Select(line => (file.Name, Line: line.TrimEnd('\r'))))
            .Where(l => l.Name != "runs.csv" || !(l.Line.EndsWith(",s", StringComparison.Ordinal) || l.Line.Contains(",attempts,", StringComparison.Ordinal)));
        return string.Join('\n', lines.Select(l => l.Line));
    }

    private static async Task<Reference> ComputeAsync()
    {
        using var place = new Workplace { LeaseSeconds = null };
        foreach (var (name, manifest) in Sweeps)
            await place.MustRunAsync("run", place.Write($"{name}.yaml", manifest), "--slots", "2", "--quiet");

        await using var store = await place.OpenStoreAsync();
        var exports = new Dictionary<string, string>();
        foreach (var name in Sweeps.Keys)
            exports[name] = await ExportAsync(store, name);
        var units = FarmRows.Units(place.Database);
        Assert.Contains(units, u => u is { Arm: "sgas-es", RolledBack: true });
        Assert.Contains(units, u => u is { Arm: "sgas-es-placebo", RolledBack: true });
        return new(await place.HistoriesAsync(), units, exports);
    }
}
