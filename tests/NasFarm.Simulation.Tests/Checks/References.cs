using System.Collections.Concurrent;
using NasFarm.Farm.Plans;
using NasFarm.Simulation.Tests.Store;

namespace NasFarm.Simulation.Tests.Checks;

/// <summary>The effective history of a run when nothing goes wrong: what every disturbed execution must come to.</summary>
internal static class References
{
    private static readonly ConcurrentDictionary<string, string> Known = new();

    /// <param name="run">The run.</param>
    /// <param name="all">Holds the runs that it draws from.</param>
    /// <param name="database">Where to find out. Its content is lost.</param>
    public static string Of(PlannedRun run, IReadOnlyList<PlannedRun> all, Database database)
    {
        var key = $"{run.RunId} {string.Join(",", run.Spec.PlaceboSources)}";
        if (Known.TryGetValue(key, out var known))
            return known;
        var needed = all.Where(r => run.Spec.PlaceboSources.Contains(r.RunId)).Append(run).ToList();
        var calm = Schedule.Run(new(1, Shape: new([1], needed, [], 1, []), Calm: true), database);
        if (calm.Violation is { } violation)
            throw new InvalidOperationException($"An undisturbed execution of {key} broke {violation.Check}: {violation.What}");
        return Known[key] = calm.Histories[run.RunId];
    }
}
