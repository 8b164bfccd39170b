using NasFarm.Farm.Store;

namespace NasFarm.Farm.Plans;

/// <summary>What it means to run everything anew: the generation is in every id.</summary>
public static class FreshGeneration
{
    /// <summary>The plan of the first generation that the store has no runs of.</summary>
    /// <param name="plan">The manifest's plan at a generation.</param>
    /// <param name="store">Where the runs of others are.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<SweepPlan> PlanAsync(Func<int, SweepPlan> plan, IFarmStore store, CancellationToken cancel = default) =>
        (await FindAsync(plan, store, cancel)).Plan;

    /// <summary>The first generation that the store has no runs of, and its plan.</summary>
    /// <param name="plan">The manifest's plan at a generation.</param>
    /// <param name="store">Where the runs of others are.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<(int Generation, SweepPlan Plan)> FindAsync(Func<int, SweepPlan> plan, IFarmStore store, CancellationToken cancel = default)
    {
        for (var generation = 1; ; generation++)
        {
            var planned = plan(generation);
            var diff = (await store.PreviewAsync(planned, cancel)).Diff;
            if (diff.Count(PlanAction.New) == diff.Runs.Count)
                return (generation, planned);
        }
    }
}
