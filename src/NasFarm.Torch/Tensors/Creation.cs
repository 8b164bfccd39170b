using NasFarm.Torch.Interop;

namespace TorchSharp;

public static unsafe partial class torch
{
    // Element types of the arguments decide that of the tensor unless dtype says otherwise; the data is copied.

    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromHost<float>(rawArray, [rawArray.Length], new(dtype, device, requires_grad), names);

    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) => FromHost<float>(rawArray, dimensions, new(dtype, device, requires_grad), names);

    public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromHost<double>(rawArray, [rawArray.Length], new(dtype, device, requires_grad), names);

    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) => FromHost<double>(rawArray, dimensions, new(dtype, device, requires_grad), names);

    public static Tensor tensor(byte[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromHost<byte>(rawArray, [rawArray.Length], new(dtype, device, requires_grad), names);

    public static Tensor tensor(byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) => FromHost<byte>(rawArray, dimensions, new(dtype, device, requires_grad), names);

    public static Tensor tensor(int[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromHost<int>(rawArray, [rawArray.Length], new(dtype, device, requires_grad), names);

    public static Tensor tensor(int[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) => FromHost<int>(rawArray, dimensions, new(dtype, device, requires_grad), names);

    public static Tensor tensor(long[] dataArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromHost<long>(dataArray, [dataArray.Length], new(dtype, device, requires_grad), names);

    public static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) => FromHost<long>(dataArray, dimensions, new(dtype, device, requires_grad), names);

    public static Tensor tensor(bool[] rawArray, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        FromHost<bool>(rawArray, [rawArray.Length], new(dtype, device, requires_grad), names);

    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) =>
        FromHost<float>([scalar], [], new(null, device, requires_grad), null);

    public static Tensor tensor(int scalar, Device? device = null, bool requires_grad = false) =>
        FromHost<int>([scalar], [], new(null, device, requires_grad), null);

    public static Tensor tensor(double scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromHost<double>([scalar], [], new(dtype, device, requires_grad), null);

    public static Tensor tensor(long scalar, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        FromHost<long>([scalar], [], new(dtype, device, requires_grad), null);

    /// <exception cref="ArgumentException">The data does not fill the shape exactly.</exception>
    private static Tensor FromHost<T>(ReadOnlySpan<T> data, ReadOnlySpan<long> dimensions, Placement placement, string[]? names) where T : unmanaged
    {
        RefuseNames(names);
        long elements = 1;
        foreach (var size in dimensions) elements *= size;
        if (elements != data.Length)
            throw new ArgumentException($"{data.Length} values do not fill the shape [{string.Join(", ", dimensions.ToArray())}]");
        fixed (T* first = data)
        {
            Ops.Check(Ops.nf_from_host(first, ScalarTypeOf<T>(), dimensions, dimensions.Length, placement, out var result));
            return result;
        }
    }

    private static void RefuseNames(string[]? names)
    {
        if (names is not null) throw new ArgumentException("dimensions have no names here", nameof(names));
    }

    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_zeros(size, size.Length, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor zeros(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_zeros(size, size.Length, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_ones(size, size.Length, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor ones(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_ones(size, size.Length, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_empty(size, size.Length, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor empty(ReadOnlySpan<long> size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_empty(size, size.Length, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_full(size, size.Length, value, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_full(size, size.Length, value, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_zeros_like(input, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_ones_like(input, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false,
        string[]? names = null)
    {
        RefuseNames(names);
        Ops.Check(Ops.nf_empty_like(input, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false)
    {
        Ops.Check(Ops.nf_arange(start, stop, step, new(dtype, device, requires_grad), out var result));
        return result;
    }

    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        var list = tensors.AsReadOnly();
        Ops.Check(Ops.nf_cat(Handles.Of(list), list.Count, dim, out var result));
        GC.KeepAlive(list);
        return result;
    }

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        var list = tensors.ToArray();
        Ops.Check(Ops.nf_stack(Handles.Of(list), list.Length, dim, out var result));
        GC.KeepAlive(list);
        return result;
    }

    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);

    public static Tensor matmul(Tensor input, Tensor target) => input.matmul(target);

    /// <summary>Seeds the generators of the CPU and of every CUDA device.</summary>
    public static void manual_seed(long seed) => Ops.Check(Ops.nf_manual_seed(seed));

    public static void set_num_threads(int num) => Ops.Check(Ops.nf_set_num_threads(num));

    public static int get_num_threads() => Ops.nf_get_num_threads();
}
