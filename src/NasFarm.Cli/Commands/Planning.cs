using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Search.Data;
using NasFarm.Server.Comparisons;

namespace NasFarm.Cli.Commands;

/// <summary>From a manifest file to a plan, as <c>run</c> and <c>plan</c> do it.</summary>
internal static class Planning
{
    public static SweepPlan Plan(FileInfo file, DataCatalog data, int generation)
    {
        MustExist(file);
        return Planner.Plan(ManifestReader.ReadFile(file.FullName), data, CodeVersion.Current, new PlanOptions(generation));
    }

    /// <summary>Throws <see cref="InputException"/> when there is no such manifest.</summary>
    public static void MustExist(FileInfo file)
    {
        if (!file.Exists)
            throw new InputException($"There is no manifest {file.FullName}. Some to start from are in the folder manifests; docs/reference/manifest.md explains them.");
    }

    /// <summary>What <c>--fresh</c> means: the first generation that the store has no runs of.</summary>
    public static Task<SweepPlan> PlanFreshAsync(FileInfo file, DataCatalog data, IFarmStore store, CancellationToken cancel) =>
        FreshGeneration.PlanAsync(generation => Plan(file, data, generation), store, cancel);

    /// <summary>A sweep's result and its comparison, with the benchmark tables that environment variables name: table scores for the
    /// runs, and the exact distribution of random cells.</summary>
    /// <param name="store">Where the sweep is.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="withCurves">Pictures and tables of every epoch will be made of the result.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<(SweepResult Result, ComparisonReport Comparison)> CompareAsync(IFarmStore store, string sweepId, bool withCurves, CancellationToken cancel)
    {
        var compared = await ComparedSweep.ReadAsync(store, sweepId, new(), withCurves, cancel) ?? throw new InputException($"There is no sweep {sweepId}.");
        return (compared.Result, compared.Comparison);
    }

    /// <summary>How this program judges looks. A table is read when a look first asks for it.</summary>
    public static LookRule Looks() => new(SequentialLooks.Decide, ComparedSweep.LookUp(new()));
}
