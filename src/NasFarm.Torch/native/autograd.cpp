// Gradients and the modes that switch them.
#include "abi.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

using namespace nf;

NF_API int32_t nf_grad_enabled() { return c10::GradMode::is_enabled(); }

NF_API void nf_set_grad_enabled(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

NF_API int nf_inference_mode_enter(int32_t enabled, c10::InferenceMode** guard) {
    return guarded([&] { *guard = new c10::InferenceMode(enabled != 0); });
}

// Guards end in the reverse order of their beginning, on their own thread.
NF_API void nf_inference_mode_leave(c10::InferenceMode* guard) { delete guard; }

NF_API int nf_detach(Handle self, Handle* result) {
    return giving(result, [&] { return self->detach(); });
}

// Sum of gradients of outputs with respect to inputs. An input that was not used gets a null handle if allow_unused, else an error.
NF_API int nf_autograd_grad(const Handle* outputs, int64_t output_count, const Handle* inputs, int64_t input_count,
                            const Handle* grad_outputs, int64_t grad_output_count, int32_t retain_graph, int32_t create_graph,
                            int32_t allow_unused, Handle* results) {
    return guarded([&] {
        auto gradients = torch::autograd::grad(list(outputs, output_count), list(inputs, input_count), list(grad_outputs, grad_output_count),
                                               retain_graph != 0, create_graph != 0, allow_unused != 0);
        for (size_t i = 0; i < gradients.size(); ++i) give(results + i, gradients[i]);
    });
}

// Adds gradients to the .grad of the leaves, or of inputs alone where there are any.
NF_API int nf_autograd_backward(const Handle* tensors, int64_t tensor_count, const Handle* grad_tensors, int64_t grad_tensor_count,
                                int32_t retain_graph, int32_t create_graph, const Handle* inputs, int64_t input_count) {
    return guarded([&] {
        torch::autograd::backward(list(tensors, tensor_count), list(grad_tensors, grad_tensor_count), retain_graph != 0, create_graph != 0,
                                  list(inputs, input_count));
    });
}
