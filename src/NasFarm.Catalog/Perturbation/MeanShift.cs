using NasFarm.Catalog.Derivation;

namespace NasFarm.Catalog.Perturbation;

/// <summary>MS-DARTS' mean shift of mixture weights towards where the loss is worse (spec/algorithms.md §12.1).</summary>
public static class MeanShift
{
    /// <summary>ω: softmax over the samples' losses, so that a worse one counts more.</summary>
    public static double[] LossWeights(IReadOnlyList<double> losses) => Softmax.Of(losses);

    /// <summary>Gaussian kernel exp(−½(d/h)²) / (h√(2π)).</summary>
    public static double Kernel(double distance, double bandwidth) =>
        Math.Exp(-0.5 * (distance / bandwidth) * (distance / bandwidth)) / (bandwidth * Math.Sqrt(2 * Math.PI));

    /// <summary>A ← Σ ω_n K_n X_n / Σ ω_n K_n for the matrix of one cell type. Not projected again: rows may leave the simplex a little.
    /// Where every kernel vanishes (a bandwidth far below the samples' distance) the matrix stays.</summary>
    /// <param name="rows">A, flattened.</param>
    /// <param name="samples">X_n as drawn, not projected: what is averaged.</param>
    /// <param name="projected">X̃_n: what the distance is measured to.</param>
    /// <param name="weights">ω_n.</param>
    /// <param name="bandwidth">h of the kernel.</param>
    public static double[] Shift(
        double[] rows, IReadOnlyList<double[]> samples, IReadOnlyList<double[]> projected, IReadOnlyList<double> weights, double bandwidth)
    {
        var shares = projected.Select((x, n) => weights[n] * Kernel(Distance(rows, x), bandwidth)).ToArray();
        var sum = shares.Sum();
        return sum > 0
            ? [.. rows.Select((_, i) => samples.Select((x, n) => shares[n] * x[i]).Sum() / sum)]
            : rows;
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());
}
