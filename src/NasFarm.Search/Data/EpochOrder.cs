using NasFarm.Search.Randomness;

namespace NasFarm.Search.Data;

/// <summary>Which images a batch holds: a function of (seed, stream, trained epoch), never of what ran before.</summary>
public static class EpochOrder
{
    /// <summary>The part's indices in the shuffled order of one epoch.</summary>
    /// <param name="part">Image indices, e.g. <see cref="SearchSplit.Weights"/>.</param>
    /// <param name="dataOrderSeed">Data-order seed.</param>
    /// <param name="stream">One of <see cref="StreamNames"/>, usually <see cref="StreamNames.WeightOrder"/>.</param>
    /// <param name="trainedEpoch">Counter of trained epochs; never rewinds.</param>
    public static int[] Shuffled(ReadOnlySpan<int> part, long dataOrderSeed, string stream, long trainedEpoch)
    {
        var order = new RandomStream(dataOrderSeed, stream, trainedEpoch).Permutation(part.Length);
        foreach (ref var place in order.AsSpan())
            place = part[place];
        return order;
    }

    /// <summary>Batches of an epoch; the last short one is kept (spec/algorithms.md §0.3).</summary>
    public static int Steps(int images, int batchSize) => (images + batchSize - 1) / batchSize;

    /// <summary>One batch of an order; the last may be short.</summary>
    public static ReadOnlyMemory<int> Batch(int[] order, int batchSize, int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, Steps(order.Length, batchSize));
        return order.AsMemory(step * batchSize, Math.Min(batchSize, order.Length - step * batchSize));
    }

    /// <summary>The alpha batch of one step: distinct images, drawn anew at every step, as DARTS does by opening a fresh shuffled
    /// loader and taking its first batch (spec/algorithms.md §1.3). A part smaller than the batch gives the whole part, shuffled.</summary>
    public static int[] FreshBatch(ReadOnlySpan<int> part, int batchSize, long dataOrderSeed, string stream, long trainedEpoch, int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        var batch = new RandomStream(dataOrderSeed, stream, trainedEpoch, (uint)step).Sample(part.Length, Math.Min(batchSize, part.Length));
        foreach (ref var place in batch.AsSpan())
            place = part[place];
        return batch;
    }
}
