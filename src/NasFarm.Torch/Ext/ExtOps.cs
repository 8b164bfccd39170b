using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using NasFarm.Torch.Interop;
using TorchSharp;

namespace NasFarm.Torch.Ext;

/// <summary>The C functions that work on <c>Tensor.Handle</c> of either backend; native/*.cpp says what each does.</summary>
internal static unsafe partial class ExtOps
{
    private const string Lib = Library.Name;

    static ExtOps() => Library.Register();

    // weighted_sum.cpp
    [LibraryImport(Lib)]
    public static partial int nf_weighted_sum(ReadOnlySpan<nint> inputs, long count,
        [MarshalUsing(typeof(TensorMarshaller))] torch.Tensor weights, [MarshalUsing(typeof(TensorMarshaller))] out torch.Tensor result);

    [LibraryImport(Lib)]
    public static partial int nf_plain_sum(ReadOnlySpan<nint> inputs, long count, [MarshalUsing(typeof(TensorMarshaller))] out torch.Tensor result);

    // average_pool.cpp
    [LibraryImport(Lib)]
    public static partial int nf_avg_pool3x3([MarshalUsing(typeof(TensorMarshaller))] torch.Tensor input, long stride,
        [MarshalUsing(typeof(TensorMarshaller))] out torch.Tensor result);

    // depthwise.cpp
    [LibraryImport(Lib)]
    public static partial int nf_depthwise_conv2d([MarshalUsing(typeof(TensorMarshaller))] torch.Tensor input,
        [MarshalUsing(typeof(TensorMarshaller))] torch.Tensor weight, long stride, long padding, long dilation,
        [MarshalUsing(typeof(TensorMarshaller))] out torch.Tensor result);

    // frozen_convolution.cpp
    [LibraryImport(Lib)]
    public static partial int nf_frozen_conv2d([MarshalUsing(typeof(TensorMarshaller))] torch.Tensor input,
        [MarshalUsing(typeof(TensorMarshaller))] torch.Tensor weight, [MarshalUsing(typeof(TensorMarshaller))] torch.Tensor? bias,
        ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, long groups,
        [MarshalUsing(typeof(TensorMarshaller))] out torch.Tensor result);

    // optimizers.cpp
    [LibraryImport(Lib)]
    public static partial int nf_sgd_step(ReadOnlySpan<nint> parameters, ReadOnlySpan<nint> gradients, Span<nint> buffers, long count,
        double lr, double momentum, double weightDecay, int nesterov);

    [LibraryImport(Lib)]
    public static partial int nf_adam_step(ReadOnlySpan<nint> parameters, ReadOnlySpan<nint> gradients, ReadOnlySpan<nint> expAvg,
        ReadOnlySpan<nint> expAvgSq, Span<long> steps, long count, double lr, double beta1, double beta2, double eps, double weightDecay);

    [LibraryImport(Lib)] public static partial int nf_global_norm(ReadOnlySpan<nint> tensors, long count, out double result);

    [LibraryImport(Lib)] public static partial int nf_clip_grad_norm(ReadOnlySpan<nint> gradients, long count, double maxNorm, out double result);

    // autograd.cpp
    [LibraryImport(Lib)]
    public static partial int nf_autograd_grad(ReadOnlySpan<nint> outputs, long outputCount, ReadOnlySpan<nint> inputs, long inputCount,
        ReadOnlySpan<nint> gradOutputs, long gradOutputCount, int retainGraph, int createGraph, int allowUnused, Span<nint> results);

    // creation.cpp, properties.cpp
    [LibraryImport(Lib)]
    public static partial int nf_to_channels_last([MarshalUsing(typeof(TensorMarshaller))] torch.Tensor self,
        [MarshalUsing(typeof(TensorMarshaller))] out torch.Tensor result);

    [LibraryImport(Lib)] public static partial int nf_is_channels_last([MarshalUsing(typeof(TensorMarshaller))] torch.Tensor self);

    [LibraryImport(Lib)]
    public static partial int nf_copy_to_host([MarshalUsing(typeof(TensorMarshaller))] torch.Tensor self, void* destination, long bytes);

    [LibraryImport(Lib)]
    public static partial int nf_copy_from_host([MarshalUsing(typeof(TensorMarshaller))] torch.Tensor self, void* source, long bytes);

    // determinism.cpp
    [LibraryImport(Lib)] public static partial int nf_set_deterministic(int deterministic, int warnOnly);

    [LibraryImport(Lib)] public static partial int nf_deterministic();

    [LibraryImport(Lib)] public static partial int nf_set_cudnn_benchmark(int benchmark);

    [LibraryImport(Lib)] public static partial int nf_set_allow_tf32(int allow);

    [LibraryImport(Lib)] public static partial int nf_set_num_threads(int threads);

    [LibraryImport(Lib)] public static partial int nf_get_num_threads();

    [LibraryImport(Lib)] public static partial int nf_set_num_interop_threads(int threads);

    [LibraryImport(Lib)] public static partial int nf_get_num_interop_threads();

    // build_info.cpp, abi.cpp
    [LibraryImport(Lib)] public static partial int nf_build_info(out nint text);

    [LibraryImport(Lib)] public static partial int nf_cuda_memory(out long used, out long total);

    [LibraryImport(Lib)] public static partial int nf_trim_host_memory();

    [LibraryImport(Lib)] public static partial long nf_live_handles();

    [LibraryImport(Lib)] public static partial long nf_live_bytes();
}
