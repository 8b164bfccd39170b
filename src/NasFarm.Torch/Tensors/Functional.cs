namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Layers as functions; images are [batch, channels, height, width].</summary>
        public static class functional
        {
            private static readonly long[] one = [1];
            private static readonly long[] zero = [0];

            /// <param name="weight">[out channels, in channels / groups, kernel height, kernel width].</param>
            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null,
                long[]? dilation = null, long groups = 1)
            {
                strides ??= one;
                padding ??= zero;
                dilation ??= one;
                Ops.Check(Ops.nf_conv2d(input, weight, bias, strides, strides.Length, padding, padding.Length, dilation, dilation.Length,
                    groups, out var result));
                return result;
            }

            /// <summary>Training normalises with the batch's biased variance and moves the running statistics, with the unbiased one.</summary>
            public static Tensor batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null,
                bool training = false, double momentum = 0.1, double eps = 1e-5)
            {
                Ops.Check(Ops.nf_batch_norm(input, running_mean, running_var, weight, bias, training ? 1 : 0, momentum, eps, out var result));
                return result;
            }

            /// <param name="weights">[out features, in features].</param>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null)
            {
                Ops.Check(Ops.nf_linear(input, weights, bias, out var result));
                return result;
            }

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : x.relu();

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null,
                bool ceil_mode = false)
            {
                var step = stride ?? kernel_size;
                var border = padding ?? 0;
                var spread = dilation ?? 1;
                Ops.Check(Ops.nf_max_pool2d(input, [kernel_size, kernel_size], [step, step], [border, border], [spread, spread],
                    ceil_mode ? 1 : 0, out var result));
                return result;
            }

            public static Tensor avg_pool2d(Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false,
                bool count_include_pad = true, long? divisor_override = null)
            {
                var step = stride ?? kernel_size;
                Ops.Check(Ops.nf_avg_pool2d(input, [kernel_size, kernel_size], [step, step], [padding, padding], ceil_mode ? 1 : 0,
                    count_include_pad ? 1 : 0, divisor_override ?? 0, out var result));
                return result;
            }

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size)
            {
                Ops.Check(Ops.nf_adaptive_avg_pool2d(input, [output_size, output_size], out var result));
                return result;
            }

            /// <param name="target">Class numbers [batch], or probabilities of the input's shape.</param>
            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100,
                Reduction reduction = Reduction.Mean, double label_smoothing = 0.0)
            {
                Ops.Check(Ops.nf_cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing, out var result));
                return result;
            }

            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
            {
                Ops.Check(Ops.nf_nll_loss(input, target, weight, reduction, out var result));
                return result;
            }

            /// <param name="pad">Before and after the last dimension, then before and after the one before it, …</param>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
            {
                Ops.Check(Ops.nf_pad(input, pad, pad.Length, mode, value, out var result));
                return result;
            }

            public static Tensor one_hot(Tensor x, long num_classes = -1)
            {
                Ops.Check(Ops.nf_one_hot(x, num_classes, out var result));
                return result;
            }
        }
    }
}
