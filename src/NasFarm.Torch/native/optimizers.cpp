// One call per optimiser step over all parameters, in PyTorch's order of operations (spec/algorithms §0.3).
//
// The multi-tensor operators do on the CPU exactly what a loop of in-place operators does, and few launches on CUDA.
#include "abi.h"

#include <cmath>

using namespace nf;

namespace {

using Tensors = std::vector<at::Tensor>;

// gradient + decay * parameter, or the gradients themselves where there is no decay.
Tensors decayed(const Tensors& gradients, const Tensors& parameters, double decay) {
    return decay == 0 ? gradients : at::_foreach_add(gradients, parameters, decay);
}

}  // namespace

// A null gradient skips its parameter completely. buffers[i] is null before the first step of parameter i and is created by it.
NF_API int nf_sgd_step(const Handle* parameters, const Handle* gradients, Handle* buffers, int64_t count, double lr, double momentum,
                       double weight_decay, int32_t nesterov) {
    return guarded([&] {
        at::NoGradGuard no_grad;
        Tensors moved, first, first_gradients, moved_gradients, first_buffers, old_buffers;
        std::vector<int64_t> created;
        for (int64_t i = 0; i < count; ++i) {
            if (!gradients[i]) continue;
            const bool is_first = momentum != 0 && buffers[i] == nullptr;
            (is_first ? first : moved).push_back(*parameters[i]);
            (is_first ? first_gradients : moved_gradients).push_back(*gradients[i]);
            if (is_first) created.push_back(i);
            else if (momentum != 0) old_buffers.push_back(*buffers[i]);
        }

        if (!first.empty()) {
            Tensors step = decayed(first_gradients, first, weight_decay);
            for (size_t k = 0; k < step.size(); ++k) first_buffers.push_back(step[k].clone());
            if (nesterov) step = at::_foreach_add(step, first_buffers, momentum);
            at::_foreach_add_(first, step, -lr);
            for (size_t k = 0; k < created.size(); ++k) give(buffers + created[k], first_buffers[k]);
        }
        if (!moved.empty()) {
            Tensors step = decayed(moved_gradients, moved, weight_decay);
            if (momentum != 0) {
                at::_foreach_mul_(old_buffers, momentum);
                at::_foreach_add_(old_buffers, step, 1);
                step = nesterov ? at::_foreach_add(step, old_buffers, momentum) : old_buffers;
            }
            at::_foreach_add_(moved, step, -lr);
        }
    });
}

// steps[i] counts the steps of parameter i and is advanced here; exp_avg and exp_avg_sq exist and are zero before the first.
NF_API int nf_adam_step(const Handle* parameters, const Handle* gradients, const Handle* exp_avg, const Handle* exp_avg_sq, int64_t* steps,
                        int64_t count, double lr, double beta1, double beta2, double eps, double weight_decay) {
    return guarded([&] {
        at::NoGradGuard no_grad;
        for (int64_t i = 0; i < count; ++i) {
            if (!gradients[i]) continue;
            at::Tensor& parameter = *parameters[i];
            at::Tensor& mean = *exp_avg[i];
            at::Tensor& square = *exp_avg_sq[i];
            const double step = static_cast<double>(++steps[i]);
            const at::Tensor gradient = weight_decay == 0 ? *gradients[i] : gradients[i]->add(parameter, weight_decay);
            mean.mul_(beta1).add_(gradient, 1 - beta1);
            square.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            const double correction1 = 1 - std::pow(beta1, step);
            const double correction2 = std::sqrt(1 - std::pow(beta2, step));
            const at::Tensor denominator = (square.sqrt() / correction2).add_(eps);
            parameter.addcdiv_(mean, denominator, -(lr / correction1));
        }
    });
}

namespace {

at::Tensor global_norm(const Handle* tensors, int64_t count) {
    Tensors norms;
    for (int64_t i = 0; i < count; ++i)
        if (tensors[i]) norms.push_back(tensors[i]->norm(2));
    return norms.empty() ? at::zeros({}) : at::stack(norms).norm(2);
}

}  // namespace

NF_API int nf_global_norm(const Handle* tensors, int64_t count, double* result) {
    return guarded([&] {
        at::NoGradGuard no_grad;
        *result = global_norm(tensors, count).item<double>();
    });
}

// Scales in place by max_norm / (norm + 1e-6), and only where the norm exceeds max_norm.
NF_API int nf_clip_grad_norm(const Handle* gradients, int64_t count, double max_norm, double* result) {
    return guarded([&] {
        at::NoGradGuard no_grad;
        const at::Tensor norm = global_norm(gradients, count);
        *result = norm.item<double>();
        if (!(*result > max_norm)) return;
        const at::Tensor coefficient = norm.add(1e-6).reciprocal().mul(max_norm);
        for (int64_t i = 0; i < count; ++i)
            if (gradients[i]) gradients[i]->mul_(coefficient);
    });
}
