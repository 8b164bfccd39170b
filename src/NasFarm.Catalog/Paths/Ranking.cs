namespace NasFarm.Catalog.Paths;

/// <summary>Which candidates are best.</summary>
public static class Ranking
{
    /// <summary>Indices of the <paramref name="count"/> largest scores (fewer where there are fewer), the largest first; of equals the
    /// first. −∞ and NaN come last.</summary>
    public static IReadOnlyList<int> Best(IEnumerable<double> scores, int count) =>
        [.. scores.Select((score, index) => (score, index))
            .OrderByDescending(s => double.IsNaN(s.score) ? double.NegativeInfinity : s.score) // stable
            .Take(count).Select(s => s.index)];
}
