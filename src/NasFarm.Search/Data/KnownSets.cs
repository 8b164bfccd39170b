namespace NasFarm.Search.Data;

/// <summary>The data sets of the catalog. Sizes and normalisation: spec/retraining-and-data.md §4. Checksums were computed from the
/// published files; where none was at hand there is none.</summary>
public static class KnownSets
{
    /// <summary>All, alphabetical by name.</summary>
    public static IReadOnlyList<DataSetDefinition> All { get; } =
    [
        new("cifar-10", 3, 32, 32, 10, 50_000, 10_000, [.4914, .4822, .4465], [.2470, .2435, .2616],
            [
                .. Enumerable.Range(1, 5).Select(k => new FileSlot(FileRole.TrainRecords, $"data_batch_{k}.bin", $"cifar10_train_{k}.bin")),
                new(FileRole.TestRecords, "test_batch.bin", "cifar10_test.bin"),
            ],
            new(new("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"), ArchiveKind.TarGz)),
        new("cifar-100", 3, 32, 32, 100, 50_000, 10_000, [.5071, .4865, .4409], [.2673, .2564, .2762],
            [
                new(FileRole.TrainRecords, "train.bin", "cifar100_train.bin"),
                new(FileRole.TestRecords, "test.bin", "cifar100_test.bin"),
            ],
            new(new("https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"), ArchiveKind.TarGz)),
        Idx("emnist-balanced", 47, 112_800, 18_800, .5, .5, // as SGAS-es normalises it (§3)
            new(new("https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"), ArchiveKind.Zip),
            testPart: "test"),
        Idx("fashion-mnist", 10, 60_000, 10_000, .2859, .3530,
            new(new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"), ArchiveKind.Files,
                "On Debian: apt-get install dataset-fashion-mnist"),
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
        Idx("kmnist", 10, 60_000, 10_000, .1918, .3483,
            new(new("http://codh.rois.ac.jp/kmnist/dataset/kmnist/"), ArchiveKind.Files),
            null, null, "76fbd229ce87db80dd281af5e6670de4ad0e42fb30a7bd643972994c47c1f42e", "a11dc742be8e781a40a92f53d6a4957e7b7d36df2faa097659131ebfd8fd60c6"),
        Idx("mnist", 10, 60_000, 10_000, .1307, .3081,
            new(new("https://ossci-datasets.s3.amazonaws.com/mnist/"), ArchiveKind.Files),
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ];

    private static DataSetDefinition Idx(
        string name, int classes, int train, int test, double mean, double standardDeviation, DataSource source,
        string? trainImages = null, string? trainLabels = null, string? testImages = null, string? testLabels = null, string testPart = "t10k")
    {
        FileSlot Slot(FileRole role, string file, string? sha256) => new(role, file, $"{name}-{file}", sha256);
        return new(name, 1, 28, 28, classes, train, test, [mean], [standardDeviation],
            [
                Slot(FileRole.TrainImages, "train-images-idx3-ubyte", trainImages),
                Slot(FileRole.TrainLabels, "train-labels-idx1-ubyte", trainLabels),
                Slot(FileRole.TestImages, $"{testPart}-images-idx3-ubyte", testImages),
                Slot(FileRole.TestLabels, $"{testPart}-labels-idx1-ubyte", testLabels),
            ],
            source);
    }
}
