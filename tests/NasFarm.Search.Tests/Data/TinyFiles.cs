using System.Buffers.Binary;
using System.IO.Compression;

namespace NasFarm.Search.Tests.Data;

/// <summary>Small data files in the publishers' formats.</summary>
internal static class TinyFiles
{
    public static byte[] IdxImages(int count, int rows = 28, int columns = 28, int magic = 0x803) =>
        [.. BigEndian(magic), .. BigEndian(count), .. BigEndian(rows), .. BigEndian(columns), .. Enumerable.Range(0, count * rows * columns).Select(i => (byte)(i * 7 % 251))];

    public static byte[] IdxLabels(int count, int classes = 10, int magic = 0x801) =>
        [.. BigEndian(magic), .. BigEndian(count), .. Enumerable.Range(0, count).Select(i => (byte)(i % classes))];

    public static byte[] Cifar10(int count, int first = 0) =>
        [.. Enumerable.Range(first, count).SelectMany(i => new[] { (byte)(i % 10) }.Concat(Enumerable.Range(0, 3072).Select(p => (byte)((p + i) % 253))))];

    public static byte[] Cifar100(int count) =>
        [.. Enumerable.Range(0, count).SelectMany(i => new[] { (byte)(i % 20), (byte)(i % 100) }.Concat(Enumerable.Range(0, 3072).Select(p => (byte)(p + i))))];

    public static byte[] Packed(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return packed.ToArray();
    }

    /// <summary>Four files of the MNIST family under the publisher's names.</summary>
    public static void WriteMnist(string folder, int train = 6, int test = 4, string testPart = "t10k")
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "train-images-idx3-ubyte"), IdxImages(train));
        File.WriteAllBytes(Path.Combine(folder, "train-labels-idx1-ubyte.gz"), Packed(IdxLabels(train)));
        File.WriteAllBytes(Path.Combine(folder, $"{testPart}-images-idx3-ubyte.gz"), Packed(IdxImages(test)));
        File.WriteAllBytes(Path.Combine(folder, $"{testPart}-labels-idx1-ubyte"), IdxLabels(test));
    }

    public static byte[] With(this byte[] bytes, int offset, byte value)
    {
        bytes[offset] = value;
        return bytes;
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
