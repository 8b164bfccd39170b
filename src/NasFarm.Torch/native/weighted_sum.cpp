// Mixed operations of a supernet: sum over k of weights[k] * inputs[k], as one node of the autograd graph.
//
// On the CPU float32 tensors of one dense layout take fused loops: forward reads every input once and writes the output once.
// All sums have a fixed order and all dot products a fixed number of lanes, so the bits depend neither on the instruction set
// nor on the number of threads. Everything else (CUDA, other layouts, differentiating the gradient) goes through ATen operators.
#include "abi.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

using namespace nf;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define NF_VECTORISED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define NF_VECTORISED
#endif

constexpr int64_t kBlock = 2048;      // floats of the output that stay in the first-level cache while all inputs pass
constexpr int64_t kSegment = 16384;   // floats per partial dot product
constexpr int64_t kLanes = 32;        // independent sums of a dot product

NF_VECTORISED void scale(float* out, const float* x, float w, int64_t n) {
    for (int64_t i = 0; i < n; ++i) out[i] = w * x[i];
}

NF_VECTORISED void add_scaled(float* out, const float* x, float w, int64_t n) {
    for (int64_t i = 0; i < n; ++i) out[i] += w * x[i];
}

NF_VECTORISED void add(float* out, const float* x, int64_t n) {
    for (int64_t i = 0; i < n; ++i) out[i] += x[i];
}

NF_VECTORISED double dot(const float* x, const float* y, int64_t n) {
    float lanes[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= n; i += kLanes)
        for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += x[i + lane] * y[i + lane];
    double sum = 0;
    for (int64_t lane = 0; lane < kLanes; ++lane) sum += lanes[lane];
    for (; i < n; ++i) sum += static_cast<double>(x[i]) * y[i];
    return sum;
}

bool dense(const at::Tensor& tensor) { return tensor.is_contiguous() || tensor.is_contiguous(at::MemoryFormat::ChannelsLast); }

bool plain(const at::Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.scalar_type() == at::kFloat && dense(tensor);
}

// True if elements with the same index stand at the same place of memory in both.
bool fused(const at::Tensor& like, const at::Tensor& other) { return plain(other) && other.strides() == like.strides(); }

bool all_fused(const variable_list& tensors) {
    return plain(tensors[0]) && std::all_of(tensors.begin() + 1, tensors.end(), [&](const at::Tensor& t) { return fused(tensors[0], t); });
}

void check_inputs(at::TensorList inputs) {
    TORCH_CHECK(!inputs.empty(), "a sum needs at least one input");
    for (size_t k = 1; k < inputs.size(); ++k)
        TORCH_CHECK(inputs[k].sizes() == inputs[0].sizes(), "input ", k, " has shape ", inputs[k].sizes(), ", input 0 ", inputs[0].sizes());
}

// Calls body(begin, end) on blocks of kBlock floats, split among the threads.
template <class F>
void by_blocks(int64_t n, const F& body) {
    at::parallel_for(0, (n + kBlock - 1) / kBlock, /*grain_size=*/16, [&](int64_t first, int64_t last) {
        for (int64_t block = first; block < last; ++block) body(block * kBlock, std::min(n, (block + 1) * kBlock));
    });
}

at::Tensor weighted_sum(const variable_list& inputs, const at::Tensor& weights) {
    if (all_fused(inputs) && weights.device().is_cpu() && weights.scalar_type() == at::kFloat) {
        const at::Tensor dense_weights = weights.contiguous();
        const float* w = dense_weights.data_ptr<float>();
        at::Tensor out = at::empty_like(inputs[0]);
        float* target = out.data_ptr<float>();
        by_blocks(out.numel(), [&](int64_t begin, int64_t end) {
            scale(target + begin, inputs[0].data_ptr<float>() + begin, w[0], end - begin);
            for (size_t k = 1; k < inputs.size(); ++k)
                add_scaled(target + begin, inputs[k].data_ptr<float>() + begin, w[k], end - begin);
        });
        return out;
    }
    at::Tensor out = inputs[0] * weights.select(0, 0);
    for (size_t k = 1; k < inputs.size(); ++k) out.addcmul_(inputs[k], weights.select(0, static_cast<int64_t>(k)));
    return out;
}

at::Tensor scaled(const at::Tensor& gradient, float w) {
    at::Tensor out = at::empty_like(gradient);
    const float* source = gradient.data_ptr<float>();
    float* target = out.data_ptr<float>();
    by_blocks(out.numel(), [&](int64_t begin, int64_t end) { scale(target + begin, source + begin, w, end - begin); });
    return out;
}

