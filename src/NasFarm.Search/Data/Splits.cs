using NasFarm.Catalog.Units;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Data;

/// <summary>Image indices of a search: one part trains the weights, the other the alphas.</summary>
/// <param name="Weights">Indices of the w part.</param>
/// <param name="Alphas">Indices of the alpha part; disjoint from the other.</param>
public sealed record SearchSplit(int[] Weights, int[] Alphas);

/// <summary>Which images take part (spec/retraining-and-data.md §5).</summary>
public static class Splits
{
    /// <summary>
    /// The two halves of a search over <paramref name="available"/> training images. Ordered: indices [0, n/2) are the w half and
    /// [n/2, n) the alpha half, in file order. Permuted: the same cut through one permutation drawn from the data-order seed.
    /// Explicit sizes then take the first <see cref="DataSpec.TrainImages"/> of the w half and the first
    /// <see cref="DataSpec.AlphaImages"/> of the alpha half, so a smaller proxy is a part of the larger one.
    /// Throws <see cref="ArgumentException"/> when a size exceeds its half or is below 1.
    /// </summary>
    public static SearchSplit Search(DataSpec data, int available, long dataOrderSeed)
    {
        var half = available / 2;
        var order = data.Split == SplitRule.Ordered
            ? [.. Enumerable.Range(0, available)]
            : new RandomStream(dataOrderSeed, StreamNames.Split).Permutation(available);
        return new(
            order[..Size(data.TrainImages, half, "trainImages", "the w half", data.Name, available)],
            order.AsSpan(half, Size(data.AlphaImages, available - half, "alphaImages", "the alpha half", data.Name, available)).ToArray());
    }

    /// <summary>Training indices of a retrain job: the first <see cref="DataSpec.TrainImages"/> in file order; null: all.
    /// Throws <see cref="ArgumentException"/> when there are fewer.</summary>
    public static int[] Training(DataSpec data, int available) =>
        [.. Enumerable.Range(0, Size(data.TrainImages, available, "trainImages", "the training part", data.Name, available))];

    /// <summary>Test indices of a retrain job: the first <see cref="DataSpec.TestImages"/> in file order; null: all.
    /// Throws <see cref="ArgumentException"/> when there are fewer.</summary>
    public static int[] Test(DataSpec data, int available) =>
        [.. Enumerable.Range(0, Size(data.TestImages, available, "testImages", "the test part", data.Name, available))];

    private static int Size(int? wanted, int most, string setting, string part, string set, int available) => wanted switch
    {
        null when most > 0 => most,
        >= 1 when wanted <= most => wanted.Value,
        _ => throw new ArgumentException($"{setting} is {wanted}; of the {available} images of {set} that are present, {part} has {most}: it must be 1 to {most}."),
    };
}
