using NasFarm.Catalog.Benchmarks;

namespace NasFarm.Catalog.Collapse;

/// <summary>What the threshold was taken from.</summary>
public enum ThresholdBasis
{
    /// <summary>The 5th percentile of at least 20 random cells.</summary>
    FifthPercentile,

    /// <summary>The median of fewer random cells: only "below the random median" may be said.</summary>
    RandomMedian,
}

/// <summary>Outcome collapse in a space whose cells are retrained: below what random cells reach under the same recipe
/// (spec/retraining-and-data.md §8). Accuracies in percent.</summary>
/// <param name="Below">A value strictly below this is a collapse.</param>
/// <param name="Basis">What it was taken from.</param>
/// <param name="RandomCells">Number of random cells.</param>
public sealed record RandomThreshold(double Below, ThresholdBasis Basis, int RandomCells)
{
    /// <summary>Random cells from which on the 5th percentile is used.</summary>
    public const int CellsForPercentile = 20;

    /// <summary>From the accuracies of the random arm; null without any.</summary>
    public static RandomThreshold? From(IReadOnlyCollection<double> randomAccuracies)
    {
        double[] ascending = [.. randomAccuracies.Order()];
        return ascending.Length switch
        {
            0 => null,
            < CellsForPercentile => new(TableDistribution.Quantile(ascending, 0.5), ThresholdBasis.RandomMedian, ascending.Length),
            _ => new(TableDistribution.Quantile(ascending, 0.05), ThresholdBasis.FifthPercentile, ascending.Length),
        };
    }

    /// <summary>Whether an accuracy is a collapse.</summary>
    public bool IsCollapse(double accuracy) => accuracy < Below;

    /// <summary>The basis in words.</summary>
    public string Describe() => Basis == ThresholdBasis.FifthPercentile
        ? FormattableString.Invariant($"below the 5th percentile of {RandomCells} random cells ({Below:0.00} %)")
        : FormattableString.Invariant($"below the random median of {RandomCells} cells ({Below:0.00} %)");
}