float inner_product(const at::Tensor& x, const at::Tensor& y) {
    const int64_t n = x.numel();
    std::vector<double> parts(static_cast<size_t>((n + kSegment - 1) / kSegment));
    const float* a = x.data_ptr<float>();
    const float* b = y.data_ptr<float>();
    at::parallel_for(0, static_cast<int64_t>(parts.size()), /*grain_size=*/2, [&](int64_t first, int64_t last) {
        for (int64_t part = first; part < last; ++part) {
            const int64_t begin = part * kSegment;
            parts[static_cast<size_t>(part)] = dot(a + begin, b + begin, std::min(kSegment, n - begin));
        }
    });
    double sum = 0;
    for (double part : parts) sum += part;
    return static_cast<float>(sum);
}

// Edges 0 .. n-1 are the inputs, edge n the weights.
struct WeightedSum : torch::autograd::Function<WeightedSum> {
    static at::Tensor forward(AutogradContext* ctx, at::TensorList inputs, const at::Tensor& weights) {
        check_inputs(inputs);
        TORCH_CHECK(weights.dim() == 1 && weights.size(0) == static_cast<int64_t>(inputs.size()), "weights have shape ", weights.sizes(),
                    ", there are ", inputs.size(), " inputs");
        // The inputs serve only the gradient of the weights, the weights only that of the inputs.
        const bool any_input = std::any_of(inputs.begin(), inputs.end(), [](const at::Tensor& t) { return t.requires_grad(); });
        variable_list saved(inputs.size() + 1);
        if (weights.requires_grad()) std::copy(inputs.begin(), inputs.end(), saved.begin());
        if (any_input || weights.requires_grad()) saved.back() = weights;
        ctx->save_for_backward(std::move(saved));
        return weighted_sum(inputs.vec(), weights);
    }

    static variable_list backward(AutogradContext* ctx, variable_list gradients) {
        const variable_list saved = ctx->get_saved_variables();
        const size_t n = saved.size() - 1;
        const at::Tensor& weights = saved[n];
        variable_list result(n + 1);
        if (!gradients[0].defined()) return result;

        const at::Tensor& gradient = gradients[0];
        if (at::GradMode::is_enabled() || !plain(gradient) || !weights.device().is_cpu() || weights.scalar_type() != at::kFloat)
            by_operators(ctx, saved, gradient, result);
        else
            by_loops(ctx, saved, gradient, result);
        return result;
    }

private:
    // Differentiable, and without a host synchronisation on CUDA.
    static void by_operators(AutogradContext* ctx, const variable_list& saved, const at::Tensor& gradient, variable_list& result) {
        const size_t n = saved.size() - 1;
        const at::Tensor& weights = saved[n];
        for (size_t k = 0; k < n; ++k)
            if (ctx->needs_input_grad(k)) result[k] = gradient * weights.select(0, static_cast<int64_t>(k));
        if (!ctx->needs_input_grad(n)) return;
        variable_list products;
        for (size_t k = 0; k < n; ++k) products.push_back((saved[k] * gradient).sum().to(weights.scalar_type()));
        result[n] = at::stack(products);
    }

    static void by_loops(AutogradContext* ctx, const variable_list& saved, const at::Tensor& gradient, variable_list& result) {
        const size_t n = saved.size() - 1;
        const at::Tensor weights = saved[n].contiguous();
        for (size_t k = 0; k < n; ++k)
            if (ctx->needs_input_grad(k)) result[k] = scaled(gradient, weights.data_ptr<float>()[k]);
        if (!ctx->needs_input_grad(n)) return;
        result[n] = at::empty_like(weights);
        for (size_t k = 0; k < n; ++k)
            result[n].data_ptr<float>()[k] = fused(gradient, saved[k]) ? inner_product(saved[k], gradient)
                                                                        : (saved[k] * gradient).sum().item<float>();
    }
};

struct PlainSum : torch::autograd::Function<PlainSum> {
    static at::Tensor forward(AutogradContext* ctx, at::TensorList inputs) {
        check_inputs(inputs);
        ctx->saved_data["count"] = static_cast<int64_t>(inputs.size());
        const variable_list terms = inputs.vec();
        at::Tensor out = terms[0].clone();
        if (!all_fused(terms)) {
            for (size_t k = 1; k < terms.size(); ++k) out.add_(terms[k]);
            return out;
        }
        float* target = out.data_ptr<float>();
        by_blocks(out.numel(), [&](int64_t begin, int64_t end) {
            for (size_t k = 1; k < terms.size(); ++k) add(target + begin, terms[k].data_ptr<float>() + begin, end - begin);
        });
        return out;
    }

    static variable_list backward(AutogradContext* ctx, variable_list gradients) {
        return variable_list(static_cast<size_t>(ctx->saved_data["count"].toInt()), gradients[0]);
    }
};

}  // namespace

NF_API int nf_weighted_sum(const Handle* inputs, int64_t count, Handle weights, Handle* result) {
    return giving(result, [&] {
        const variable_list terms = list(inputs, count);
        return WeightedSum::apply(at::TensorList(terms), *weights);
    });
}

NF_API int nf_plain_sum(const Handle* inputs, int64_t count, Handle* result) {
    return giving(result, [&] {
        const variable_list terms = list(inputs, count);
        return PlainSum::apply(at::TensorList(terms));
    });
}
