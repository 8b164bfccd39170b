using System.IO.Compression;
using NasFarm.Catalog.Data;
using NasFarm.Search.Data;

namespace NasFarm.Search.Tests.Data;

public sealed class DamagedFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Title, file of the tiny MNIST to replace, its bytes, what the message says after the folder.</summary>
    public static TheoryData<string, string, byte[], string> Idx => new()
    {
        { "empty", "train-images-idx3-ubyte", [], "offset 0: the file ends inside its header of 16 bytes." },
        { "header cut off", "train-images-idx3-ubyte", TinyFiles.IdxImages(6)[..11], "offset 11: the file ends inside its header of 16 bytes." },
        { "labels for images", "train-images-idx3-ubyte", TinyFiles.IdxImages(6, magic: 0x801), "offset 0: magic number 0x00000801; IDX images begin with 0x00000803." },
        { "little-endian", "train-images-idx3-ubyte", TinyFiles.IdxImages(6, magic: 0x03080000), "offset 0: magic number 0x03080000; IDX images begin with 0x00000803." },
        { "no image", "train-images-idx3-ubyte", TinyFiles.IdxImages(0), "offset 4: the header says 0 images; there must be at least one." },
        { "count negative", "train-images-idx3-ubyte", TinyFiles.IdxImages(6).With(4, 0xff), "offset 4: the header says -16777210 images; there must be at least one." },
        { "other height", "train-images-idx3-ubyte", TinyFiles.IdxImages(6, rows: 32), "offset 8: the header says 32 rows; images of this set have 28." },
        { "other width", "train-images-idx3-ubyte", TinyFiles.IdxImages(6, columns: 27), "offset 12: the header says 27 columns; images of this set have 28." },
        { "pixels cut off", "train-images-idx3-ubyte", TinyFiles.IdxImages(6)[..^1], "offset 4719: the file ends here; the header says 6 images, which end at 4720." },
        { "trailing pixels", "train-images-idx3-ubyte", [.. TinyFiles.IdxImages(6), 1, 2], "offset 4720: 2 bytes too many: the header says 6 images, which end here." },
        { "count absurd", "train-images-idx3-ubyte", TinyFiles.IdxImages(6).With(4, 0x7f), "offset 4720: the file ends here; the header says 2130706438 images, which end at 1670473847408." },
        { "label out of range", "t10k-labels-idx1-ubyte", TinyFiles.IdxLabels(4).With(10, 10), "offset 10: label 10 of image 2; labels of this set are 0 to 9." },
        { "labels cut off", "t10k-labels-idx1-ubyte", TinyFiles.IdxLabels(4)[..^1], "offset 11: the file ends here; the header says 4 labels, which end at 12." },
        { "fewer labels than images", "t10k-labels-idx1-ubyte", TinyFiles.IdxLabels(3), "offset 4: 3 labels, but " },
        { "not gzip", "t10k-images-idx3-ubyte.gz", TinyFiles.IdxImages(4), "offset 0: the name says gzip, but it begins with 00 00; gzip begins with 1f 8b." },
        { "empty gzip", "t10k-images-idx3-ubyte.gz", [], "offset 0: the name says gzip, but it begins with the end of the file" },
        { "gzip cut off", "t10k-images-idx3-ubyte.gz", TinyFiles.Packed(TinyFiles.IdxImages(4))[..200], "offset 196: it unpacks to " },
        { "gzip without its end", "t10k-images-idx3-ubyte.gz", TinyFiles.Packed(TinyFiles.IdxImages(4))[..^8], "unpacks to 3152 bytes, but its end does not say so: the gzip data are cut off or followed by others" },
        { "gzip and more", "t10k-images-idx3-ubyte.gz", [.. TinyFiles.Packed(TinyFiles.IdxImages(4)), 1, 2, 3], "unpacks to 3152 bytes, but its end does not say so" },
        { "gzip header only", "t10k-images-idx3-ubyte.gz", TinyFiles.Packed(TinyFiles.IdxImages(4))[..10], "it unpacks to 0 bytes, but its end does not say so" },
        { "gzip with a wrong checksum", "t10k-images-idx3-ubyte.gz", WrongChecksum(), "the gzip data are damaged" },
        { "gzip of other data", "t10k-images-idx3-ubyte.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], "the gzip data are damaged" },
        { "more than published", "t10k-labels-idx1-ubyte", TinyFiles.IdxLabels(10_001), "it holds more than 10008 bytes, the size of the published file." },
    };

    [Theory, MemberData(nameof(Idx))]
    public void A_damaged_idx_file_is_refused_with_its_place(string because, string file, byte[] content, string message)
    {
        TinyFiles.WriteMnist(folder["mnist"]);
        File.WriteAllBytes(Path.Combine(folder["mnist"], file), content);
        Refused(because, "mnist", $"{Path.Combine(folder["mnist"], file)}", message);
    }

    public static TheoryData<string, string, string, byte[], string> Cifar => new()
    {
        { "record cut off", "cifar-10", "data_batch_2.bin", TinyFiles.Cifar10(3)[..^5], "offset 9214: the file ends 3068 bytes into record 2; records have 3073 bytes." },
        { "trailing byte", "cifar-10", "data_batch_2.bin", [.. TinyFiles.Cifar10(3), 0], "offset 9220: the file ends 1 bytes into record 3; records have 3073 bytes." },
        { "empty", "cifar-10", "data_batch_2.bin", [], "offset 0: the file is empty; it should hold records of 3073 bytes." },
        { "gzip cut off between records", "cifar-10", "data_batch_2.bin.gz", CutBetweenRecords(), "it unpacks to 3073 bytes, but its end does not say so" },
        { "label out of range", "cifar-10", "data_batch_2.bin", TinyFiles.Cifar10(3).With(3073, 10), "offset 3073: label 10 of record 1; labels of this set are 0 to 9." },
        { "coarse label out of range", "cifar-100", "test.bin", TinyFiles.Cifar100(3).With(2 * 3074, 20), "offset 6148: coarse label 20 of record 2; coarse labels are 0 to 19." },
        { "fine label out of range", "cifar-100", "test.bin", TinyFiles.Cifar100(3).With(1, 100), "offset 1: label 100 of record 0; labels of this set are 0 to 99." },
        { "CIFAR-10 for CIFAR-100", "cifar-100", "test.bin", TinyFiles.Cifar10(3), "offset 9219: the file ends 3071 bytes into record 2; records have 3074 bytes." },
    };

    [Theory, MemberData(nameof(Cifar))]
    public void A_damaged_cifar_file_is_refused_with_its_place(string because, string set, string file, byte[] content, string message)
    {
        Directory.CreateDirectory(folder[set]);
        var (train, test) = set == "cifar-10" ? ("data_batch_1.bin", "test_batch.bin") : ("train.bin", "test.bin");
        File.WriteAllBytes(Path.Combine(folder[set], train), set == "cifar-10" ? TinyFiles.Cifar10(2) : TinyFiles.Cifar100(2));
        File.WriteAllBytes(Path.Combine(folder[set], test), set == "cifar-10" ? TinyFiles.Cifar10(2) : TinyFiles.Cifar100(2));
        File.WriteAllBytes(Path.Combine(folder[set], file), content);
        Refused(because, set, Path.Combine(folder[set], file), message);
    }

    private void Refused(string because, string set, string file, string message)
    {
        var error = Assert.Throws<DataSetUnavailableException>(() => new DataCatalog(new([folder.Path], folder.Path, Cache: null)).Describe(set));
        Assert.True(error.Message.StartsWith(file, StringComparison.Ordinal) && error.Message.Contains(message, StringComparison.Ordinal), $"{because}: {error.Message}");
    }

    /// <summary>Two records, flushed between them, without the second: unpacks to one whole record.</summary>
    private static byte[] CutBetweenRecords()
    {
        var packed = new MemoryStream();
        using var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(TinyFiles.Cifar10(1));
        gzip.Flush();
        return packed.ToArray();
    }

    private static byte[] WrongChecksum()
    {
        var packed = TinyFiles.Packed(TinyFiles.IdxImages(4));
        packed[^6] ^= 1; // the last 8 bytes are CRC-32 and length
        return packed;
    }
}
