// Depthwise convolutions: one small filter a channel. A DARTS supernet has several on every edge, and libtorch's own are
// slow there, most of all for dilated filters and for gradients.
//
// A plane (one channel of one image) is copied with its border of zeros into a scratch row of the first-level cache; then every output
// is a sum over taps in one fixed order, eight neighbours at a time. No contraction, no sum over threads: the bits depend neither on the
// number of threads nor on the instruction set. The gradient of the input is the same sum with the filter turned around.
#include "depthwise.h"
#include "lanes.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>

using namespace nf;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

constexpr int64_t kTile = 4;   // vectors of outputs at once: enough independent sums to hide the latency of an addition

// A plane with a border of zeros. With stride 2 even and odd columns lie apart, so that neighbours of the output read neighbours here.
struct Plane {
    int64_t rows, columns, stride;   // of the bordered plane; columns of one phase
    int64_t width;                   // floats a row of one phase; a tile may read over `columns` and, at the end, over `rows`
    std::vector<float> values;

    Plane(int64_t rows, int64_t bordered_columns, int64_t stride)
        : rows(rows), columns((bordered_columns + stride - 1) / stride), stride(stride), width(rounded(columns) + kLanes),
          values(static_cast<size_t>((stride * rows + stride * kTile) * width + kTile * kLanes)) {}

    float* row(int64_t phase, int64_t y) { return values.data() + (phase * rows + y) * width; }

    // Where the tap that starts at column x of the bordered plane reads, in row y.
    const float* tap(int64_t y, int64_t x) { return row(x % stride, y) + x / stride; }

    // Copies [height, columns] to (top, left), every `step`-th place; what lies between and around stays zero.
    void fill(const float* source, int64_t height, int64_t source_columns, int64_t top, int64_t left, int64_t step) {
        for (int64_t y = 0; y < height; ++y) {
            const float* from = source + y * source_columns;
            if (stride == 1 && step == 1) {
                std::memcpy(row(0, top + y) + left, from, static_cast<size_t>(source_columns) * sizeof(float));
                continue;
            }
            for (int64_t x = 0; x < source_columns; ++x) {
                const int64_t column = left + x * step;
                row(column % stride, top + y * step)[column / stride] = from[x];
            }
        }
    }
};

// out[y, x] = sum over taps of w[tap] * plane[stride * y + dilation * ky, stride * x + dilation * kx], for a tile of ROWS rows of COLS vectors.
template <int K, int ROWS, int COLS>
NF_VECTORISED void correlate(float* out, int64_t height, int64_t columns, Plane& plane, const float* w, int64_t dilation) {
    const int64_t below = plane.stride * plane.width;
    const float* taps[K * K];
    for (int64_t y = 0; y < height; y += ROWS) {
        for (int tap = 0; tap < K * K; ++tap) taps[tap] = plane.tap(plane.stride * y + dilation * (tap / K), dilation * (tap % K));
        for (int64_t x = 0; x < columns; x += COLS * kLanes) {
            Lanes sums[ROWS][COLS] = {};
            for (int tap = 0; tap < K * K; ++tap)
                for (int r = 0; r < ROWS; ++r)
                    for (int c = 0; c < COLS; ++c) sums[r][c] += w[tap] * LOAD(taps[tap] + r * below + x + c * kLanes);
            for (int64_t r = 0; r < std::min<int64_t>(ROWS, height - y); ++r)
                std::memcpy(out + (y + r) * columns + x, sums[r], static_cast<size_t>(std::min(COLS * kLanes, columns - x)) * sizeof(float));
        }
    }
}

template <int K>
void correlate(float* out, int64_t height, int64_t columns, Plane& plane, const float* w, int64_t dilation) {
    if (columns <= kLanes)
        correlate<K, 4, 1>(out, height, columns, plane, w, dilation);
    else if (columns <= 2 * kLanes)
        correlate<K, 2, 2>(out, height, columns, plane, w, dilation);
    else
        correlate<K, 1, 4>(out, height, columns, plane, w, dilation);
}

