using System.Buffers.Binary;
using System.Text.Json;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>One training of one cell in the files that NAS-Bench-101 publishes (<c>nasbench_only108.tfrecord</c>,
/// <c>nasbench_full.tfrecord</c>): a JSON array of hash, epochs, adjacency, operations and, in base 64, a protocol buffer of measurements at
/// the start, in the middle and at the end. Read as the released code reads it (google-research/nasbench, api.py and
/// model_metrics.proto). Accuracies are shares.</summary>
internal readonly record struct NasBench101Record(string Hash, int Epochs, double Valid, double Test)
{
    private const int Evaluations = 3, EvaluationData = 1, ValidationAccuracy = 4, TestAccuracy = 5;

    /// <summary>Reads a record. Throws <see cref="FormatException"/>, <see cref="JsonException"/> or
    /// <see cref="InvalidOperationException"/> when it is none.</summary>
    public static NasBench101Record Read(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() != 5)
            throw new FormatException("a record is a JSON array of hash, epochs, adjacency, operations and metrics");
        var evaluations = Fields(root[4].GetBytesFromBase64()).Where(f => f.Number == EvaluationData).ToList();
        if (evaluations.Count != Evaluations)
            throw new FormatException($"{evaluations.Count} evaluations; the benchmark has {Evaluations}: at the start, in the middle, at the end");
        var last = Fields(evaluations[^1].Bytes).ToDictionary(f => f.Number, f => f.Bytes);
        return new(root[0].GetString()!, root[1].GetInt32(), Number(last, ValidationAccuracy), Number(last, TestAccuracy));
    }

    private static double Number(Dictionary<int, byte[]> message, int field) => message.TryGetValue(field, out var bytes) && bytes.Length == 8
        ? BinaryPrimitives.ReadDoubleLittleEndian(bytes)
        : throw new FormatException($"the last evaluation has no number in field {field}");

    /// <summary>Fields of a protocol buffer with their bytes; whole numbers as the bytes they are written with.</summary>
    private static IEnumerable<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var start = at;
            var length = (key & 7) switch
            {
                0 => VarintLength(message, at),
                1 => 8,
                2 => (int)Math.Min(Varint(message, ref start), int.MaxValue),
                5 => 4,
                var wire => throw new FormatException($"a field of wire type {wire}"),
            };
            if (length > message.Length - start)
                throw new FormatException("a field that is longer than its message");
            yield return ((int)(key >> 3), message[start..(start + length)]);
            at = start + length;
        }
    }

    private static int VarintLength(byte[] message, int at)
    {
        var end = at;
        _ = Varint(message, ref end);
        return end - at;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= message.Length)
                throw new FormatException("the message ends inside a number");
            value |= (ulong)(message[at] & 0x7f) << shift;
            if (message[at++] < 0x80)
                return value;
        }
        throw new FormatException("a number of more than ten bytes");
    }
}
