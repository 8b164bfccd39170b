#include "abi.h"

#include <atomic>
#include <string>

namespace nf {

namespace {

thread_local std::string last_error;
std::atomic<int64_t> live_handles{0};
std::atomic<int64_t> live_bytes{0};

int64_t bytes_of(const at::Tensor& tensor) { return tensor.numel() * static_cast<int64_t>(tensor.element_size()); }

}  // namespace

void set_error(const char* message) noexcept {
    try {
        last_error = message;
    } catch (...) {
        last_error.clear();
    }
}

void give(Handle* result, at::Tensor tensor) {
    if (!tensor.defined()) {
        *result = nullptr;
        return;
    }
    const int64_t bytes = bytes_of(tensor);
    *result = new at::Tensor(std::move(tensor));
    live_handles.fetch_add(1, std::memory_order_relaxed);
    live_bytes.fetch_add(bytes, std::memory_order_relaxed);
}

std::vector<at::Tensor> list(const Handle* handles, int64_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) tensors.push_back(handles[i] ? *handles[i] : at::Tensor());
    return tensors;
}

}  // namespace nf

using namespace nf;

NF_API const char* nf_last_error() { return last_error.c_str(); }

NF_API void nf_free(Handle tensor) {
    live_handles.fetch_sub(1, std::memory_order_relaxed);
    live_bytes.fetch_sub(bytes_of(*tensor), std::memory_order_relaxed);
    delete tensor;
}

NF_API int64_t nf_live_handles() { return live_handles.load(std::memory_order_relaxed); }

NF_API int64_t nf_live_bytes() { return live_bytes.load(std::memory_order_relaxed); }
