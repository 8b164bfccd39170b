using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NasFarm.Torch.Interop;

namespace TorchSharp;

/// <summary>The C functions behind <see cref="torch"/>, one for one; native/*.cpp says what each does.</summary>
internal static unsafe partial class Ops
{
    private const string Lib = Library.Name;

    static Ops() => Library.Register();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int code) => Library.Check(code);

    // Reading a field of a tensor: too short to leave the runtime's cooperative mode for.
    [LibraryImport(Lib), SuppressGCTransition] public static partial long nf_ndim(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial long nf_numel(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial long nf_element_size(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial torch.ScalarType nf_dtype(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial DeviceType nf_device_type(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial int nf_device_index(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial int nf_is_contiguous(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial int nf_is_leaf(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial int nf_requires_grad(torch.Tensor self);
    [LibraryImport(Lib), SuppressGCTransition] public static partial int nf_grad_enabled();
    [LibraryImport(Lib), SuppressGCTransition] public static partial void nf_set_grad_enabled(int enabled);

    [LibraryImport(Lib)] public static partial void nf_free(nint tensor);

    // properties.cpp
    [LibraryImport(Lib)] public static partial int nf_sizes(torch.Tensor self, long* sizes);
    [LibraryImport(Lib)] public static partial int nf_strides(torch.Tensor self, long* strides);
    [LibraryImport(Lib)] public static partial int nf_set_requires_grad(torch.Tensor self, int requiresGrad);
    [LibraryImport(Lib)] public static partial int nf_grad(torch.Tensor self, out torch.Tensor? result);
    [LibraryImport(Lib)] public static partial int nf_set_grad(torch.Tensor self, torch.Tensor? grad);
    [LibraryImport(Lib)] public static partial int nf_data(torch.Tensor self, out nint data);
    [LibraryImport(Lib)] public static partial int nf_copy_to_host(torch.Tensor self, void* destination, long bytes);

    // creation.cpp
    [LibraryImport(Lib)]
    public static partial int nf_from_host(void* data, torch.ScalarType dataType, ReadOnlySpan<long> sizes, long rank,
        torch.Placement placement, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_zeros(ReadOnlySpan<long> sizes, long rank, torch.Placement placement, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_ones(ReadOnlySpan<long> sizes, long rank, torch.Placement placement, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_empty(ReadOnlySpan<long> sizes, long rank, torch.Placement placement, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_full(ReadOnlySpan<long> sizes, long rank, Scalar value, torch.Placement placement,
        out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_zeros_like(torch.Tensor self, torch.Placement placement, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_ones_like(torch.Tensor self, torch.Placement placement, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_empty_like(torch.Tensor self, torch.Placement placement, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_arange(Scalar start, Scalar stop, Scalar step, torch.Placement placement, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_to(torch.Tensor self, torch.Placement placement, int copy, int nonBlocking, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_clone(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_contiguous(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_alias(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_copy_(torch.Tensor self, torch.Tensor source, int nonBlocking);
    [LibraryImport(Lib)] public static partial int nf_fill_(torch.Tensor self, Scalar value);
    [LibraryImport(Lib)] public static partial int nf_zero_(torch.Tensor self);

    // math.cpp
    [LibraryImport(Lib)] public static partial int nf_neg(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_exp(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_log(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_sqrt(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_abs(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_reciprocal(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_relu(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_sigmoid(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_isnan(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_isfinite(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_relu_(torch.Tensor self);
    [LibraryImport(Lib)] public static partial int nf_sub(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_sub_scalar(torch.Tensor self, Scalar other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_sub_(torch.Tensor self, torch.Tensor other);
    [LibraryImport(Lib)] public static partial int nf_sub_scalar_(torch.Tensor self, Scalar other);
    [LibraryImport(Lib)] public static partial int nf_mul(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_mul_scalar(torch.Tensor self, Scalar other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_mul_(torch.Tensor self, torch.Tensor other);
    [LibraryImport(Lib)] public static partial int nf_mul_scalar_(torch.Tensor self, Scalar other);
    [LibraryImport(Lib)] public static partial int nf_add(torch.Tensor self, torch.Tensor other, Scalar alpha, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_add_scalar(torch.Tensor self, Scalar other, Scalar alpha, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_add_(torch.Tensor self, torch.Tensor other, Scalar alpha);
    [LibraryImport(Lib)] public static partial int nf_add_scalar_(torch.Tensor self, Scalar other, Scalar alpha);
    [LibraryImport(Lib)]
    public static partial int nf_div(torch.Tensor self, torch.Tensor other, torch.RoundingMode mode, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_div_scalar(torch.Tensor self, Scalar other, torch.RoundingMode mode, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_div_(torch.Tensor self, torch.Tensor other, torch.RoundingMode mode);
    [LibraryImport(Lib)] public static partial int nf_div_scalar_(torch.Tensor self, Scalar other, torch.RoundingMode mode);
    [LibraryImport(Lib)] public static partial int nf_addcmul_(torch.Tensor self, torch.Tensor first, torch.Tensor second, Scalar value);
    [LibraryImport(Lib)] public static partial int nf_addcdiv_(torch.Tensor self, torch.Tensor first, torch.Tensor second, Scalar value);
    [LibraryImport(Lib)] public static partial int nf_pow(torch.Tensor self, torch.Tensor exponent, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_pow_scalar(torch.Tensor self, Scalar exponent, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_clamp(torch.Tensor self, Scalar min, Scalar max, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_clamp_(torch.Tensor self, Scalar min, Scalar max);
    [LibraryImport(Lib)] public static partial int nf_maximum(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_matmul(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_eq(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_eq_scalar(torch.Tensor self, Scalar other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_ne(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_ne_scalar(torch.Tensor self, Scalar other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_gt(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_gt_scalar(torch.Tensor self, Scalar other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_ge(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_ge_scalar(torch.Tensor self, Scalar other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_lt(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_lt_scalar(torch.Tensor self, Scalar other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_le(torch.Tensor self, torch.Tensor other, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_le_scalar(torch.Tensor self, Scalar other, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_allclose(torch.Tensor self, torch.Tensor other, double rtol, double atol, int equalNan, out int result);
    [LibraryImport(Lib)]
    public static partial int nf_masked_fill(torch.Tensor self, torch.Tensor mask, Scalar value, out torch.Tensor result);

    // reductions.cpp
    [LibraryImport(Lib)] public static partial int nf_sum(torch.Tensor self, sbyte dtype, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_sum_dims(torch.Tensor self, ReadOnlySpan<long> over, long count, int keepdim, sbyte dtype,
        out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_mean(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_mean_dims(torch.Tensor self, ReadOnlySpan<long> over, long count, int keepdim, sbyte dtype,
        out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_max(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_max_dim(torch.Tensor self, long dim, int keepdim, out torch.Tensor values, out torch.Tensor indices);
    [LibraryImport(Lib)] public static partial int nf_argmax(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_argmax_dim(torch.Tensor self, long dim, int keepdim, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_topk(torch.Tensor self, long k, long dim, int largest, int sorted, out torch.Tensor values,
        out torch.Tensor indices);
    [LibraryImport(Lib)] public static partial int nf_all(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_any(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_norm(torch.Tensor self, float p, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_softmax(torch.Tensor self, long dim, sbyte dtype, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_log_softmax(torch.Tensor self, long dim, sbyte dtype, out torch.Tensor result);

    // shaping.cpp
    [LibraryImport(Lib)]
    public static partial int nf_view(torch.Tensor self, ReadOnlySpan<long> sizes, long count, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_reshape(torch.Tensor self, ReadOnlySpan<long> sizes, long count, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_permute(torch.Tensor self, ReadOnlySpan<long> sizes, long count, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_expand(torch.Tensor self, ReadOnlySpan<long> sizes, long count, int isImplicit, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_transpose(torch.Tensor self, long first, long second, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_unsqueeze(torch.Tensor self, long dim, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_squeeze(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_squeeze_dim(torch.Tensor self, long dim, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_flatten(torch.Tensor self, long start, long end, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_select(torch.Tensor self, long dim, long index, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_narrow(torch.Tensor self, long dim, long start, long length, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_index_select(torch.Tensor self, long dim, torch.Tensor index, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_gather(torch.Tensor self, long dim, torch.Tensor index, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_cat(ReadOnlySpan<nint> tensors, long count, long dim, out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_stack(ReadOnlySpan<nint> tensors, long count, long dim, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_chunk(torch.Tensor self, long chunks, long dim, Span<nint> results, long capacity, out long count);
    [LibraryImport(Lib)]
    public static partial int nf_split(torch.Tensor self, long size, long dim, Span<nint> results, long capacity, out long count);
    [LibraryImport(Lib)]
    public static partial int nf_split_sizes(torch.Tensor self, ReadOnlySpan<long> sizes, long sizeCount, long dim, Span<nint> results,
        long capacity, out long count);
    [LibraryImport(Lib)]
    public static partial int nf_index(torch.Tensor self, ReadOnlySpan<torch.IndexPart> parts, long count, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_index_put_(torch.Tensor self, ReadOnlySpan<torch.IndexPart> parts, long count, torch.Tensor value);

    // functional.cpp
    [LibraryImport(Lib)]
    public static partial int nf_conv2d(torch.Tensor input, torch.Tensor weight, torch.Tensor? bias, ReadOnlySpan<long> stride,
        long strideCount, ReadOnlySpan<long> padding, long paddingCount, ReadOnlySpan<long> dilation, long dilationCount, long groups,
        out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_batch_norm(torch.Tensor input, torch.Tensor? runningMean, torch.Tensor? runningVar, torch.Tensor? weight,
        torch.Tensor? bias, int training, double momentum, double eps, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_linear(torch.Tensor input, torch.Tensor weight, torch.Tensor? bias, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_max_pool2d(torch.Tensor input, ReadOnlySpan<long> kernel, ReadOnlySpan<long> stride,
        ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, int ceilMode, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_avg_pool2d(torch.Tensor input, ReadOnlySpan<long> kernel, ReadOnlySpan<long> stride,
        ReadOnlySpan<long> padding, int ceilMode, int countIncludePad, long divisorOverride, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_adaptive_avg_pool2d(torch.Tensor input, ReadOnlySpan<long> size, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_cross_entropy(torch.Tensor input, torch.Tensor target, torch.Tensor? weight, long ignoreIndex,
        torch.nn.Reduction reduction, double labelSmoothing, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_nll_loss(torch.Tensor input, torch.Tensor target, torch.Tensor? weight, torch.nn.Reduction reduction,
        out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_pad(torch.Tensor input, ReadOnlySpan<long> pad, long count, PaddingModes mode, double value,
        out torch.Tensor result);
    [LibraryImport(Lib)] public static partial int nf_one_hot(torch.Tensor input, long classes, out torch.Tensor result);

    // autograd.cpp
    [LibraryImport(Lib)] public static partial int nf_inference_mode_enter(int enabled, out nint guard);
    [LibraryImport(Lib)] public static partial void nf_inference_mode_leave(nint guard);
    [LibraryImport(Lib)] public static partial int nf_detach(torch.Tensor self, out torch.Tensor result);
    [LibraryImport(Lib)]
    public static partial int nf_autograd_grad(ReadOnlySpan<nint> outputs, long outputCount, ReadOnlySpan<nint> inputs, long inputCount,
        ReadOnlySpan<nint> gradOutputs, long gradOutputCount, int retainGraph, int createGraph, int allowUnused, Span<nint> results);
    [LibraryImport(Lib)]
    public static partial int nf_autograd_backward(ReadOnlySpan<nint> tensors, long tensorCount, ReadOnlySpan<nint> gradTensors,
        long gradTensorCount, int retainGraph, int createGraph, ReadOnlySpan<nint> inputs, long inputCount);

    // determinism.cpp, build_info.cpp
    [LibraryImport(Lib)] public static partial int nf_set_num_threads(int threads);
    [LibraryImport(Lib)] public static partial int nf_get_num_threads();
    [LibraryImport(Lib)] public static partial int nf_manual_seed(long seed);
    [LibraryImport(Lib)] public static partial int nf_cuda_manual_seed(long seed);
    [LibraryImport(Lib)] public static partial int nf_cuda_device_count(out int count);
    [LibraryImport(Lib)] public static partial int nf_cuda_synchronize(int device);
}
