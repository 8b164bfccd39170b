// New tensors, copies, and moves between devices and element types.
#include "abi.h"

using namespace nf;

namespace {

at::Tensor placed(at::Tensor tensor, const Placement& placement) {
    if (placement.requires_grad) tensor.set_requires_grad(true);
    return tensor;
}

}  // namespace

NF_API int nf_from_host(const void* data, int8_t data_dtype, const int64_t* sizes, int64_t rank, Placement placement, Handle* result) {
    return giving(result, [&] {
        at::NoGradGuard no_grad;
        auto host = at::from_blob(const_cast<void*>(data), dims(sizes, rank), at::TensorOptions().dtype(static_cast<at::ScalarType>(data_dtype)));
        auto dtype = placement.dtype < 0 ? host.scalar_type() : static_cast<at::ScalarType>(placement.dtype);
        auto device = placement.device_type < 0 ? at::Device(at::kCPU) : placement.device();
        return placed(host.to(device, dtype, /*non_blocking=*/false, /*copy=*/true), placement);
    });
}

NF_API int nf_zeros(const int64_t* sizes, int64_t rank, Placement placement, Handle* result) {
    return giving(result, [&] { return placed(at::zeros(dims(sizes, rank), placement.options()), placement); });
}

NF_API int nf_ones(const int64_t* sizes, int64_t rank, Placement placement, Handle* result) {
    return giving(result, [&] { return placed(at::ones(dims(sizes, rank), placement.options()), placement); });
}

NF_API int nf_empty(const int64_t* sizes, int64_t rank, Placement placement, Handle* result) {
    return giving(result, [&] { return placed(at::empty(dims(sizes, rank), placement.options()), placement); });
}

NF_API int nf_full(const int64_t* sizes, int64_t rank, Number value, Placement placement, Handle* result) {
    return giving(result, [&] { return placed(at::full(dims(sizes, rank), value.scalar(), placement.options()), placement); });
}

NF_API int nf_zeros_like(Handle self, Placement placement, Handle* result) {
    return giving(result, [&] { return placed(at::zeros_like(*self, placement.options()), placement); });
}

NF_API int nf_ones_like(Handle self, Placement placement, Handle* result) {
    return giving(result, [&] { return placed(at::ones_like(*self, placement.options()), placement); });
}

NF_API int nf_empty_like(Handle self, Placement placement, Handle* result) {
    return giving(result, [&] { return placed(at::empty_like(*self, placement.options()), placement); });
}

NF_API int nf_arange(Number start, Number stop, Number step, Placement placement, Handle* result) {
    return giving(result, [&] { return placed(at::arange(start.scalar(), stop.scalar(), step.scalar(), placement.options()), placement); });
}

NF_API int nf_to(Handle self, Placement placement, int32_t copy, int32_t non_blocking, Handle* result) {
    return giving(result, [&] {
        auto dtype = placement.dtype < 0 ? self->scalar_type() : static_cast<at::ScalarType>(placement.dtype);
        auto device = placement.device_type < 0 ? self->device() : placement.device();
        return self->to(device, dtype, non_blocking != 0, copy != 0);
    });
}

NF_API int nf_clone(Handle self, Handle* result) {
    return giving(result, [&] { return self->clone(); });
}

NF_API int nf_contiguous(Handle self, Handle* result) {
    return giving(result, [&] { return self->contiguous(); });
}

NF_API int nf_to_channels_last(Handle self, Handle* result) {
    return giving(result, [&] { return self->contiguous(at::MemoryFormat::ChannelsLast); });
}

NF_API int nf_alias(Handle self, Handle* result) {
    return giving(result, [&] { return *self; });
}

NF_API int nf_copy_(Handle self, Handle source, int32_t non_blocking) {
    return guarded([&] { self->copy_(*source, non_blocking != 0); });
}

NF_API int nf_fill_(Handle self, Number value) {
    return guarded([&] { self->fill_(value.scalar()); });
}

NF_API int nf_zero_(Handle self) {
    return guarded([&] { self->zero_(); });
}
