namespace NasFarm.Catalog.Paths;

/// <summary>How the accuracies of a neighbourhood become the score of the architecture in its middle (spec/algorithms.md §14).</summary>
public static class Aggregate
{
    /// <summary>The arithmetic mean.</summary>
    public const string Mean = "mean";

    /// <summary>The middle value; of an even number of values the mean of the two in the middle.</summary>
    public const string Median = "median";

    /// <summary>The smallest.</summary>
    public const string Minimum = "min";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Mean, Median, Minimum];

    /// <summary>Applies the aggregate of that name. Throws <see cref="ArgumentException"/> when there is none, or no value.</summary>
    public static double Of(string name, IReadOnlyList<double> values)
    {
        if (values.Count == 0)
            throw new ArgumentException("There are no values to aggregate.");
        var sorted = values.Order().ToList();
        return name switch
        {
            Mean => values.Average(),
            Median => (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2,
            Minimum => sorted[0],
            _ => throw new ArgumentException($"There is no aggregate '{name}'; there are {string.Join(", ", All)}."),
        };
    }
}
