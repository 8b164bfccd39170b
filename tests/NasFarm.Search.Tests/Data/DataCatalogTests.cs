using System.Security.Cryptography;
using NasFarm.Catalog.Data;
using NasFarm.Search.Data;

namespace NasFarm.Search.Tests.Data;

public sealed class DataCatalogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private DataCatalog Catalog(string? cache = null, params string[] directories) =>
        new(new(directories.Length == 0 ? [folder.Path] : directories, folder["user"], cache));

    [Fact]
    public void Names_are_alphabetical_and_an_unknown_one_is_answered_with_them()
    {
        Assert.Equal(["cifar-10", "cifar-100", "emnist-balanced", "fashion-mnist", "kmnist", "mnist"], Catalog().Names);
        Assert.Equal(
            "There is no data set 'imagenet'; there are: cifar-10, cifar-100, emnist-balanced, fashion-mnist, kmnist, mnist.",
            Assert.Throws<DataSetUnavailableException>(() => Catalog().Describe("imagenet")).Message);
    }

    [Fact]
    public void A_described_set_has_its_sizes_and_the_hash_of_pixels_and_labels()
    {
        TinyFiles.WriteMnist(folder["mnist"]);
        byte[] content = [.. TinyFiles.IdxImages(6)[16..], .. TinyFiles.IdxLabels(6)[8..], .. TinyFiles.IdxImages(4)[16..], .. TinyFiles.IdxLabels(4)[8..]];
        Assert.Equal(
            new DataSetInfo("mnist", 1, 28, 28, 10, 6, 4, Convert.ToHexStringLower(SHA256.HashData(content)), Complete: false),
            Catalog().Describe("mnist"));
    }

    [Fact]
    public void Packing_and_file_names_do_not_change_the_hash()
    {
        TinyFiles.WriteMnist(folder["a/mnist"]);
        Directory.CreateDirectory(folder["b"]);
        foreach (var file in Directory.GetFiles(folder["a/mnist"]))
        {
            var bytes = DecodedFile.Read(file, 1_000_000).Bytes;
            var name = folder["b/mnist-" + Path.GetFileName(file).Replace(".gz", "")];
            File.WriteAllBytes(file.EndsWith(".gz", StringComparison.Ordinal) ? name : name + ".gz", file.EndsWith(".gz", StringComparison.Ordinal) ? bytes : TinyFiles.Packed(bytes));
        }

        Assert.Equal(Catalog(null, folder["a"]).Describe("mnist"), Catalog(null, folder["b"]).Describe("mnist"));
    }

    [Fact]
    public void The_first_directory_with_both_parts_wins()
    {
        TinyFiles.WriteMnist(folder["half/mnist"], train: 1);
        File.Delete(folder["half/mnist/train-images-idx3-ubyte"]);
        TinyFiles.WriteMnist(folder["first/mnist"], train: 2);
        TinyFiles.WriteMnist(folder["second/mnist"], train: 3);
        Assert.Equal(2, Catalog(null, folder["absent"], folder["half"], folder["first"], folder["second"]).Describe("mnist").TrainImages);
    }

    [Fact]
    public void A_missing_part_is_told_with_what_is_there()
    {
        TinyFiles.WriteMnist(folder["kmnist"]);
        File.Delete(folder["kmnist/train-images-idx3-ubyte"]);
        Assert.Equal(
            $"Data set kmnist is not available: {folder["kmnist"]} has train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte but lacks "
            + "the training images (train-images-idx3-ubyte). Put its files there (nasfarm data import kmnist FOLDER) or fetch them (nasfarm data fetch kmnist).",
            Assert.Throws<DataSetUnavailableException>(() => Catalog().Describe("kmnist")).Message);
    }

    [Fact]
    public void An_absent_set_is_told_with_where_it_was_looked_for_and_how_to_get_it() =>
        Assert.Equal(
            $"Data set fashion-mnist is not available: no file of it in {folder.Path} or their folders 'fashion-mnist'. Put its files there "
            + "(nasfarm data import fashion-mnist FOLDER) or fetch them (nasfarm data fetch fashion-mnist). On Debian: apt-get install dataset-fashion-mnist.",
            Assert.Throws<DataSetUnavailableException>(() => Catalog().Describe("fashion-mnist")).Message);

    [Fact]
    public void Cifar_10_joins_its_batches_in_order_and_says_when_some_are_missing()
    {
        Directory.CreateDirectory(folder["cifar-10"]);
        File.WriteAllBytes(folder["cifar-10/data_batch_1.bin"], TinyFiles.Cifar10(3));
        File.WriteAllBytes(folder["cifar-10/data_batch_3.bin.gz"], TinyFiles.Packed(TinyFiles.Cifar10(2, first: 7)));
        File.WriteAllBytes(folder["cifar-10/test_batch.bin"], TinyFiles.Cifar10(1));
        var set = Catalog().Load("cifar-10");
        Assert.Equal([0, 1, 2, 7, 8], set.Train.Labels.Select(l => (int)l));
        Assert.Equal((5, 1, false), (set.Info.TrainImages, set.Info.TestImages, set.Info.Complete));
        Assert.Equal(TinyFiles.Cifar10(1, first: 7)[1..], set.Train.Image(3).ToArray());
        Assert.Equal(["data_batch_2.bin", "data_batch_4.bin", "data_batch_5.bin"], Catalog().Locate("cifar-10").MissingFiles.Select(f => f.OriginalName));
    }

    [Fact]
    public void Cifar_100_has_fine_labels()
    {
        Directory.CreateDirectory(folder["cifar-100"]);
        File.WriteAllBytes(folder["cifar-100/train.bin"], TinyFiles.Cifar100(45));
        File.WriteAllBytes(folder["cifar-100/test.bin"], TinyFiles.Cifar100(2));
        Assert.Equal(Enumerable.Range(0, 45), Catalog().Load("cifar-100").Train.Labels.Select(l => (int)l));
    }

    [Fact]
    public void Emnist_has_forty_seven_classes_and_stays_as_stored()
    {
        TinyFiles.WriteMnist(folder["emnist-balanced"], testPart: "test");
        File.WriteAllBytes(folder["emnist-balanced/train-labels-idx1-ubyte.gz"], TinyFiles.Packed(TinyFiles.IdxLabels(6).With(8, 46)));
        var set = Catalog().Load("emnist-balanced");
        Assert.Equal((47, 46), (set.Info.Classes, set.Train.Labels[0]));
        Assert.Equal(TinyFiles.IdxImages(6)[16..], set.Train.Pixels);
    }

    [Fact]
    public void Another_content_than_the_plans_is_refused()
    {
        TinyFiles.WriteMnist(folder["mnist"]);
        var hash = Catalog().Describe("mnist").ContentHash;
        Assert.Equal(hash, Catalog().Load("mnist", hash).Info.ContentHash);
        Assert.Contains($"has content hash {hash}; the plan was made with 00ff.", Assert.Throws<DataSetUnavailableException>(() => Catalog().Load("mnist", "00ff")).Message);
    }

    [Fact]
    public void A_remembered_description_lasts_until_a_file_changes_and_may_be_lost_or_damaged()
    {
        TinyFiles.WriteMnist(folder["mnist"]);
        var cache = folder["cache"];
        var first = Catalog(cache).Describe("mnist");
        var remembered = Assert.Single(Directory.GetFiles(cache));
        File.WriteAllText(remembered, File.ReadAllText(remembered).Replace("\"trainImages\":6", "\"trainImages\":7"));
        Assert.Equal(7, Catalog(cache).Describe("mnist").TrainImages); // it is the cache that answers

        File.WriteAllText(remembered, "{");
        Assert.Equal(first, Catalog(cache).Describe("mnist"));

        var changed = folder["mnist/train-images-idx3-ubyte"];
        File.WriteAllBytes(changed, TinyFiles.IdxImages(6).With(100, 9));
        File.SetLastWriteTimeUtc(changed, new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Assert.NotEqual(first.ContentHash, Catalog(cache).Describe("mnist").ContentHash);

        File.WriteAllText(folder["a-file"], "");
        Assert.Equal(6, Catalog(folder["a-file/below"]).Describe("mnist").TrainImages); // a cache that cannot be written
    }

    [Fact]
    public void Directories_are_searched_in_the_documented_order()
    {
        var environment = new Dictionary<string, string> { ["HOME"] = "/home/ada", ["NASFARM_DATA"] = "/one:/two" };
        var standard = DataDirectories.Standard("/given", environment.GetValueOrDefault);
        Assert.Equal(["/given", "/one", "/two", "/home/ada/.local/share/nasfarm/data", "/usr/share/datasets"], standard.Search);
        Assert.Equal("/home/ada/.cache/nasfarm/data", standard.Cache);

        environment = new() { ["XDG_DATA_HOME"] = "/data", ["XDG_CACHE_HOME"] = "/cache" };
        standard = DataDirectories.Standard(null, environment.GetValueOrDefault);
        Assert.Equal(["/data/nasfarm/data", "/usr/share/datasets"], standard.Search);
        Assert.Equal(("/data/nasfarm/data", "/cache/nasfarm/data"), (standard.User, standard.Cache));
    }
}
