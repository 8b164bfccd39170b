using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace NasFarm.Search.Checkpoints;

/// <summary>What a checkpoint file holds.</summary>
/// <param name="Document">The caller's JSON document (metadata key <c>nasfarm</c>).</param>
/// <param name="Tensors">By name, ordinal order.</param>
/// <param name="File">Hash and length of the file as read.</param>
public sealed record CheckpointContent(JsonElement Document, IReadOnlyDictionary<string, TensorEntry> Tensors, WrittenFile File);

/// <summary>
/// The safetensors layout: header length (8 bytes, little-endian), JSON header padded with spaces to a multiple of 8, then the
/// tensors' bytes without gaps. Larger elements come first, so every tensor is aligned to its element. Equal content gives equal
/// bytes: names in ordinal order, canonical JSON, and no clock, host, path or attempt. Files are readable by any safetensors
/// reader. Source: format section of the safetensors project's description.
/// </summary>
public static class Safetensors
{
    /// <summary>Metadata key of the caller's document.</summary>
    public const string DocumentKey = "nasfarm";

    private const string MetadataKey = "__metadata__";
    private const int LengthBytes = 8;

    /// <summary>Largest header accepted, as in the reference reader.</summary>
    private const long MaximumHeaderBytes = 100_000_000;

    /// <summary>Writes durably (see <see cref="DurableFile"/>). Throws <see cref="ArgumentException"/> on a name used twice or a
    /// shape that does not match its bytes, <see cref="IOException"/> when the disk refuses.</summary>
    public static WrittenFile Write(string path, IEnumerable<TensorEntry> tensors, JsonElement document)
    {
        var entries = tensors
            .OrderByDescending(t => TensorEntry.ElementSize(t.Type)).ThenBy(t => t.Type).ThenBy(t => t.Name, StringComparer.Ordinal).ToList();
        var header = Header(entries, document);
        return DurableFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[LengthBytes];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var entry in entries)
                stream.Write(entry.Bytes.Span);
        });
    }

    /// <summary>Reads and checks a file below 2 GiB whole. Throws <see cref="CheckpointDamagedException"/> for everything that is not
    /// a complete checkpoint of this program, or when the bytes' SHA-256 is not the expected one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expectedSha256">Lower-case hex, or null when none was recorded.</param>
    public static CheckpointContent Read(string path, string? expectedSha256 = null)
    {
        var file = ReadAll(path);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(file));
        if (expectedSha256 is not null && sha256 != expectedSha256)
            throw new CheckpointDamagedException(path, "whole file", $"its {file.Length} bytes have SHA-256 {sha256}; recorded was {expectedSha256}.");

        if (file.Length < LengthBytes)
            throw new CheckpointDamagedException(path, "header length (offset 0)", $"the file has {file.Length} bytes; the header's length alone takes {LengthBytes}.");
        var headerLength = BinaryPrimitives.ReadInt64LittleEndian(file);
        if (headerLength is < 2 or > MaximumHeaderBytes)
            throw new CheckpointDamagedException(path, "header length (offset 0)", $"it says {headerLength} bytes; 2 to {MaximumHeaderBytes} are possible.");
        if (headerLength > file.Length - LengthBytes)
            throw new CheckpointDamagedException(path, "header (offset 8)", $"it should take {headerLength} bytes, but only {file.Length - LengthBytes} follow: the file is cut off.");

        using var header = ParseHeader(path, file.AsMemory(LengthBytes, (int)headerLength));
        var data = file.AsMemory(LengthBytes + (int)headerLength);
        return new(DocumentOf(path, header.RootElement), TensorsOf(path, header.RootElement, data), new(sha256, file.Length));
    }

    private static byte[] Header(List<TensorEntry> entries, JsonElement document)
    {
        var offsets = new SortedDictionary<string, (TensorEntry Entry, long Begin, long End)>(StringComparer.Ordinal);
        long offset = 0;
        foreach (var entry in entries)
        {
            if (entry.Name == MetadataKey)
                throw new ArgumentException($"A tensor cannot be called '{MetadataKey}'.");
            if (!TryByteCount(entry.Type, entry.Shape, out var bytes) || bytes != entry.Bytes.Length)
                throw new ArgumentException($"Tensor '{entry.Name}': {entry.Type} of shape [{string.Join(", ", entry.Shape)}] takes {bytes} bytes, not {entry.Bytes.Length}.");
            if (!offsets.TryAdd(entry.Name, (entry, offset, offset + bytes)))
                throw new ArgumentException($"Two tensors are called '{entry.Name}'.");
            offset += bytes;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            json.WriteString("format", "pt"); // what readers of the format look for
            json.WriteString(DocumentKey, CanonicalJson.Bytes(document));
            json.WriteEndObject();
            foreach (var (name, (entry, begin, end)) in offsets)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", entry.Type.ToString());
                json.WriteStartArray("shape");
                foreach (var size in entry.Shape)
                    json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(begin);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        var padding = (LengthBytes - buffer.WrittenCount % LengthBytes) % LengthBytes;
        buffer.Write(Encoding.ASCII.GetBytes(new string(' ', padding)));
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointDamagedException(path, "file", "it does not exist.", absent);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointDamagedException(path, "file", $"it cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private static JsonDocument ParseHeader(string path, ReadOnlyMemory<byte> header)
    {
        try
        {
            var document = JsonDocument.Parse(header);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new CheckpointDamagedException(path, "header (offset 8)", $"it is a JSON {document.RootElement.ValueKind}; it must be an object.");
        }
        catch (JsonException notJson)
        {
            throw new CheckpointDamagedException(path, "header (offset 8)", $"it is not JSON: {notJson.Message}", notJson);
        }
    }

    private static JsonElement DocumentOf(string path, JsonElement header)
    {
        const string place = $"header, {MetadataKey}.{DocumentKey}";
        if (!header.TryGetProperty(MetadataKey, out var metadata) || metadata.ValueKind != JsonValueKind.Object
            || !metadata.TryGetProperty(DocumentKey, out var text) || text.ValueKind != JsonValueKind.String)
            throw new CheckpointDamagedException(path, place, "there is no such text: the file was not written by this program.");
        try
        {
            using var document = JsonDocument.Parse(text.GetString()!);
            return document.RootElement.Clone();
        }
        catch (JsonException notJson)
        {
            throw new CheckpointDamagedException(path, place, $"it is not JSON: {notJson.Message}", notJson);
        }
    }

    private static SortedDictionary<string, TensorEntry> TensorsOf(string path, JsonElement header, ReadOnlyMemory<byte> data)
    {
        var tensors = new SortedDictionary<string, TensorEntry>(StringComparer.Ordinal);
        var ranges = new List<(long Begin, long End, string Name)>();
        foreach (var member in header.EnumerateObject().Where(m => m.Name != MetadataKey))
        {
            var (entry, begin, end) = Tensor(path, member.Name, member.Value, data);
            if (!tensors.TryAdd(member.Name, entry))
                throw new CheckpointDamagedException(path, $"tensor '{member.Name}'", "the header names it twice.");
            ranges.Add((begin, end, member.Name));
        }

        long expected = 0;
        foreach (var (begin, end, name) in ranges.Order())
        {
            if (begin != expected)
                throw new CheckpointDamagedException(path, $"tensor '{name}'",
                    $"it begins at data offset {begin}; the tensors before it end at {expected}: they {(begin < expected ? "overlap" : "leave a gap")}.");
            expected = end;
        }

        return expected == data.Length
            ? tensors
            : throw new CheckpointDamagedException(path, "end of file", $"the tensors take {expected} bytes, but {data.Length} follow the header.");
    }

    private static (TensorEntry Entry, long Begin, long End) Tensor(string path, string name, JsonElement described, ReadOnlyMemory<byte> data)
    {
        CheckpointDamagedException Damaged(string problem) => new(path, $"tensor '{name}'", problem);

        if (described.ValueKind != JsonValueKind.Object)
            throw Damaged($"its description is a JSON {described.ValueKind}; it must be an object.");
        if (!described.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !Enum.TryParse<TensorType>(dtype.GetString(), out var type) || type.ToString() != dtype.GetString())
            throw Damaged($"its dtype is {(dtype.ValueKind == JsonValueKind.Undefined ? "absent" : dtype.GetRawText())}; it must be F32, I64 or U8.");
        if (Integers(described, "shape") is not { } shape)
            throw Damaged("its shape is not a list of sizes.");
        if (Integers(described, "data_offsets") is not [var begin, var end])
            throw Damaged("its data_offsets are not two numbers.");
        if (begin < 0 || end < begin || end > data.Length)
            throw Damaged($"its data_offsets are [{begin}, {end}], but {data.Length} bytes follow the header.");
        if (!TryByteCount(type, shape, out var bytes) || bytes != end - begin)
            throw Damaged($"{type} of shape [{string.Join(", ", shape)}] takes {bytes} bytes; its data_offsets hold {end - begin}.");
        return (new(name, type, shape, data[(int)begin..(int)end]), begin, end);
    }

    private static long[]? Integers(JsonElement described, string member) =>
        described.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt64(out _))
            ? [.. list.EnumerateArray().Select(e => e.GetInt64())]
            : null;

    /// <summary>False for a negative size; sizes beyond any memory give <see cref="long.MaxValue"/>.</summary>
    private static bool TryByteCount(TensorType type, IReadOnlyList<long> shape, out long bytes)
    {
        Int128 product = TensorEntry.ElementSize(type);
        foreach (var size in shape)
            product = Int128.Min(product * Int128.Max(size, 0), long.MaxValue);
        bytes = (long)product;
        return shape.All(size => size >= 0);
    }
}
