using NasFarm.Catalog.Derivation;

namespace NasFarm.Catalog.Sgas;

/// <summary>The three quantities of SGAS per edge of one cell type and the score made of them (spec/algorithms.md §2.2).
/// Every array is indexed by edge; decided and pruned edges take part in the normalisation.</summary>
/// <param name="Importance">EI = 1 − P(none).</param>
/// <param name="Certainty">SC = 1 − H(p)/ln K over the K operations other than <c>none</c>.</param>
/// <param name="Stability">SS = mean histogram intersection with the history; zeros under criterion 1 or without history.</param>
/// <param name="Score">Criterion 1: norm(EI)·norm(SC). Criterion 2: norm(EI)·norm(SC)·norm(SS).</param>
public sealed record EdgeScores(
    IReadOnlyList<double> Importance, IReadOnlyList<double> Certainty, IReadOnlyList<double> Stability, IReadOnlyList<double> Score)
{
    /// <summary>Scores all edges.</summary>
    /// <param name="alphas">Logits, one row per edge of the cell type.</param>
    /// <param name="noneIndex">Column of <c>none</c>.</param>
    /// <param name="criterion">1 or 2; anything else throws <see cref="ArgumentOutOfRangeException"/>.</param>
    /// <param name="history">Used by criterion 2; not yet holding this epoch.</param>
    public static EdgeScores Of(IReadOnlyList<IReadOnlyList<double>> alphas, int noneIndex, int criterion, SelectionHistory history)
    {
        if (criterion is not (1 or 2))
            throw new ArgumentOutOfRangeException(nameof(criterion), criterion, "SGAS has criterion 1 and criterion 2.");
        var importance = alphas.Select(row => ImportanceOf(row, noneIndex)).ToArray();
        var certainty = alphas.Select(row => CertaintyOf(Selection(row, noneIndex))).ToArray();
        var stability = criterion == 2 ? history.Stability(alphas, noneIndex) : new double[alphas.Count];

        double[] score = [.. Normalize(importance).Zip(Normalize(certainty), (ei, sc) => ei * sc)];
        if (criterion == 2)
            score = [.. score.Zip(Normalize(stability), (s, ss) => s * ss)];
        return new(importance, certainty, stability, score);
    }

    /// <summary>EI of one row of logits.</summary>
    public static double ImportanceOf(IReadOnlyList<double> row, int noneIndex) => 1 - Softmax.Of(row)[noneIndex];

    /// <summary>p: softmax of one row renormalised over the operations other than <c>none</c>, in column order.</summary>
    public static double[] Selection(IReadOnlyList<double> row, int noneIndex) =>
        Softmax.Of([.. row.Where((_, op) => op != noneIndex)]);

    /// <summary>(x − min)/(max − min); all zeros when max = min.</summary>
    public static double[] Normalize(IReadOnlyList<double> values)
    {
        var (min, max) = (values.Min(), values.Max());
        return [.. values.Select(v => max > min ? (v - min) / (max - min) : 0)];
    }

    // The normaliser is ln(|O| − 1), not ln |O|.
    private static double CertaintyOf(double[] selection) => 1 - AlphaStatistics.Entropy(selection) / Math.Log(selection.Length);
}
