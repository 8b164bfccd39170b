namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null)
        {
            Ops.Check(Ops.nf_sum(this, OrDefault(type), out var result));
            return result;
        }

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => sum(dim.AsSpan(), keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null)
        {
            Ops.Check(Ops.nf_sum_dims(this, dim, dim.Length, keepdim ? 1 : 0, OrDefault(type), out var result));
            return result;
        }

        public Tensor mean()
        {
            Ops.Check(Ops.nf_mean(this, out var result));
            return result;
        }

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            Ops.Check(Ops.nf_mean_dims(this, dimensions, dimensions.Length, keepdim ? 1 : 0, OrDefault(type), out var result));
            return result;
        }

        public Tensor max()
        {
            Ops.Check(Ops.nf_max(this, out var result));
            return result;
        }

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            Ops.Check(Ops.nf_max_dim(this, dim, keepdim ? 1 : 0, out var values, out var indices));
            return (values, indices);
        }

        public Tensor argmax()
        {
            Ops.Check(Ops.nf_argmax(this, out var result));
            return result;
        }

        public Tensor argmax(long dim, bool keepdim = false)
        {
            Ops.Check(Ops.nf_argmax_dim(this, dim, keepdim ? 1 : 0, out var result));
            return result;
        }

        public (Tensor values, Tensor indices) topk(int k, int dim = -1, bool largest = true, bool sorted = true)
        {
            Ops.Check(Ops.nf_topk(this, k, dim, largest ? 1 : 0, sorted ? 1 : 0, out var values, out var indices));
            return (values, indices);
        }

        public Tensor all()
        {
            Ops.Check(Ops.nf_all(this, out var result));
            return result;
        }

        public Tensor any()
        {
            Ops.Check(Ops.nf_any(this, out var result));
            return result;
        }

        public Tensor norm(float p = 2.0f)
        {
            Ops.Check(Ops.nf_norm(this, p, out var result));
            return result;
        }

        public Tensor softmax(long dim, ScalarType? dtype = null)
        {
            Ops.Check(Ops.nf_softmax(this, dim, OrDefault(dtype), out var result));
            return result;
        }

        public Tensor log_softmax(long dim, ScalarType? dtype = null)
        {
            Ops.Check(Ops.nf_log_softmax(this, dim, OrDefault(dtype), out var result));
            return result;
        }

        private static sbyte OrDefault(ScalarType? type) => type is { } given ? (sbyte)given : (sbyte)-1;
    }
}
