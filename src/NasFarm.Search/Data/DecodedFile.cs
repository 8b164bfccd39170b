using System.Buffers.Binary;
using System.IO.Compression;
using NasFarm.Catalog.Data;

namespace NasFarm.Search.Data;

/// <summary>The bytes of a data file after unpacking, with the path they came from for error messages.</summary>
/// <param name="Path">The file; offsets in messages count unpacked bytes.</param>
/// <param name="Bytes">Its content, unpacked when the name ends in <c>.gz</c>.</param>
public sealed record DecodedFile(string Path, byte[] Bytes)
{
    /// <summary>Reads and unpacks. Throws <see cref="DataSetUnavailableException"/> when the file is absent, unreadable, not gzip
    /// although its name says so, damaged, or unpacks to more than <paramref name="largest"/> bytes.</summary>
    public static DecodedFile Read(string path, long largest)
    {
        try
        {
            using var file = File.OpenRead(path);
            var packed = path.EndsWith(".gz", StringComparison.Ordinal);
            using Stream content = packed ? Unpacked(file, path) : file;
            var bytes = new MemoryStream();
            var buffer = new byte[1 << 16];
            for (int read; (read = content.Read(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > largest)
                    throw new DataSetUnavailableException($"{path}: it holds more than {largest} bytes, the size of the published file.");
            }

            if (packed)
                CheckEnd(file, path, bytes.Length);
            return new(path, bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray());
        }
        catch (InvalidDataException damaged)
        {
            throw new DataSetUnavailableException($"{path}: the gzip data are damaged ({damaged.Message}); fetch or copy the file again.", damaged);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new DataSetUnavailableException($"{path}: it cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>An exception about a place in this file.</summary>
    public DataSetUnavailableException Damaged(long offset, string problem) => new($"{Path}, offset {offset}: {problem}");

    private static GZipStream Unpacked(FileStream file, string path)
    {
        int first = file.ReadByte(), second = file.ReadByte();
        if (first != 0x1f || second != 0x8b)
            throw new DataSetUnavailableException($"{path}, offset 0: the name says gzip, but it begins with {Hex(first)} {Hex(second)}; gzip begins with 1f 8b.");
        file.Position = 0;
        return new(file, CompressionMode.Decompress);
    }

    /// <summary>The last four bytes of a gzip file are its unpacked length. The unpacker takes a cut-off end for the end; this does not.</summary>
    private static void CheckEnd(FileStream file, string path, long unpacked)
    {
        const int Header = 10, Trailer = 8;
        Span<byte> length = stackalloc byte[4];
        if (file.Length >= Header + Trailer)
        {
            file.Position = file.Length - length.Length;
            file.ReadExactly(length);
        }

        if (file.Length < Header + Trailer || BinaryPrimitives.ReadUInt32LittleEndian(length) != (uint)unpacked)
            throw new DataSetUnavailableException(
                $"{path}, offset {Math.Max(0, file.Length - length.Length)}: it unpacks to {unpacked} bytes, but its end does not say so: the gzip data are cut off or followed by others; fetch or copy the file again.");
    }

    private static string Hex(int value) => value < 0 ? "the end of the file" : value.ToString("x2");
}
