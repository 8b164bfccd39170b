using NasFarm.Torch.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor view(params long[] shape)
        {
            Ops.Check(Ops.nf_view(this, shape, shape.Length, out var result));
            return result;
        }

        public Tensor reshape(params long[] shape)
        {
            Ops.Check(Ops.nf_reshape(this, shape, shape.Length, out var result));
            return result;
        }

        public Tensor permute(params long[] permutation)
        {
            Ops.Check(Ops.nf_permute(this, permutation, permutation.Length, out var result));
            return result;
        }

        public Tensor expand(params long[] sizes) => expand(sizes, false);

        public Tensor expand(long[] sizes, bool isImplicit = false)
        {
            Ops.Check(Ops.nf_expand(this, sizes, sizes.Length, isImplicit ? 1 : 0, out var result));
            return result;
        }

        public Tensor transpose(long dim0, long dim1)
        {
            Ops.Check(Ops.nf_transpose(this, dim0, dim1, out var result));
            return result;
        }

        public Tensor unsqueeze(long dim)
        {
            Ops.Check(Ops.nf_unsqueeze(this, dim, out var result));
            return result;
        }

        public Tensor squeeze(long? dim = null)
        {
            Tensor result;
            Ops.Check(dim is { } one ? Ops.nf_squeeze_dim(this, one, out result) : Ops.nf_squeeze(this, out result));
            return result;
        }

        public Tensor flatten(long start_dim = 0, long end_dim = -1)
        {
            Ops.Check(Ops.nf_flatten(this, start_dim, end_dim, out var result));
            return result;
        }

        public Tensor select(long dim, long index)
        {
            Ops.Check(Ops.nf_select(this, dim, index, out var result));
            return result;
        }

        public Tensor narrow(long dim, long start, long length)
        {
            Ops.Check(Ops.nf_narrow(this, dim, start, length, out var result));
            return result;
        }

        public Tensor index_select(long dim, Tensor index)
        {
            Ops.Check(Ops.nf_index_select(this, dim, index, out var result));
            return result;
        }

        public Tensor gather(long dim, Tensor index)
        {
            Ops.Check(Ops.nf_gather(this, dim, index, out var result));
            return result;
        }

        /// <summary>At most <paramref name="chunks"/> equal parts; the last may be shorter.</summary>
        public Tensor[] chunk(long chunks, long dim = 0)
        {
            var results = new nint[Math.Max(chunks, 1)];
            Ops.Check(Ops.nf_chunk(this, chunks, dim, results, results.Length, out var count));
            return Handles.Adopt(results.AsSpan(0, (int)count))!;
        }

        /// <summary>Parts of <paramref name="size"/>; the last may be shorter.</summary>
        public Tensor[] split(long size, int dim = 0)
        {
            if (size <= 0) throw new ArgumentOutOfRangeException(nameof(size), size, "parts have at least one element");
            var results = new nint[Math.Max(1, (this.size(dim) + size - 1) / size)];
            Ops.Check(Ops.nf_split(this, size, dim, results, results.Length, out var count));
            return Handles.Adopt(results.AsSpan(0, (int)count))!;
        }

        public Tensor[] split(long[] sizes, long dim = 0)
        {
            var results = new nint[sizes.Length];
            Ops.Check(Ops.nf_split_sizes(this, sizes, sizes.Length, dim, results, results.Length, out var count));
            return Handles.Adopt(results.AsSpan(0, (int)count))!;
        }

        public Tensor clone()
        {
            Ops.Check(Ops.nf_clone(this, out var result));
            return result;
        }

        public Tensor contiguous()
        {
            Ops.Check(Ops.nf_contiguous(this, out var result));
            return result;
        }

        /// <summary>Another tensor object over the same memory.</summary>
        public Tensor alias()
        {
            Ops.Check(Ops.nf_alias(this, out var result));
            return result;
        }

        public Tensor copy_(Tensor source, bool nonBlocking = false)
        {
            Ops.Check(Ops.nf_copy_(this, source, nonBlocking ? 1 : 0));
            return this;
        }

        public Tensor cpu() => to(CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, non_blocking: non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(new Placement(null, device), copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(new Placement(type, null), copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(new Placement(type, device), copy, disposeAfter, non_blocking);

        // Nothing to change: another object over the same memory, so both can be disposed.
        private Tensor To(Placement placement, bool copy, bool disposeAfter, bool nonBlocking)
        {
            Ops.Check(Ops.nf_to(this, placement, copy ? 1 : 0, nonBlocking ? 1 : 0, out var result));
            if (disposeAfter) Dispose();
            return result;
        }
    }
}
