using System.Buffers.Binary;
using System.Numerics;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>Records of a TFRecord file, each checked: length (8 bytes, little endian), its masked CRC-32C (4), the bytes, theirs (4).</summary>
internal static class TfRecords
{
    private const int MostBytes = 1 << 24;

    /// <summary>Reads record by record. Throws <see cref="BenchmarkFormatException"/> that names record and byte.</summary>
    public static IEnumerable<byte[]> Read(Stream stream, string name)
    {
        var header = new byte[12];
        long at = 0;
        for (var record = 1; ; record++)
        {
            BenchmarkFormatException Wrong(string problem) => new($"{name}: record {record}, byte {at}: {problem}.");
            var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            if (read == 0)
                yield break;
            if (read < header.Length)
                throw Wrong($"the file ends inside the length of a record ({read} of {header.Length} bytes)");
            if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) != MaskedCrc(header.AsSpan(0, 8)))
                throw Wrong("the checksum of the length is wrong; this is no whole TFRecord file");
            var length = BinaryPrimitives.ReadUInt64LittleEndian(header);
            if (length > MostBytes)
                throw Wrong($"a record of {length} bytes; no record of a benchmark is longer than {MostBytes}");
            var body = new byte[(int)length + 4];
            read = stream.ReadAtLeast(body, body.Length, throwOnEndOfStream: false);
            if (read < body.Length)
                throw Wrong($"the file ends inside the record ({read} of {body.Length} bytes)");
            var data = body[..^4];
            if (BinaryPrimitives.ReadUInt32LittleEndian(body.AsSpan(data.Length)) != MaskedCrc(data))
                throw Wrong("the checksum of the record is wrong; the file is damaged");
            at += header.Length + body.Length;
            yield return data;
        }
    }

    /// <summary>CRC-32C, rotated right by 15 bits, plus a constant: so that checksums of data with checksums in them stay good.</summary>
    public static uint MaskedCrc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var x in data)
            crc = BitOperations.Crc32C(crc, x);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }
}
