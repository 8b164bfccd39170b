using NasFarm.Analysis.Statistics;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Comparison;

/// <summary>Λ of an arm's finished runs: how far the layers that share the alphas agree (spec/algorithms.md §11).</summary>
/// <param name="Runs">Runs that recorded it.</param>
/// <param name="Last">At the last epoch, median over runs.</param>
public sealed record AlignmentSummary(int Runs, double Last)
{
    /// <summary>Null when no finished run of the arm recorded Λ.</summary>
    internal static AlignmentSummary? Of(Series arm)
    {
        double[] last = [.. arm.Runs.Where(r => r.State == SeedRunState.Finished).Select(OfRun).OfType<double>()];
        return last.Length == 0 ? null : new(last.Length, Sample.Median(last));
    }

    /// <summary>Of one run at its last epoch; null when it recorded none that is finite.</summary>
    internal static double? OfRun(SeedRunResult run) =>
        run.Search.Last(SearchRecords.LayerAlignment) is { } last && double.IsFinite(last) ? last : null;
}
