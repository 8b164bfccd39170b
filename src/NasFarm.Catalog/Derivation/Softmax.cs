namespace NasFarm.Catalog.Derivation;

/// <summary>Arithmetic on rows of alphas. A row holds the logits of one edge, one per operation of the space.</summary>
public static class Softmax
{
    /// <summary>exp(a) / Σ exp(a), computed in double after subtracting the maximum.</summary>
    public static double[] Of(IReadOnlyList<double> logits)
    {
        var max = logits.Max();
        var weights = logits.Select(a => Math.Exp(a - max)).ToArray();
        var sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    /// <summary>Cuts a row-major matrix (edges × operations) as it comes out of a tensor into rows.</summary>
    public static double[][] Rows(ReadOnlySpan<float> matrix, int operations)
    {
        if (operations < 1 || matrix.Length % operations != 0)
            throw new ArgumentException($"{matrix.Length} alphas do not divide into rows of {operations}.");
        var rows = new double[matrix.Length / operations][];
        for (var edge = 0; edge < rows.Length; edge++)
        {
            rows[edge] = new double[operations];
            for (var op = 0; op < operations; op++)
                rows[edge][op] = matrix[edge * operations + op];
        }
        return rows;
    }

    /// <summary>Index of the largest value, the first of equals; <paramref name="except"/> is passed over.</summary>
    public static int ArgMax(IReadOnlyList<double> values, int? except = null)
    {
        var best = -1;
        for (var i = 0; i < values.Count; i++)
            if (i != except && (best < 0 || values[i] > values[best]))
                best = i;
        return best;
    }
}
