// Average pooling over 3×3 with stride 1, the border not counted: an edge of every cell has it, and libtorch's own takes six times as long
// as a batch norm when channels come first.
//
// The nine values are added in libtorch's order and divided as it divides, so that the bits are its bits. The gradient is the same sum
// over the divided gradients: each is the derivative of the other, as often as one likes.
#include "abi.h"
#include "lanes.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>

using namespace nf;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

// How many of three neighbours lie in a row of so many.
inline int64_t neighbours(int64_t at, int64_t length) { return std::min<int64_t>(at + 2, length) - std::max<int64_t>(at - 1, 0); }

// out[y, x] = the sum of plane[y..y+2, x..x+2] in reading order; rows of the plane are `width` floats and may be read over their end.
NF_VECTORISED void sum_of_nine(float* out, int64_t height, int64_t columns, const float* plane, int64_t width) {
    for (int64_t y = 0; y < height; ++y) {
        for (int64_t x = 0; x < columns; x += kLanes) {
            Lanes sum = {};
            for (int64_t row = 0; row < 3; ++row) {
                const float* from = plane + (y + row) * width + x;
                sum += LOAD(from);
                sum += LOAD(from + 1);
                sum += LOAD(from + 2);
            }
            std::memcpy(out + y * columns + x, &sum, static_cast<size_t>(std::min(kLanes, columns - x)) * sizeof(float));
        }
    }
}

// to[x] = from[x] / counts[x]
NF_VECTORISED void divide(float* to, const float* from, const float* counts, int64_t columns) {
    for (int64_t x = 0; x < columns; ++x) to[x] = from[x] / counts[x];
}

enum class Divide { Sums, Values };

// Sums of nine, divided by how many of them lie inside: after the sum (pooling) or before it (its gradient).
at::Tensor pool(const at::Tensor& input, Divide divided) {
    const at::Tensor x = input.contiguous();
    const int64_t height = x.size(2), columns = x.size(3), width = rounded(columns) + kLanes;
    at::Tensor out = at::empty(x.sizes(), x.options());
    const float* source = x.data_ptr<float>();
    float* target = out.data_ptr<float>();
    // A row of counts for the rows at the border, and one for those inside.
    std::vector<float> counts(static_cast<size_t>(3 * columns));
    for (int64_t rows = 1; rows <= 3; ++rows)
        for (int64_t column = 0; column < columns; ++column)
            counts[static_cast<size_t>((rows - 1) * columns + column)] = static_cast<float>(rows * neighbours(column, columns));
    const auto counts_of = [&](int64_t y) { return counts.data() + (neighbours(y, height) - 1) * columns; };
    at::parallel_for(0, x.size(0) * x.size(1), /*grain_size=*/8, [&](int64_t first, int64_t last) {
        std::vector<float> plane(static_cast<size_t>((height + 2) * width + kLanes));
        for (int64_t i = first; i < last; ++i) {
            const float* from = source + i * height * columns;
            float* to = target + i * height * columns;
            for (int64_t y = 0; y < height; ++y) {
                float* row = plane.data() + (y + 1) * width + 1;
                if (divided == Divide::Values)
                    divide(row, from + y * columns, counts_of(y), columns);
                else
                    std::memcpy(row, from + y * columns, static_cast<size_t>(columns) * sizeof(float));
            }
            sum_of_nine(to, height, columns, plane.data(), width);
            if (divided == Divide::Sums)
                for (int64_t y = 0; y < height; ++y) divide(to + y * columns, to + y * columns, counts_of(y), columns);
        }
    });
    return out;
}

template <Divide Divided>
struct AveragePool : torch::autograd::Function<AveragePool<Divided>> {
    static at::Tensor forward(AutogradContext*, const at::Tensor& input) { return pool(input, Divided); }

    static variable_list backward(AutogradContext*, variable_list gradients) {
        constexpr Divide other = Divided == Divide::Sums ? Divide::Values : Divide::Sums;
        return {gradients[0].defined() ? AveragePool<other>::apply(gradients[0]) : at::Tensor()};
    }
};

}  // namespace

NF_API int nf_avg_pool3x3(Handle input, int64_t stride, Handle* result) {
    return giving(result, [&] {
        const bool ours = stride == 1 && input->device().is_cpu() && input->scalar_type() == at::kFloat && input->dim() == 4 && input->is_contiguous()
            && input->numel() > 0;
        return ours ? AveragePool<Divide::Sums>::apply(*input)
                    : at::avg_pool2d(*input, {3, 3}, {stride, stride}, {1, 1}, /*ceil_mode=*/false, /*count_include_pad=*/false);
    });
}
