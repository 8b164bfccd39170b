using NasFarm.Analysis.Comparison;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Comparisons;

/// <summary>A sweep's result and its comparison.</summary>
public sealed record ComparedSweep(SweepResult Result, ComparisonReport Comparison)
{
    /// <summary>Reads and compares, with benchmark tables: table scores for the runs, and the exact distribution of random cells.
    /// Null: no such sweep.</summary>
    /// <param name="store">Where the sweep is.</param>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="tables">Each is read when it is first needed.</param>
    /// <param name="withCurves">Pictures and tables of every epoch will be made of the result.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<ComparedSweep?> ReadAsync(
        IFarmStore store, string sweepId, BenchmarkTables tables, bool withCurves, CancellationToken cancel = default) =>
        await store.ReadResultAsync(sweepId, LookUp(tables), withCurves, cancel) is not { } result ? null : new(result, SweepComparison.Of(result,
        [
            .. tables.NasBench201 is { } cells ? KnownRandomScores.Of(cells, Measure.ScoreColumns) : [],
            .. tables.NasBenchMacro is { } networks ? KnownRandomScores.Of(networks) : [],
            .. KnownRandomScores.DeeperInsights,
        ]));

    /// <summary>Values of a run's cell in the tables.</summary>
    public static TableLookUp LookUp(BenchmarkTables tables) => (run, genotype) => tables.Values(run.Space.Name, genotype);
}
