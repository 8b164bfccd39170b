namespace NasFarm.Catalog.Alignment;

/// <summary>How well the gradients g_l = ∂L/∂(mixture weights of layer l) of all layers that share one α agree, and in which direction each
/// of them makes them agree more (Λ-DARTS, spec/algorithms.md §11). With fewer than two layers there is no pair: alignment 0, directions 0.
/// A layer without a gradient agrees with nobody and has no direction.</summary>
public static class LayerAlignment
{
    /// <summary>Λ = 2/(L(L−1)) Σ_{i&lt;j} u_i·u_j with u = g/‖g‖.</summary>
    public static double Cosine(IReadOnlyList<double[]> gradients) =>
        Pairs(gradients.Count) * PairSum([.. gradients.Select(Unit)], Dot);

    /// <summary>p_l = ∂Λ/∂g_l = 2/(L(L−1)) · 1/‖g_l‖ · (I − u_l u_lᵀ) Σ_j u_j.</summary>
    public static double[][] CosineDirections(IReadOnlyList<double[]> gradients)
    {
        var units = gradients.Select(Unit).ToList();
        return Each(gradients, l =>
        {
            var norm = Norm(gradients[l]);
            if (norm == 0)
                return new double[gradients[l].Length];
            // The own unit vector falls out of the projection: (I − u uᵀ) u = 0.
            var sum = Sum(units);
            var along = Dot(units[l], sum);
            return [.. sum.Zip(units[l], (s, u) => Pairs(gradients.Count) * (s - along * u) / norm)];
        });
    }

    /// <summary>Λ± = 2/(L(L−1)) Σ_{i&lt;j} s_ij with the scalar s_ij = ⟨g_i, g_j⟩ / ⟨|g_i|, |g_j|⟩.</summary>
    public static double Sign(IReadOnlyList<double[]> gradients) => Pairs(gradients.Count) * PairSum(gradients, Agreement);

    /// <summary>p_l = ∂Λ±/∂g_l = 2/(L(L−1)) Σ_{j≠l} [1 − s_lj · sign(g_l)∘sign(g_j)] ∘ g_j / ⟨|g_l|, |g_j|⟩.</summary>
    public static double[][] SignDirections(IReadOnlyList<double[]> gradients) => Each(gradients, l =>
    {
        var direction = new double[gradients[l].Length];
        for (var j = 0; j < gradients.Count; j++)
        {
            var size = j == l ? 0 : AbsoluteDot(gradients[l], gradients[j]);
            if (size == 0)
                continue;
            var s = Dot(gradients[l], gradients[j]) / size;
            for (var i = 0; i < direction.Length; i++)
                direction[i] += Pairs(gradients.Count) * (1 - s * Math.Sign(gradients[l][i]) * Math.Sign(gradients[j][i])) * gradients[j][i] / size;
        }
        return direction;
    });

    /// <summary>2/(L(L−1)): one over the number of pairs; 0 without a pair.</summary>
    private static double Pairs(int layers) => layers < 2 ? 0 : 2.0 / (layers * (layers - 1));

    private static double PairSum(IReadOnlyList<double[]> vectors, Func<double[], double[], double> of) =>
        Enumerable.Range(0, vectors.Count).Sum(i => Enumerable.Range(i + 1, vectors.Count - i - 1).Sum(j => of(vectors[i], vectors[j])));

    private static double Agreement(double[] a, double[] b) => AbsoluteDot(a, b) is var size && size > 0 ? Dot(a, b) / size : 0;

    private static double[][] Each(IReadOnlyList<double[]> gradients, Func<int, double[]> direction) =>
        [.. Enumerable.Range(0, gradients.Count).Select(l => gradients.Count < 2 ? new double[gradients[l].Length] : direction(l))];

    private static double[] Unit(double[] vector) => Norm(vector) is var norm && norm > 0 ? Array.ConvertAll(vector, x => x / norm) : vector;

    private static double[] Sum(IReadOnlyList<double[]> vectors) =>
        [.. Enumerable.Range(0, vectors[0].Length).Select(i => vectors.Sum(v => v[i]))];

    private static double Norm(double[] vector) => Math.Sqrt(Dot(vector, vector));

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double AbsoluteDot(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x) * Math.Abs(y)).Sum();
}
