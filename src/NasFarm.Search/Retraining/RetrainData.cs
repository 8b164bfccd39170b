using NasFarm.Catalog.Units;
using NasFarm.Search.Data;
using NasFarm.Search.Phases;
using NasFarm.Search.Randomness;
using static TorchSharp.torch;

namespace NasFarm.Search.Retraining;

/// <summary>Training and test images of a retrain job under its recipe's transforms (spec/retraining-and-data.md §1, §3, §6).
/// The training image is <c>trainImageSize</c> pixels wide, unless the data asks for a size of its own: then that. Without augmentation
/// (<c>augment: false</c>, or <c>augmentation: none</c>) images keep the size they have.</summary>
public sealed class RetrainData
{
    private const int TestBatch = 256;

    private readonly int[] train, test;
    private readonly BatchTensors training;
    private readonly long seed;
    private (long Epoch, int[] Order) cached = (-1, []);

    /// <summary>Chooses images and transforms.</summary>
    public RetrainData(LoadedDataSet set, RetrainSpec spec, long seed, Device device)
    {
        this.seed = seed;
        (Channels, Classes) = (set.Train.Channels, set.Train.Classes);
        train = Splits.Training(spec.Data, set.Train.Count);
        test = Splits.Test(spec.Data, set.Test.Count);

        var settings = spec.Settings;
        var plain = Normalised(DataCatalog.Definition(spec.Data.Name), settings.Text("normalise")) with { ImageSize = spec.Data.ImageSize };
        var side = spec.Data.ImageSize ?? settings.Int("trainImageSize");
        var bilinear = plain with { ImageSize = side, Resize = ResizeRule.Bilinear };
        var augmentation = spec.Data.Augment ? settings.Text("augmentation") : "none";
        training = new(set.Train, augmentation switch
        {
            "crop-flip" => plain with { CropPad = 4, CropSize = side, Flip = true, Cutout = settings.Int("cutout") },
            "affine" => bilinear with { Affine = AffineRange.SgasEsEmnist, Cutout = settings.Int("cutout") },
            "none" => plain with { Cutout = settings.Int("cutout") },
            var other => throw new ArgumentException($"augmentation is '{other}'; it must be crop-flip, affine or none."),
        }, device);

        var paper = settings.Text("augmentation") == "affine" ? bilinear : plain;
        var padded = plain with { ImageSize = 32 };
        (string Name, TransformSpec Transform)[] views = settings.Text("testMode") switch
        {
            "paper" => [("paper", paper)],
            "pad-to-32" => [("pad-to-32", padded)],
            _ => [("paper", paper), ("pad-to-32", padded)],
        };
        Tests = [.. views.Select(v => new TestView(v.Name, new BatchTensors(set.Test, v.Transform, device)))];
    }

    /// <summary>Colour channels of the images.</summary>
    public int Channels { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>How the test images are shown; the first one's accuracy is the result.</summary>
    public IReadOnlyList<TestView> Tests { get; }

    /// <summary>Steps per epoch.</summary>
    public int Steps(int batchSize) => EpochOrder.Steps(train.Length, batchSize);

    /// <summary>The training batch of a step.</summary>
    public Batch TrainingBatch(int epoch, int step, int batchSize)
    {
        if (cached.Epoch != epoch)
            cached = (epoch, EpochOrder.Shuffled(train, seed, StreamNames.WeightOrder, epoch));
        return training.Make(EpochOrder.Batch(cached.Order, batchSize, step).Span, seed, epoch);
    }

    /// <summary>The test images in file order.</summary>
    public IEnumerable<Batch> TestBatches(TestView view)
    {
        for (var step = 0; step < EpochOrder.Steps(test.Length, TestBatch); step++)
            yield return view.Images.Make(EpochOrder.Batch(test, TestBatch, step).Span, seed, 0);
    }

    private static TransformSpec Normalised(DataSetDefinition set, string rule)
    {
        double[] Same(double value) => [.. Enumerable.Repeat(value, set.Channels)];
        double[] Bytes(params double[] values) => Array.ConvertAll(values, v => v / 255);
        return (rule, set.Name) switch
        {
            ("half", _) => new() { Mean = Same(.5), StandardDeviation = Same(.5) },
            // NAS-Bench-201's own constants for the two CIFAR sets (spec §4); it has none for other sets.
            ("nas-bench-201", "cifar-10") => new() { Mean = Bytes(125.3, 123.0, 113.9), StandardDeviation = Bytes(63.0, 62.1, 66.7) },
            ("nas-bench-201", "cifar-100") => new() { Mean = Bytes(129.3, 124.1, 112.4), StandardDeviation = Bytes(68.2, 65.4, 70.4) },
            _ => TransformSpec.Plain(set),
        };
    }
}

/// <summary>One way of showing the test images.</summary>
/// <param name="Name"><c>paper</c> or <c>pad-to-32</c>.</param>
/// <param name="Images">Makes the batches.</param>
public sealed record TestView(string Name, BatchTensors Images);
