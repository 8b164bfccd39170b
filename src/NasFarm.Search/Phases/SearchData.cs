using NasFarm.Catalog.Units;
using NasFarm.Search.Data;
using NasFarm.Search.Randomness;
using static TorchSharp.torch;

namespace NasFarm.Search.Phases;

/// <summary>The two parts of a search's images as batches. Which images, in which order and how augmented is a function of the
/// data-order seed and the trained epoch alone.</summary>
public sealed class SearchData
{
    private readonly ImageSet images;
    private readonly SearchSplit split;
    private readonly long seed;
    private readonly Device device;
    private readonly TransformSpec transform;
    private (Cutout Cutout, BatchTensors Batches) cut;
    private (long Trained, int[] Order) cached = (-1, []);

    /// <summary>Divides the training images.</summary>
    public SearchData(LoadedDataSet set, DataSpec spec, long dataOrderSeed, Device device)
    {
        images = set.Train;
        split = Splits.Search(spec, set.Train.Count, dataOrderSeed);
        var definition = DataCatalog.Definition(spec.Name);
        transform = spec.Augment ? TransformSpec.Training(definition, spec.ImageSize) : TransformSpec.Plain(definition, spec.ImageSize);
        (seed, this.device) = (dataOrderSeed, device);
        cut = (default, new(images, transform, device));
    }

    /// <summary>Colour channels of the images.</summary>
    public int Channels => images.Channels;

    /// <summary>Number of classes.</summary>
    public int Classes => images.Classes;

    /// <summary>w steps per epoch.</summary>
    public int Steps(int batchSize) => EpochOrder.Steps(split.Weights.Length, batchSize);

    /// <summary>The w batch of a step: the shuffled w part of the epoch, cut into batches, the last short one kept.</summary>
    public Batch WeightBatch(long trained, int step, int batchSize, Cutout cutout = default)
    {
        if (cached.Trained != trained)
            cached = (trained, EpochOrder.Shuffled(split.Weights, seed, StreamNames.WeightOrder, trained));
        return With(cutout).Make(EpochOrder.Batch(cached.Order, batchSize, step).Span, seed, trained);
    }

    /// <summary>The α batch of a step: drawn anew at every step (spec/algorithms.md §1.3).</summary>
    public Batch AlphaBatch(long trained, int step, int batchSize, Cutout cutout = default) =>
        With(cutout).Make(EpochOrder.FreshBatch(split.Alphas, batchSize, seed, StreamNames.AlphaOrder, trained, step), seed, trained, visit: step);

    /// <summary>Minibatches of the whole α part.</summary>
    public int ValidationSteps(int batchSize) => EpochOrder.Steps(split.Alphas.Length, batchSize);

    /// <summary>The whole α part in file order under the training transform (spec/retraining-and-data.md §5).</summary>
    public IEnumerable<Batch> Validation(long trained, int batchSize, Cutout cutout = default)
    {
        for (var step = 0; step < ValidationSteps(batchSize); step++)
            yield return With(cutout).Make(EpochOrder.Batch(split.Alphas, batchSize, step).Span, seed, trained);
    }

    private BatchTensors With(Cutout cutout)
    {
        if (cut.Cutout != cutout)
            cut = (cutout, new(images, transform with { Cutout = cutout.Side, CutoutProbability = cutout.Probability }, device));
        return cut.Batches;
    }
}
