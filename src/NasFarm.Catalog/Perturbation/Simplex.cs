using NasFarm.Catalog.Derivation;

namespace NasFarm.Catalog.Perturbation;

/// <summary>Rows of mixture weights that were pushed off the simplex, and the way back that SDARTS and MS-DARTS take
/// (spec/algorithms.md §7, §12.1). It is no Euclidean projection.</summary>
public static class Simplex
{
    /// <summary>Clamps a row to [0, 1] and divides by its sum; where nothing is left, all weight goes to the arg-max of the row as given.</summary>
    public static double[] Project(IReadOnlyList<double> row)
    {
        var clamped = row.Select(x => Math.Clamp(x, 0, 1)).ToArray();
        var sum = clamped.Sum();
        if (sum > 0)
            return [.. clamped.Select(x => x / sum)];
        clamped[Softmax.ArgMax(row)] = 1;
        return clamped;
    }

    /// <summary>Every row of flattened rows of these lengths. Throws <see cref="ArgumentException"/> when they are not as long.</summary>
    public static double[] ProjectRows(IReadOnlyList<double> rows, IReadOnlyList<int> lengths)
    {
        if (rows.Count != lengths.Sum())
            throw new ArgumentException($"{rows.Count} weights do not divide into rows of {string.Join(", ", lengths)}.");
        var projected = new List<double>();
        foreach (var length in lengths)
            projected.AddRange(Project([.. rows.Skip(projected.Count).Take(length)]));
        return [.. projected];
    }
}
