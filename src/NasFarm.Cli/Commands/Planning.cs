using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Manifests;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Store;
using NasFarm.Search.Data;

namespace NasFarm.Cli.Commands;

/// <summary>From a manifest file to a plan, as <c>run</c> and <c>plan</c> do it.</summary>
internal static class Planning
{
    public static SweepPlan Plan(FileInfo file, DataCatalog data, int generation) =>
        Planner.Plan(ManifestReader.ReadFile(file.FullName), data, CodeVersion.Current, new PlanOptions(generation));

    /// <summary>The generation that <c>--fresh</c> means: one more than the newest that the store has runs of.</summary>
    public static async Task<int> FreshGenerationAsync(FileInfo file, DataCatalog data, IFarmStore store, CancellationToken cancel)
    {
        for (var generation = 1; ; generation++)
        {
            var preview = await store.PreviewAsync(Plan(file, data, generation), cancel);
            if (preview.Diff.Count(PlanAction.New) == preview.Diff.Runs.Count)
                return generation;
        }
    }

    /// <summary>Scores from the NAS-Bench-201 table; null when no table was given by its environment variable.</summary>
    public static TableLookUp? Table()
    {
        if (NasBench201Table.LoadFromEnvironment() is not { } table)
            return null;
        return (run, genotype) => run.Space.Name == "nas-bench-201" ? table.Values(genotype) : new Dictionary<string, double>();
    }
}
