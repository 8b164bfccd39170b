namespace NasFarm.Catalog.Derivation;

/// <summary>How far the alphas of a finished search have moved from indifference (spec/algorithms.md §1.8).</summary>
/// <param name="NormalizedEntropy">Mean over edges of H(softmax) / ln(operations); 1 when nothing was learned.</param>
/// <param name="TopTwoMargin">Mean over edges of largest minus second largest softmax weight.</param>
public readonly record struct AlphaStatistics(double NormalizedEntropy, double TopTwoMargin)
{
    /// <summary>Entropy above this marks a run undecided.</summary>
    public const double EntropyLimit = 0.99;

    /// <summary>A margin below this marks a run undecided.</summary>
    public const double MarginLimit = 0.01;

    /// <summary>The argmax is noise: the genotype says little about the search.</summary>
    public bool Undecided => NormalizedEntropy > EntropyLimit || TopTwoMargin < MarginLimit;

    /// <summary>Over the rows (edges, logits) of all cell types together; every operation takes part, <c>none</c> included. Logistic weights
    /// are no distribution: their entropy is the mean of the operations' own, in bits, and 1 as well when nothing was learned.</summary>
    public static AlphaStatistics Of(IEnumerable<IReadOnlyList<double>> rows, MixtureFunction mixture = MixtureFunction.Softmax)
    {
        double entropy = 0, margin = 0;
        var count = 0;
        foreach (var row in rows)
        {
            var weights = mixture.Weights(row);
            entropy += mixture == MixtureFunction.Sigmoid
                ? weights.Average(p => Entropy([p, 1 - p])) / Math.Log(2)
                : Entropy(weights) / Math.Log(weights.Length);
            Array.Sort(weights);
            margin += weights[^1] - weights[^2];
            count++;
        }
        return count > 0
            ? new(entropy / count, margin / count)
            : throw new ArgumentException("There are no rows of alphas.");
    }

    /// <summary>−Σ p ln p, with 0 ln 0 = 0.</summary>
    public static double Entropy(IEnumerable<double> probabilities) => -probabilities.Sum(p => p > 0 ? p * Math.Log(p) : 0);
}

/// <summary>How far Adam can carry an alpha: learning rate × steps (spec/algorithms.md §1.8).</summary>
public static class AlphaTravel
{
    /// <summary>What 50 epochs of 391 steps at 3e-4 allow; small proxies keep this.</summary>
    public const double Published = 50 * PublishedPerEpoch;

    /// <summary>What one epoch of 391 steps at 3e-4 allows.</summary>
    public const double PublishedPerEpoch = 391 * 3e-4;

    /// <summary>Alpha travel of a search of so many alpha steps.</summary>
    public static double Of(double alphaLearningRate, long alphaSteps) => alphaLearningRate * alphaSteps;

    /// <summary>The alpha learning rate that gives a shorter search the published travel.</summary>
    public static double LearningRateFor(long alphaSteps) => Published / alphaSteps;
}