// dw[tap] += sum over y, x of g[y, x] * plane[stride * y + dilation * ky, stride * x + dilation * kx]; rows of g end in zeros.
template <int K>
NF_VECTORISED void accumulate(double* dw, Plane& g, int64_t height, int64_t columns, Plane& plane, int64_t dilation) {
    for (int ky = 0; ky < K; ++ky) {
        Lanes sums[K] = {};
        for (int64_t y = 0; y < height; ++y) {
            const float* taps[K];
            for (int kx = 0; kx < K; ++kx) taps[kx] = plane.tap(plane.stride * y + dilation * ky, dilation * kx);
            const float* gradient = g.row(0, y);
            for (int64_t x = 0; x < columns; x += kLanes) {
                const Lanes here = LOAD(gradient + x);
                for (int kx = 0; kx < K; ++kx) sums[kx] += here * LOAD(taps[kx] + x);
            }
        }
        for (int kx = 0; kx < K; ++kx)
            for (int64_t lane = 0; lane < kLanes; ++lane) dw[ky * K + kx] += sums[kx][lane];
    }
}

template <class F3, class F5>
void by_kernel(int64_t kernel, const F3& three, const F5& five) { kernel == 3 ? three() : five(); }

}  // namespace

namespace nf {

bool depthwise_fits(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef stride, at::IntArrayRef padding,
                    at::IntArrayRef dilation, int64_t groups) {
    const auto same = [](at::IntArrayRef pair) { return pair[0] == pair[1]; };
    return input.device().is_cpu() && input.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat && input.dim() == 4
        && input.is_contiguous() && groups > 1 && groups == input.size(1) && weight.size(0) == groups && weight.size(1) == 1
        && weight.size(2) == weight.size(3) && (weight.size(2) == 3 || weight.size(2) == 5) && same(stride) && same(padding) && same(dilation)
        && (stride[0] == 1 || stride[0] == 2) && padding[0] <= dilation[0] * (weight.size(2) - 1)
        && std::min(input.size(2), input.size(3)) + 2 * padding[0] > dilation[0] * (weight.size(2) - 1);
}

at::Tensor depthwise_forward(const at::Tensor& input, const at::Tensor& weight, const Depthwise& d) {
    const int64_t channels = input.size(1), height = input.size(2), columns = input.size(3);
    const int64_t out_height = d.output(height), out_columns = d.output(columns);
    const at::Tensor filters = weight.contiguous();
    at::Tensor out = at::empty({input.size(0), channels, out_height, out_columns}, input.options());
    const float* x = input.data_ptr<float>();
    const float* w = filters.data_ptr<float>();
    float* target = out.data_ptr<float>();
    at::parallel_for(0, input.size(0) * channels, /*grain_size=*/8, [&](int64_t first, int64_t last) {
        Plane plane(height + 2 * d.padding, columns + 2 * d.padding, d.stride);
        for (int64_t i = first; i < last; ++i) {
            plane.fill(x + i * height * columns, height, columns, d.padding, d.padding, 1);
            float* here = target + i * out_height * out_columns;
            const float* filter = w + i % channels * d.kernel * d.kernel;
            by_kernel(d.kernel, [&] { correlate<3>(here, out_height, out_columns, plane, filter, d.dilation); },
                      [&] { correlate<5>(here, out_height, out_columns, plane, filter, d.dilation); });
        }
    });
    return out;
}

at::Tensor depthwise_input_gradient(const at::Tensor& gradient, const at::Tensor& weight, const Depthwise& d, at::IntArrayRef input_sizes) {
    const int64_t channels = input_sizes[1], height = input_sizes[2], columns = input_sizes[3];
    const at::Tensor g = gradient.contiguous();
    const int64_t g_height = g.size(2), g_columns = g.size(3), reach = d.dilation * (d.kernel - 1), border = reach - d.padding;
    const at::Tensor turned = weight.flip({2, 3}).contiguous();
    at::Tensor out = at::empty(input_sizes, g.options());
    const float* source = g.data_ptr<float>();
    const float* w = turned.data_ptr<float>();
    float* target = out.data_ptr<float>();
    at::parallel_for(0, input_sizes[0] * channels, /*grain_size=*/8, [&](int64_t first, int64_t last) {
        // Outputs of a stride lie apart by it; between them stand zeros.
        Plane plane(height + reach, columns + reach, 1);
        for (int64_t i = first; i < last; ++i) {
            plane.fill(source + i * g_height * g_columns, g_height, g_columns, border, border, d.stride);
            float* here = target + i * height * columns;
            const float* filter = w + i % channels * d.kernel * d.kernel;
            by_kernel(d.kernel, [&] { correlate<3>(here, height, columns, plane, filter, d.dilation); },
                      [&] { correlate<5>(here, height, columns, plane, filter, d.dilation); });
        }
    });
    return out;
}

at::Tensor depthwise_weight_gradient(const at::Tensor& gradient, const at::Tensor& input, const Depthwise& d) {
    const int64_t images = input.size(0), channels = input.size(1), height = input.size(2), columns = input.size(3);
    const at::Tensor g = gradient.contiguous();
    const int64_t g_height = g.size(2), g_columns = g.size(3), taps = d.kernel * d.kernel;
    at::Tensor out = at::empty({channels, 1, d.kernel, d.kernel}, input.options());
    const float* x = input.data_ptr<float>();
    const float* source = g.data_ptr<float>();
    float* target = out.data_ptr<float>();
    // A channel belongs to one thread, which adds its images in their order.
    at::parallel_for(0, channels, /*grain_size=*/1, [&](int64_t first, int64_t last) {
        Plane plane(height + 2 * d.padding, columns + 2 * d.padding, d.stride), gradients(g_height, g_columns, 1);
        std::vector<double> sums(static_cast<size_t>(taps));
        for (int64_t c = first; c < last; ++c) {
            std::fill(sums.begin(), sums.end(), 0.0);
            for (int64_t image = 0; image < images; ++image) {
                const int64_t i = image * channels + c;
                plane.fill(x + i * height * columns, height, columns, d.padding, d.padding, 1);
                gradients.fill(source + i * g_height * g_columns, g_height, g_columns, 0, 0, 1);
                by_kernel(d.kernel, [&] { accumulate<3>(sums.data(), gradients, g_height, g_columns, plane, d.dilation); },
                          [&] { accumulate<5>(sums.data(), gradients, g_height, g_columns, plane, d.dilation); });
            }
            std::copy(sums.begin(), sums.end(), target + c * taps);
        }
    });
    return out;
}

}  // namespace nf

