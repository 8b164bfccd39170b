using NasFarm.Farm.Store;

namespace NasFarm.Cli;

/// <summary>The folder that holds a farm: its store, checkpoints and reports.</summary>
/// <param name="Folder">Absolute path.</param>
public sealed record FarmHome(string Folder)
{
    /// <summary>Environment variable that names the folder.</summary>
    public const string Variable = "NASFARM_HOME";

    /// <summary>The folder given, else that of <see cref="Variable"/>, else <c>.nasfarm</c> in the current folder.</summary>
    public static FarmHome Of(string? given)
    {
        var folder = given ?? (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set ? set : ".nasfarm");
        return new(Path.GetFullPath(folder));
    }

    /// <summary>The SQLite file.</summary>
    public string Database => Path.Combine(Folder, "farm.db");

    /// <summary>Checkpoints.</summary>
    public string Artifacts => Path.Combine(Folder, "artifacts");

    /// <summary>Reports by sweep name.</summary>
    public string Report(string sweepName) => Path.Combine(Folder, "reports", $"{sweepName}.html");

    /// <summary>Opens the store, making the folder first when asked.</summary>
    public async Task<SqliteFarmStore> OpenAsync(bool create, CancellationToken cancel)
    {
        if (create)
            Directory.CreateDirectory(Folder);
        else if (!File.Exists(Database))
            throw new InputException($"There is no farm in {Folder}: nothing has been run there yet. Give --home or set {Variable}, or start with 'nasfarm run'.");
        return await SqliteFarmStore.OpenAsync(Database, TimeProvider.System, cancel: cancel);
    }

    /// <summary>The sweep meant by an id, the start of an id, or a name; null: the newest one.</summary>
    public static async Task<SweepSummary> FindSweepAsync(IFarmStore store, string? wanted, CancellationToken cancel)
    {
        var sweeps = await store.ListSweepsAsync(cancel);
        if (sweeps.Count == 0)
            throw new InputException("The farm has no sweeps yet: start one with 'nasfarm run MANIFEST'.");
        if (wanted is null)
            return sweeps[0];
        var exact = sweeps.Where(s => s.SweepId == wanted || s.Name == wanted).ToList();
        var found = exact.Count > 0 ? exact : [.. sweeps.Where(s => s.SweepId.StartsWith(wanted, StringComparison.Ordinal))];
        return found switch
        {
            [var one] => one,
            [] => throw new InputException($"There is no sweep '{wanted}'; there are: {string.Join(", ", sweeps.Take(10).Select(s => $"{s.Name} ({s.SweepId})"))}."),
            // Sweeps of one name are versions of one manifest: the newest is meant.
            _ when exact.Count > 0 => found[0],
            _ => throw new InputException($"'{wanted}' is the start of {found.Count} sweep ids: {string.Join(", ", found.Take(5).Select(s => s.SweepId))}."),
        };
    }
}
