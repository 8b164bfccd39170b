using NasFarm.Simulation.Tests.Store;

namespace NasFarm.Simulation.Tests.Checks;

/// <summary>Makes a violation small: fewer faults, then a smaller world, while the same check still finds something (Zeller and Hildebrandt
/// 2002, delta debugging).</summary>
internal static class Shrinking
{
    /// <summary>The smallest scenario found, and what it tells.</summary>
    public static (Scenario Scenario, Outcome Outcome) Shrink(Scenario found, Outcome outcome, Database database, int mostRuns = 400)
    {
        var runs = 0;
        var best = (Scenario: found with { OnlyFaults = outcome.Faults.ToHashSet(), Shape = outcome.Shape }, Outcome: outcome);
        for (var smaller = true; smaller && runs < mostRuns;)
        {
            smaller = false;
            foreach (var candidate in Smaller(best.Scenario))
            {
                if (runs++ >= mostRuns)
                    break;
                var tried = Schedule.Run(candidate, database);
                if (tried.Violation?.Check != outcome.Violation!.Check)
                    continue;
                best = (candidate with { OnlyFaults = tried.Faults.ToHashSet() }, tried);
                smaller = true;
                break;
            }
        }
        return (best.Scenario, Schedule.Run(best.Scenario with { Telling = true }, database));
    }

    private static IEnumerable<Scenario> Smaller(Scenario scenario)
    {
        // Halves of the faults, then quarters …, then single ones.
        var faults = scenario.OnlyFaults!.Order(StringComparer.Ordinal).ToList();
        for (var size = (faults.Count + 1) / 2; size >= 1; size = size == 1 ? 0 : (size + 1) / 2)
        {
            foreach (var chunk in faults.Chunk(size))
                yield return scenario with { OnlyFaults = faults.Except(chunk).ToHashSet() };
        }
        foreach (var shape in scenario.Shape!.Smaller())
            yield return scenario with { Shape = shape };
    }
}
