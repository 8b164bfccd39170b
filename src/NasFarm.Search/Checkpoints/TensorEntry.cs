using System.Runtime.InteropServices;

namespace NasFarm.Search.Checkpoints;

/// <summary>Element types a checkpoint holds, named as the format names them.</summary>
public enum TensorType
{
    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>Byte.</summary>
    U8,
}

/// <summary>A named array in a checkpoint, row-major, little-endian.</summary>
/// <param name="Name">Unique in its file; any text but <c>__metadata__</c>.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Sizes; empty for a scalar.</param>
/// <param name="Bytes">The elements' bytes; length = product of the shape × element size.</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Entry over a copy of the floats.</summary>
    public static TensorEntry Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values) =>
        new(name, TensorType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Entry over a copy of the integers.</summary>
    public static TensorEntry Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<long> values) =>
        new(name, TensorType.I64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Entry over a copy of the bytes.</summary>
    public static TensorEntry Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<byte> values) =>
        new(name, TensorType.U8, shape, values.ToArray());

    /// <summary>The elements as floats, without a copy. Throws <see cref="InvalidOperationException"/> on another type.</summary>
    public ReadOnlySpan<float> Floats => MemoryMarshal.Cast<byte, float>(As(TensorType.F32));

    /// <summary>The elements as 64-bit integers, without a copy. Throws <see cref="InvalidOperationException"/> on another type.</summary>
    public ReadOnlySpan<long> Integers => MemoryMarshal.Cast<byte, long>(As(TensorType.I64));

    internal static int ElementSize(TensorType type) => type switch { TensorType.I64 => 8, TensorType.F32 => 4, _ => 1 };

    private ReadOnlySpan<byte> As(TensorType wanted) =>
        Type == wanted ? Bytes.Span : throw new InvalidOperationException($"Tensor '{Name}' holds {Type}, not {wanted}.");
}
