using NasFarm.Catalog.Derivation;

namespace NasFarm.Catalog.Paths;

/// <summary>Drawing an operation of an edge with its softmax weight (spec/algorithms.md §6).</summary>
public static class GumbelSoftmax
{
    /// <summary>The operation with the largest log softmax(α) + g, the first of equals. Neither the temperature nor the shift from α to its log
    /// softmax has a say in it.</summary>
    /// <param name="logits">α of one edge.</param>
    /// <param name="noise">g, standard Gumbel, one number per operation.</param>
    public static int Draw(IReadOnlyList<double> logits, IReadOnlyList<double> noise) =>
        Softmax.ArgMax([.. logits.Zip(noise, (a, g) => a + g)]);
}
