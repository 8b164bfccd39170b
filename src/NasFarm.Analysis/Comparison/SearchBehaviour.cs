using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Derivation;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>What the searches of an arm did, over finished runs.</summary>
/// <param name="Runs">Finished runs.</param>
/// <param name="Triggers">Early-stop triggers, all runs together.</param>
/// <param name="Rollbacks">Rollbacks, all runs together.</param>
/// <param name="EpochsTrained">Median epochs trained.</param>
/// <param name="EpochsKept">Median epochs kept.</param>
/// <param name="EntropyMedian">Median final normalised alpha entropy; null when unrecorded.</param>
/// <param name="MarginMedian">Median final top-two margin; null when unrecorded.</param>
/// <param name="Undecided">Runs with entropy &gt; .99 or margin &lt; .01 (spec/algorithms.md §1.8).</param>
/// <param name="Judged">Runs that recorded entropy or margin.</param>
/// <param name="DistinctGenotypes">Different final genotypes, as graphs.</param>
public sealed record SearchBehaviour(
    int Runs, int Triggers, int Rollbacks, double? EpochsTrained, double? EpochsKept,
    double? EntropyMedian, double? MarginMedian, int Undecided, int Judged, int DistinctGenotypes)
{
    /// <summary>Undecided share of the runs that can be judged.</summary>
    public double UndecidedShare => Judged == 0 ? 0 : (double)Undecided / Judged;

    internal static SearchBehaviour Of(Series arm)
    {
        var finished = arm.Runs.Where(r => r.State == SeedRunState.Finished).ToList();
        var judged = finished.Where(r => IsUndecided(r) is not null).ToList();
        return new(
            finished.Count,
            finished.Sum(r => r.Search.Triggers),
            finished.Sum(r => r.Search.Rollbacks),
            Median(finished.Select(r => (double?)r.Cost.EpochsTrained)),
            Median(finished.Select(r => (double?)r.Cost.EpochsKept)),
            Median(finished.Select(r => r.Search.Last(SearchRecords.AlphaEntropy))),
            Median(finished.Select(r => r.Search.Last(SearchRecords.AlphaMargin))),
            judged.Count(r => IsUndecided(r) == true), judged.Count,
            finished.Select(arm.GenotypeOf).OfType<Genotype>().Distinct().Count());
    }

    /// <summary>Null when the run recorded neither entropy nor margin.</summary>
    internal static bool? IsUndecided(SeedRunResult run)
    {
        double? entropy = run.Search.Last(SearchRecords.AlphaEntropy), margin = run.Search.Last(SearchRecords.AlphaMargin);
        return entropy is null && margin is null ? null : entropy > AlphaStatistics.EntropyLimit || margin < AlphaStatistics.MarginLimit;
    }

    private static double? Median(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>()];
        return known.Length > 0 ? Sample.Median(known) : null;
    }
}
