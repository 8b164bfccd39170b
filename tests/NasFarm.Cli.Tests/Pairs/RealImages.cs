using System.Buffers.Binary;
using System.IO.Compression;
using NasFarm.Search.Tests.Data;

namespace NasFarm.Cli.Tests.Pairs;

/// <summary>The first images of CIFAR-10, or of Fashion-MNIST where only that is there, as a data set of its own: a trainer reads it at once.</summary>
internal static class RealImages
{
    public const int Train = 64, Test = 16;

    private const int CifarRecord = 1 + (3 * 32 * 32), IdxImage = 28 * 28;

    private static readonly string? Cifar = RealFiles.Shared is { } shared && File.Exists(Path.Combine(shared, "cifar10_train_1.bin.gz")) ? shared : null;

    private static readonly string Fashion = Path.Combine(RealFiles.Debian, "fashion-mnist");

    /// <summary>Name of the set in the data catalog; null: neither is on this machine.</summary>
    public static string? Name { get; } = Cifar is not null ? "cifar-10" : File.Exists(Path.Combine(Fashion, "train-images-idx3-ubyte.gz")) ? "fashion-mnist" : null;

    /// <summary>Writes the set's files into <c>folder/NAME</c>.</summary>
    public static void Write(string folder)
    {
        var set = Directory.CreateDirectory(Path.Combine(folder, Name!)).FullName;
        if (Cifar is not null)
        {
            foreach (var (source, file, count) in new[] { ("cifar10_train_1.bin.gz", "data_batch_1.bin", Train), ("cifar10_test.bin.gz", "test_batch.bin", Test) })
                File.WriteAllBytes(Path.Combine(set, file), First(Path.Combine(Cifar, source), count * CifarRecord));
            return;
        }
        foreach (var (part, count) in new[] { ("train", Train), ("t10k", Test) })
        {
            foreach (var (file, header, bytes) in new[] { ($"{part}-images-idx3-ubyte", 16, IdxImage), ($"{part}-labels-idx1-ubyte", 8, 1) })
            {
                var content = First(Path.Combine(Fashion, file + ".gz"), header + (count * bytes));
                BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4), count);
                File.WriteAllBytes(Path.Combine(set, file), content);
            }
        }
    }

    private static byte[] First(string packed, int bytes)
    {
        using var content = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress);
        var first = new byte[bytes];
        content.ReadExactly(first);
        return first;
    }
}

/// <summary>A theory on real images; skipped where there are none.</summary>
internal sealed class RealImagesTheoryAttribute : TheoryAttribute
{
    public RealImagesTheoryAttribute()
    {
        if (RealImages.Name is null)
            Skip = "Neither ../shared/data/cifar10_train_1.bin.gz nor Debian's package dataset-fashion-mnist is on this machine.";
    }
}
