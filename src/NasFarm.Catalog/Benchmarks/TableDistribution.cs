namespace NasFarm.Catalog.Benchmarks;

/// <summary>A complete population of table values, in percent.</summary>
public sealed class TableDistribution
{
    private readonly double[] sorted;

    /// <summary>Takes the values in any order; at least one.</summary>
    public TableDistribution(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
            throw new ArgumentException("A distribution needs at least one value.");
        sorted = [.. values.Order()];
        Mean = sorted.Average();
        StandardDeviation = Math.Sqrt(sorted.Average(v => (v - Mean) * (v - Mean)));
    }

    /// <summary>Number of cells.</summary>
    public int Count => sorted.Length;

    /// <summary>Mean.</summary>
    public double Mean { get; }

    /// <summary>Population standard deviation (÷ n): the table is the whole population, not a sample.</summary>
    public double StandardDeviation { get; }

    /// <summary>Smallest value.</summary>
    public double Minimum => sorted[0];

    /// <summary>Largest value.</summary>
    public double Maximum => sorted[^1];

    /// <summary>Middle value.</summary>
    public double Median => Quantile(0.5);

    /// <summary>Share of cells strictly below a threshold: the base rate of outcome collapse.</summary>
    public double ShareBelow(double threshold) => (double)sorted.Count(v => v < threshold) / Count;

    /// <summary>Quantile by linear interpolation between order statistics, <paramref name="share"/> in [0, 1].</summary>
    public double Quantile(double share) => Quantile(sorted, share);

    /// <summary>Quantile of ascending values by linear interpolation between order statistics.</summary>
    public static double Quantile(IReadOnlyList<double> ascending, double share)
    {
        if (share is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "A quantile's share lies between 0 and 1.");
        var position = share * (ascending.Count - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, ascending.Count - 1);
        return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
    }
}
