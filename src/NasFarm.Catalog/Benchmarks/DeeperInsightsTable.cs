using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>Ground truth of the 64 children of "Deeper Insights into Weight Sharing" (arXiv 2001.01431): each trained alone ten times on
/// CIFAR-10. Mean and standard deviation (of the sample or the population is not said) of the test accuracy, in percent, rounded to four
/// decimals; read in the authors' repository (ultmaster/deeper-insights-weight-sharing, <c>figures/assets/gt_acc.txt</c> and
/// <c>assets/gt_std.txt</c>). No file is needed.</summary>
public static class DeeperInsightsTable
{
    /// <summary>Mean test accuracy on CIFAR-10 over ten trainings.</summary>
    public const string Cifar10Test = "c10_test_deeper";

    // By child: the first edge's operation counts 16, the second's 4, the third's 1.
    private static readonly double[] Means =
    [
        70.139, 78.517, 81.124, 79.846, 78.508, 81.913, 83.046, 82.852, 80.99, 83.192, 83.374, 83.086, 79.845, 82.798, 83.246, 82.119,
        79.29, 82.04, 83.2, 83.061, 81.424, 83.302, 84.081, 84.287, 83.022, 83.675, 84.315, 84.413, 82.996, 84.024, 84.386, 84.403,
        81.568, 83.054, 83.559, 83.424, 82.922, 84.043, 84.67, 84.562, 83.231, 84.06, 84.726, 84.671, 83.22, 84.433, 84.652, 84.495,
        80.657, 83.004, 83.162, 83.005, 83.013, 84.698, 84.757, 84.731, 83.169, 84.721, 85.069, 85.161, 82.885, 84.582, 84.985, 84.818,
    ];

    private static readonly double[] Deviations =
    [
        0.3789, 0.6214, 0.3595, 0.4886, 0.8506, 0.4012, 0.3532, 0.2284, 0.3897, 0.4113, 0.3846, 0.4329, 0.6191, 0.2903, 0.1894, 0.4178,
        0.5524, 0.5318, 0.3837, 0.4511, 0.4861, 0.4591, 0.6101, 0.4442, 0.3469, 0.4321, 0.4767, 0.3184, 0.4237, 0.3165, 0.5726, 0.3154,
        0.4996, 0.3487, 0.3678, 0.3085, 0.3258, 0.3347, 0.2413, 0.344, 0.4378, 0.4779, 0.3908, 0.4776, 0.2395, 0.4793, 0.4297, 0.2463,
        0.8181, 0.4356, 0.2667, 0.5233, 0.4467, 0.4722, 0.4943, 0.4217, 0.5044, 0.4442, 0.3587, 0.3441, 0.4998, 0.4126, 0.1964, 0.3856,
    ];

    /// <summary>Children.</summary>
    public static int Count => Means.Length;

    /// <summary>Names of the numbers: mean and standard deviation.</summary>
    public static IReadOnlyList<string> Columns { get; } = [Cifar10Test, Cifar10Test + "_sd"];

    /// <summary>SHA-256 of the numbers as text: what a file's hash is to the other tables.</summary>
    public static string ContentHash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Means.Zip(Deviations, (mean, sd) => string.Create(CultureInfo.InvariantCulture, $"{mean},{sd}"))))));

    /// <summary>Number of a child, 0 to 63: its three operations as digits of base 4, edges in order. Throws
    /// <see cref="ArgumentException"/> for another space.</summary>
    public static int IndexOf(Genotype genotype) => genotype.Space == SearchSpaces.DeeperInsights
        ? genotype.Space.Edges.Aggregate(0, (index, edge) =>
            4 * index + genotype.Space.OperationIndex(CellType.Normal, edge.Index, genotype.Normal.OperationOn(edge.Source, edge.Target)!))
        : throw new ArgumentException($"The ground truth of 'deeper-insights' holds no cells of '{genotype.Space}'.");

    /// <summary>Both values of a child by column.</summary>
    public static IReadOnlyDictionary<string, double> Values(Genotype genotype)
    {
        var index = IndexOf(genotype);
        return new Dictionary<string, double> { [Columns[0]] = Means[index], [Columns[1]] = Deviations[index] };
    }

    /// <summary>The means of all children, by number.</summary>
    public static IReadOnlyList<double> Column => Means;

    /// <summary>What a random search draws from.</summary>
    public static TableDistribution Distribution { get; } = new(Means);
}
