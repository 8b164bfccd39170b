using NasFarm.Catalog.Methods;
using NasFarm.Catalog.Units;

namespace NasFarm.Search.Data;

/// <summary>The transforms of a retrain job.</summary>
/// <param name="Training">With augmentation.</param>
/// <param name="Test">Of the reported test accuracy.</param>
/// <param name="SecondTest">Images padded to 32, for recipes that report both test modes; else null.</param>
public sealed record RetrainTransforms(TransformSpec Training, TransformSpec Test, TransformSpec? SecondTest);

/// <summary>From what a plan says about images to what happens to them.</summary>
public static class Transforms
{
    /// <summary>Both halves of a search see the training transform (spec/retraining-and-data.md §5): zero-pad 4, crop back, flip;
    /// without <see cref="DataSpec.Augment"/> the plain image. Normalised with the set's own constants.</summary>
    public static TransformSpec Search(DataSpec data)
    {
        var set = DataCatalog.Definition(data.Name);
        var transform = data.Augment ? TransformSpec.Training(set, data.ImageSize) : TransformSpec.Plain(set, data.ImageSize);
        _ = transform.OutputSize(set.Height, set.Width); // an impossible size is refused here, before any image is read
        return transform;
    }

    /// <summary>What a recipe's settings <c>augmentation</c>, <c>cutout</c>, <c>normalise</c>, <c>trainImageSize</c> and <c>testMode</c>
    /// mean for a target set (spec/retraining-and-data.md §1, §3). Throws <see cref="ArgumentException"/> on sizes that no rule makes
    /// and on <c>normalise: nas-bench-201</c> for a set that code has no constants for.</summary>
    public static RetrainTransforms Retrain(DataSpec data, Hyperparameters settings)
    {
        var set = DataCatalog.Definition(data.Name);
        var (mean, deviation) = Constants(set, settings.Text("normalise"));
        var paper = new TransformSpec { Mean = mean, StandardDeviation = deviation, ImageSize = data.ImageSize };
        var side = settings.Int("trainImageSize");
        var cutout = settings.Int("cutout");
        var augmentation = data.Augment ? settings.Text("augmentation") : "none";
        var training = augmentation switch
        {
            "crop-flip" => paper with { CropPad = 4, CropSize = side, Flip = true, Cutout = cutout },
            "affine" => (paper = paper with { ImageSize = data.ImageSize ?? side, Resize = ResizeRule.Bilinear }) with { Affine = AffineRange.SgasEsEmnist, Cutout = cutout },
            _ => (paper = paper with { ImageSize = data.ImageSize ?? side }) with { Cutout = cutout },
        };
        var padded = paper with { ImageSize = 32, Resize = ResizeRule.Pad };
        var transforms = settings.Text("testMode") switch
        {
            "pad-to-32" => new RetrainTransforms(training, padded, SecondTest: null),
            "both" => new RetrainTransforms(training, paper, padded),
            _ => new RetrainTransforms(training, paper, SecondTest: null),
        };
        foreach (var transform in (TransformSpec?[])[transforms.Training, transforms.Test, transforms.SecondTest])
            _ = transform?.OutputSize(set.Height, set.Width);
        return transforms;
    }

    /// <summary>Mean and standard deviation per channel. <c>dataset</c>: the set's own; <c>half</c>: ½ and ½; <c>nas-bench-201</c>: that
    /// benchmark's CIFAR constants (spec/retraining-and-data.md §4).</summary>
    private static (IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation) Constants(DataSetDefinition set, string normalise) => (normalise, set.Name) switch
    {
        ("half", _) => ([.. Enumerable.Repeat(.5, set.Channels)], [.. Enumerable.Repeat(.5, set.Channels)]),
        ("nas-bench-201", "cifar-10") => (Scaled(125.3, 123.0, 113.9), Scaled(63.0, 62.1, 66.7)),
        ("nas-bench-201", "cifar-100") => (Scaled(129.3, 124.1, 112.4), Scaled(68.2, 65.4, 70.4)),
        ("nas-bench-201", _) => throw new ArgumentException($"normalise is nas-bench-201, which has constants for cifar-10 and cifar-100, not for {set.Name}; use dataset."),
        _ => (set.Mean, set.StandardDeviation),
    };

    private static double[] Scaled(params double[] values) => [.. values.Select(v => v / 255)];
}
