using System.Buffers.Binary;

namespace NasFarm.Cli.Tests.Programs;

/// <summary>A Fashion-MNIST of 96 + 32 images: a bright stripe per class over noise, in IDX files.</summary>
internal static class TinyImages
{
    public const int Train = 96, Test = 32;

    private const int Side = 28;

    /// <summary>Writes the four files into <c>folder/fashion-mnist</c>.</summary>
    public static void Write(string folder)
    {
        var set = Directory.CreateDirectory(Path.Combine(folder, "fashion-mnist")).FullName;
        var random = new Random(1);
        foreach (var (part, count) in new[] { ("train", Train), ("t10k", Test) })
        {
            var labels = new byte[count];
            var pixels = new byte[count * Side * Side];
            for (var i = 0; i < count; i++)
            {
                labels[i] = (byte)random.Next(10);
                for (var p = 0; p < Side * Side; p++)
                    pixels[(i * Side * Side) + p] = (byte)(random.Next(100) + (p / Side / 3 == labels[i] ? 150 : 0));
            }
            File.WriteAllBytes(Path.Combine(set, $"{part}-images-idx3-ubyte"), [.. Header(0x803, count, Side, Side), .. pixels]);
            File.WriteAllBytes(Path.Combine(set, $"{part}-labels-idx1-ubyte"), [.. Header(0x801, count), .. labels]);
        }
    }

    private static byte[] Header(params int[] words)
    {
        var bytes = new byte[4 * words.Length];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
        return bytes;
    }
}
