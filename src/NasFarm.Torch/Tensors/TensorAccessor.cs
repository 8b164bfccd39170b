using System.Collections;

namespace TorchSharp.Utils;

/// <summary>The elements of a CPU tensor, in row-major order, whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T> where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly T* data;
    private readonly long[] shape;
    private readonly long[] strides;
    private readonly bool contiguous;

    internal TensorAccessor(torch.Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
            throw new InvalidOperationException($"the tensor is on {tensor.device}: move it to the CPU before reading its elements");
        Ops.Check(Ops.nf_data(tensor, out var address));
        this.tensor = tensor;
        data = (T*)address;
        shape = tensor.shape;
        strides = tensor.stride();
        contiguous = tensor.is_contiguous();
        Count = tensor.numel();
    }

    public long Count { get; }

    public T this[long index]
    {
        get => *At(index);
        set => *At(index) = value;
    }

    public T this[params long[] indices]
    {
        get => *At(indices);
        set => *At(indices) = value;
    }

    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result.AsSpan());
        return result;
    }

    /// <summary>Copies elements from <paramref name="tensorIndex"/> on until the array is full or the tensor ends.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var target = array[arrayIndex..];
        var count = (int)Math.Min(target.Length, Count - tensorIndex);
        if (contiguous) new ReadOnlySpan<T>(data + tensorIndex, count).CopyTo(target);
        else
            for (var i = 0; i < count; i++) target[i] = *At(tensorIndex + i);
        GC.KeepAlive(tensor);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var source = array[arrayIndex..];
        var count = (int)Math.Min(source.Length, Count - tensorIndex);
        if (contiguous) source[..count].CopyTo(new Span<T>(data + tensorIndex, count));
        else
            for (var i = 0; i < count; i++) *At(tensorIndex + i) = source[i];
        GC.KeepAlive(tensor);
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (long i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The tensor stays.</summary>
    public void Dispose()
    {
    }

    private T* At(long index)
    {
        if (index < 0 || index >= Count) throw new ArgumentOutOfRangeException(nameof(index), index, $"the tensor has {Count} elements");
        ObjectDisposedException.ThrowIf(tensor.IsInvalid, tensor);
        if (contiguous) return data + index;
        long offset = 0;
        for (var dim = shape.Length - 1; dim >= 0; dim--)
        {
            index = Math.DivRem(index, shape[dim], out var along);
            offset += along * strides[dim];
        }
        return data + offset;
    }

    private T* At(long[] indices)
    {
        if (indices.Length != shape.Length) throw new ArgumentException($"{indices.Length} indices for {shape.Length} dimensions");
        ObjectDisposedException.ThrowIf(tensor.IsInvalid, tensor);
        long offset = 0;
        for (var dim = 0; dim < shape.Length; dim++)
        {
            if (indices[dim] < 0 || indices[dim] >= shape[dim])
                throw new ArgumentOutOfRangeException(nameof(indices), indices[dim], $"dimension {dim} has {shape[dim]} elements");
            offset += indices[dim] * strides[dim];
        }
        return data + offset;
    }
}
