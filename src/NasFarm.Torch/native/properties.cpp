// What a tensor is: shape, element type, place, gradient, memory.
#include "abi.h"

#include <cstring>

using namespace nf;

NF_API int64_t nf_ndim(Handle self) { return self->dim(); }
NF_API int64_t nf_numel(Handle self) { return self->numel(); }
NF_API int64_t nf_element_size(Handle self) { return static_cast<int64_t>(self->element_size()); }
NF_API int8_t nf_dtype(Handle self) { return static_cast<int8_t>(self->scalar_type()); }
NF_API int32_t nf_device_type(Handle self) { return static_cast<int32_t>(self->device().type()); }
NF_API int32_t nf_device_index(Handle self) { return self->device().index(); }
NF_API int32_t nf_is_contiguous(Handle self) { return self->is_contiguous(); }
NF_API int32_t nf_is_channels_last(Handle self) { return self->is_contiguous(at::MemoryFormat::ChannelsLast); }
NF_API int32_t nf_is_leaf(Handle self) { return self->is_leaf(); }
NF_API int32_t nf_requires_grad(Handle self) { return self->requires_grad(); }

NF_API int nf_sizes(Handle self, int64_t* sizes) {
    return guarded([&] { std::copy(self->sizes().begin(), self->sizes().end(), sizes); });
}

NF_API int nf_strides(Handle self, int64_t* strides) {
    return guarded([&] { std::copy(self->strides().begin(), self->strides().end(), strides); });
}

NF_API int nf_set_requires_grad(Handle self, int32_t requires_grad) {
    return guarded([&] { self->set_requires_grad(requires_grad != 0); });
}

NF_API int nf_grad(Handle self, Handle* result) {
    return giving(result, [&] { return self->grad(); });
}

NF_API int nf_set_grad(Handle self, Handle grad) {
    return guarded([&] {
        if (!grad) {
            self->mutable_grad() = at::Tensor();
            return;
        }
        TORCH_CHECK(grad->sizes() == self->sizes(), "a gradient of shape ", grad->sizes(), " does not fit a tensor of shape ", self->sizes());
        self->mutable_grad() = *grad;
    });
}

// The address of a CPU tensor's first element; strides say where the others are.
NF_API int nf_data(Handle self, void** data) {
    return guarded([&] {
        TORCH_CHECK(self->device().is_cpu(), "reading data of a tensor on ", self->device(), ": move it to the CPU first");
        *data = self->data_ptr();
    });
}

// Copies all elements, in row-major order, to host memory of exactly that size.
NF_API int nf_copy_to_host(Handle self, void* destination, int64_t bytes) {
    return guarded([&] {
        const int64_t needed = self->numel() * static_cast<int64_t>(self->element_size());
        TORCH_CHECK(bytes == needed, "the destination has ", bytes, " bytes, the tensor ", needed);
        if (needed == 0) return;
        at::NoGradGuard no_grad;
        at::Tensor target = at::from_blob(destination, self->sizes(), at::TensorOptions().dtype(self->scalar_type()));
        target.copy_(*self);
    });
}

// Fills all elements, in row-major order, from host memory of exactly that size.
NF_API int nf_copy_from_host(Handle self, const void* source, int64_t bytes) {
    return guarded([&] {
        const int64_t needed = self->numel() * static_cast<int64_t>(self->element_size());
        TORCH_CHECK(bytes == needed, "the source has ", bytes, " bytes, the tensor ", needed);
        if (needed == 0) return;
        at::NoGradGuard no_grad;
        self->copy_(at::from_blob(const_cast<void*>(source), self->sizes(), at::TensorOptions().dtype(self->scalar_type())));
    });
}
