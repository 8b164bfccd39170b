// Depthwise convolutions on the CPU. See depthwise.cpp.
#pragma once
#include "abi.h"

namespace nf {

struct Depthwise {
    int64_t kernel, stride, padding, dilation;

    int64_t output(int64_t side) const { return (side + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1; }
};

// Float32 on the CPU in NCHW, one filter of 3×3 or 5×5 a channel, stride 1 or 2: what the loops can do.
bool depthwise_fits(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding,
                    at::IntArrayRef dilation, int64_t groups);

// x [B, C, H, W], w [C, 1, k, k] -> [B, C, H', W']
at::Tensor depthwise_forward(const at::Tensor& input, const at::Tensor& weight, const Depthwise& shape);

// g [B, C, H', W'] -> [B, C, H, W]
at::Tensor depthwise_input_gradient(const at::Tensor& gradient, const at::Tensor& weight, const Depthwise& shape, at::IntArrayRef input_sizes);

// g [B, C, H', W'], x [B, C, H, W] -> [C, 1, k, k]
at::Tensor depthwise_weight_gradient(const at::Tensor& gradient, const at::Tensor& input, const Depthwise& shape);

}  // namespace nf
