using NasFarm.Catalog.Retraining;
using NasFarm.Catalog.Units;
using NasFarm.Search.Data;

namespace NasFarm.Search.Tests.Data;

public class TransformsTests
{
    private static DataSpec Data(string name) => new() { Name = name, ContentHash = "" };

    private static (int, int) Size(TransformSpec? transform, string set) =>
        transform!.OutputSize(DataCatalog.Definition(set).Height, DataCatalog.Definition(set).Width);

    [Fact]
    public void A_search_pads_by_four_crops_back_and_flips_unless_told_otherwise()
    {
        var transform = Transforms.Search(Data("fashion-mnist") with { ImageSize = 16 });
        Assert.Equal((4, null, true, 0), (transform.CropPad, transform.CropSize, transform.Flip, transform.Cutout));
        Assert.Equal((16, 16), Size(transform, "fashion-mnist"));
        Assert.Equal([.2859], transform.Mean);
        var plain = Transforms.Search(Data("cifar-10") with { Augment = false });
        Assert.Equal((null, false), (plain.CropPad, plain.Flip));
        Assert.Throws<ArgumentException>(() => Transforms.Search(Data("fashion-mnist") with { ImageSize = 14 }));
    }

    [Fact]
    public void Sgas_es_trains_on_crops_of_thirty_two_and_tests_native_and_padded()
    {
        var transforms = Transforms.Retrain(Data("fashion-mnist"), RecipeCatalog.Resolve("sgas-es-fashion-mnist", "sgas-es"));
        Assert.Equal((4, 32, true, 16), (transforms.Training.CropPad, transforms.Training.CropSize, transforms.Training.Flip, transforms.Training.Cutout));
        Assert.Equal((32, 32), Size(transforms.Training, "fashion-mnist"));
        Assert.Equal((28, 28), Size(transforms.Test, "fashion-mnist"));
        Assert.Equal((32, 32), Size(transforms.SecondTest, "fashion-mnist"));
        Assert.Equal((null, false, 0), (transforms.Test.CropPad, transforms.Test.Flip, transforms.Test.Cutout));
    }

    [Fact]
    public void The_emnist_transfer_enlarges_maps_and_never_flips()
    {
        var transforms = Transforms.Retrain(Data("emnist-balanced"), RecipeCatalog.Resolve("sgas-es-emnist", "sgas-es"));
        Assert.Equal((AffineRange.SgasEsEmnist, false, null), (transforms.Training.Affine, transforms.Training.Flip, transforms.Training.CropPad));
        Assert.Equal((ResizeRule.Bilinear, (32, 32)), (transforms.Test.Resize, Size(transforms.Test, "emnist-balanced")));
        Assert.Null(transforms.Test.Affine);
        Assert.Null(transforms.SecondTest);
        Assert.Equal([.5], transforms.Training.Mean);
    }

    [Fact]
    public void The_table_recipe_uses_the_benchmarks_constants()
    {
        var settings = RecipeCatalog.Resolve("nas-bench-201", "nas-bench-201");
        var transform = Transforms.Retrain(Data("cifar-10"), settings).Training;
        Assert.Equal([125.3 / 255, 123.0 / 255, 113.9 / 255], transform.Mean);
        Assert.Equal([63.0 / 255, 62.1 / 255, 66.7 / 255], transform.StandardDeviation);
        Assert.Equal(
            "normalise is nas-bench-201, which has constants for cifar-10 and cifar-100, not for mnist; use dataset.",
            Assert.Throws<ArgumentException>(() => Transforms.Retrain(Data("mnist"), settings)).Message);
    }

    [Fact]
    public void Without_augmentation_training_and_test_images_are_alike()
    {
        var settings = RecipeCatalog.Resolve("darts", "darts", new Dictionary<string, object> { ["augmentation"] = "none", ["cutout"] = 0L });
        var transforms = Transforms.Retrain(Data("mnist"), settings);
        Assert.Equal(transforms.Training, transforms.Test);
        Assert.Equal((32, 32), Size(transforms.Test, "mnist"));
        var padded = Transforms.Retrain(Data("mnist"), settings.With("testMode", "pad-to-32"));
        Assert.Equal(((32, 32), null), (Size(padded.Test, "mnist"), padded.SecondTest));
    }
}
