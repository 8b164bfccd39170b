using System.Runtime.InteropServices;
using NasFarm.Torch.Interop;
using TorchSharp;

namespace NasFarm.Torch.Ext;

/// <summary>Layout of tensors, their bytes, and how much memory there is.</summary>
public static unsafe class TensorMemory
{
    /// <summary>The same values with channels innermost in memory; the tensor itself if it is so already.</summary>
    /// <param name="image">[batch, channels, height, width].</param>
    public static torch.Tensor ToChannelsLast(torch.Tensor image)
    {
        Library.Check(ExtOps.nf_to_channels_last(image, out var result));
        return result;
    }

    public static bool IsChannelsLast(torch.Tensor image) => ExtOps.nf_is_channels_last(image) != 0;

    /// <summary>Copies all elements, row-major, whatever the layout and device.</summary>
    /// <param name="destination">Exactly the tensor's bytes.</param>
    public static void CopyTo<T>(torch.Tensor tensor, Span<T> destination) where T : unmanaged
    {
        fixed (T* first = destination) Library.Check(ExtOps.nf_copy_to_host(tensor, first, (long)destination.Length * sizeof(T)));
    }

    /// <summary>Fills a tensor, row-major, whatever the layout and device; records no graph.</summary>
    /// <param name="source">Exactly the tensor's bytes.</param>
    public static void CopyFrom<T>(torch.Tensor tensor, ReadOnlySpan<T> source) where T : unmanaged
    {
        fixed (T* first = source) Library.Check(ExtOps.nf_copy_from_host(tensor, first, (long)source.Length * sizeof(T)));
    }

    /// <summary>A new CPU tensor of the given type and shape with these bytes, row-major.</summary>
    public static torch.Tensor FromSpan<T>(ReadOnlySpan<T> source, ReadOnlySpan<long> shape, torch.ScalarType dtype) where T : unmanaged
    {
        var tensor = torch.empty(shape, dtype);
        try
        {
            CopyFrom(tensor, source);
            return tensor;
        }
        catch (ExternalException)
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Gives free heap pages back to the system; true if there were any.</summary>
    public static bool TrimHostMemory() => ExtOps.nf_trim_host_memory() != 0;

    /// <summary>Bytes in use, by all processes, and in all on the current CUDA device.</summary>
    /// <exception cref="ExternalException">There is no CUDA device.</exception>
    public static (long Used, long Total) DeviceMemoryBytes
    {
        get
        {
            Library.Check(ExtOps.nf_cuda_memory(out var used, out var total));
            return (used, total);
        }
    }
}
