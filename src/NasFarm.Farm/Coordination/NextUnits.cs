using NasFarm.Catalog.Units;
using NasFarm.Farm.Plans;

namespace NasFarm.Farm.Coordination;

/// <summary>Which units follow from what is known of a run. The only place that names and makes units.</summary>
public static class NextUnits
{
    /// <summary>The first search phase.</summary>
    public static UnitSpec First(string runId, SeedRunSpec run) => Phase(runId, run, 0, null);

    /// <summary>After a finished search phase: the next phase; or, when the search is over, every wanted retrain job.
    /// A diverged search has no cell to retrain: it ends there, with chance accuracy (spec/retraining-and-data §7).</summary>
    public static IReadOnlyList<UnitSpec> AfterSearchPhase(
        string runId, UnitSpec done, SearchOutcome outcome, IReadOnlyList<PlannedRetrain> wanted) => outcome switch
        {
            { Diverged: true } => [],
            { SearchFinished: true } => [.. wanted.Select(job => Retrain(done.SeedRun, outcome.Genotype, job))],
            _ => [Phase(runId, done.SeedRun, done.Phase + 1, done.PlaceboStops)],
        };

    /// <summary>The retrain job of a finished search.</summary>
    public static UnitSpec Retrain(SeedRunSpec run, string genotype, PlannedRetrain job) => new()
    {
        UnitId = job.RetrainId,
        Kind = UnitKind.Retrain,
        SeedRun = run,
        Genotype = genotype,
        Retrain = job.Spec,
        RetrainSeed = job.RetrainSeed,
    };

    /// <summary>Id of a run's search phase: sorts by phase.</summary>
    public static string PhaseId(string runId, int phase) => $"{runId}-p{phase:00}";

    private static UnitSpec Phase(string runId, SeedRunSpec run, int phase, IReadOnlyList<PlaceboStop>? stops) => new()
    {
        UnitId = PhaseId(runId, phase),
        Kind = UnitKind.Search,
        SeedRun = run,
        Phase = phase,
        PlaceboStops = stops,
    };
}