namespace {

struct DepthwiseConvolution : torch::autograd::Function<DepthwiseConvolution> {
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& input, const at::Tensor& weight, int64_t stride, int64_t padding,
                              int64_t dilation) {
        // The input serves only the gradient of the weights, the weights only that of the input.
        ctx->save_for_backward({weight.requires_grad() ? input : at::Tensor(), weight});
        ctx->saved_data["sizes"] = input.sizes().vec();
        ctx->saved_data["shape"] = std::vector<int64_t>{weight.size(2), stride, padding, dilation};
        return depthwise_forward(input, weight, {weight.size(2), stride, padding, dilation});
    }

    static variable_list backward(AutogradContext* ctx, variable_list gradients) {
        variable_list result(5);
        if (!gradients[0].defined()) return result;
        const variable_list saved = ctx->get_saved_variables();
        const std::vector<int64_t> numbers = ctx->saved_data["shape"].toIntVector(), sizes = ctx->saved_data["sizes"].toIntVector();
        const Depthwise shape{numbers[0], numbers[1], numbers[2], numbers[3]};
        if (at::GradMode::is_enabled()) {
            const std::vector<int64_t> stride(2, shape.stride), padding(2, shape.padding), dilation(2, shape.dilation);
            const at::Tensor input = saved[0].defined() ? saved[0] : at::empty(sizes, gradients[0].options());
            auto both = at::convolution_backward(gradients[0], input, saved[1], nullopt, stride, padding, dilation, false, {0, 0}, sizes[1],
                                                 {ctx->needs_input_grad(0), ctx->needs_input_grad(1), false});
            result[0] = std::get<0>(both);
            result[1] = std::get<1>(both);
            return result;
        }
        if (ctx->needs_input_grad(0)) result[0] = depthwise_input_gradient(gradients[0], saved[1], shape, sizes);
        if (ctx->needs_input_grad(1)) result[1] = depthwise_weight_gradient(gradients[0], saved[0], shape);
        return result;
    }
};

}  // namespace

NF_API int nf_depthwise_conv2d(Handle input, Handle weight, int64_t stride, int64_t padding, int64_t dilation, Handle* result) {
    return giving(result, [&] {
        const std::vector<int64_t> strides(2, stride), paddings(2, padding), dilations(2, dilation);
        const int64_t groups = weight->size(0);
        return depthwise_fits(*input, *weight, strides, paddings, dilations, groups)
            ? DepthwiseConvolution::apply(*input, *weight, stride, padding, dilation)
            : at::conv2d(*input, *weight, {}, strides, paddings, dilations, groups);
    });
}
