using NasFarm.Catalog.Data;
using NasFarm.Search.Data;

namespace NasFarm.Search.Tests.Data;

public class RealDataTests
{
    private static DataCatalog Catalog(string? directory) => new(new([directory!], "/nonexistent", Cache: null));

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<byte> pixels)
    {
        var counts = new long[256];
        foreach (var pixel in pixels)
            counts[pixel]++;
        var mean = counts.Select((n, v) => (double)n * v).Sum() / pixels.Length;
        var square = counts.Select((n, v) => (double)n * v * v).Sum() / pixels.Length;
        return (mean / 255, Math.Sqrt(square - mean * mean) / 255);
    }

    [DebianFashionMnistFact]
    public void Fashion_mnist_of_Debian_is_complete_and_has_the_published_moments()
    {
        var set = Catalog(RealFiles.Debian).Load("fashion-mnist");
        Assert.Equal(new DataSetInfo("fashion-mnist", 1, 28, 28, 10, 60_000, 10_000, set.Info.ContentHash, Complete: true), set.Info);
        Assert.Equal([9, 0, 0, 3, 0, 2, 7, 2, 5, 5], set.Train.Labels[..10].Select(l => (int)l));
        var (mean, deviation) = Moments(set.Train.Pixels);
        Assert.Equal((.2860, .3530), (Math.Round(mean, 4), Math.Round(deviation, 4)));
    }

    [SharedDataFact("mnist-train-images-idx3-ubyte.gz")]
    public void Mnist_is_complete_and_has_the_published_moments()
    {
        var set = Catalog(RealFiles.Shared).Load("mnist");
        Assert.True(set.Info.Complete);
        Assert.Equal([5, 0, 4, 1, 9], set.Train.Labels[..5].Select(l => (int)l));
        var (mean, deviation) = Moments(set.Train.Pixels);
        Assert.Equal((.1307, .3081), (Math.Round(mean, 4), Math.Round(deviation, 4)));
    }

    [SharedDataFact("kmnist-t10k-images-idx3-ubyte.gz")]
    public void Kmnist_without_its_training_part_is_refused_with_what_is_missing()
    {
        var error = Assert.Throws<DataSetUnavailableException>(() => Catalog(RealFiles.Shared).Describe("kmnist"));
        Assert.Contains(
            "has kmnist-t10k-images-idx3-ubyte.gz, kmnist-t10k-labels-idx1-ubyte.gz but lacks the training images (train-images-idx3-ubyte), "
            + "the training labels (train-labels-idx1-ubyte).",
            error.Message);
    }

    [SharedDataFact("cifar100_train.bin.gz")]
    public void A_part_of_cifar_100_is_read_and_reported_incomplete()
    {
        var set = Catalog(RealFiles.Shared).Load("cifar-100");
        Assert.Equal((8_000, 2_000, false), (set.Info.TrainImages, set.Info.TestImages, set.Info.Complete));
        Assert.All(set.Train.Labels.CountBy(l => l), c => Assert.Equal(80, c.Value));
    }

    [SharedDataFact("cifar10_train_1.bin.gz")]
    public void A_part_of_cifar_10_is_read_and_reported_incomplete()
    {
        var set = Catalog(RealFiles.Shared).Load("cifar-10");
        Assert.Equal((20_000, 5_000, false), (set.Info.TrainImages, set.Info.TestImages, set.Info.Complete));
        Assert.All(set.Train.Labels.CountBy(l => l), c => Assert.Equal(2_000, c.Value));
        Assert.InRange(Moments(set.Train.Image(0)).Mean, .1, .9);
    }
}
