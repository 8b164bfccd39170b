namespace NasFarm.Analysis.Statistics;

/// <summary>Holm's step-down correction of a family of p values.</summary>
public static class Holm
{
    /// <summary>Adjusted p values in the order given: (m − rank + 1)·p, made monotone, at most 1.</summary>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        var highest = 0.0;
        foreach (var (rank, i) in Enumerable.Range(0, p.Count).OrderBy(i => p[i]).Index())
        {
            highest = Math.Max(highest, Math.Min(1, (p.Count - rank) * p[i]));
            adjusted[i] = highest;
        }
        return adjusted;
    }
}
