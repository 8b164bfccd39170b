// The C ABI's conventions: codes back, a message per thread, tensors as at::Tensor*.
#pragma once

#include <cstdint>
#include <exception>
#include <vector>

#include "compat.h"

#define NF_API extern "C" __attribute__((visibility("default")))

namespace nf {

// What TorchSharp calls Tensor.Handle: a tensor on the heap, owned by whoever received it.
using Handle = at::Tensor*;

// A managed Scalar; kind says which field holds the value, 0 means absent.
struct Number {
    enum Kind : int64_t { kAbsent = 0, kInteger = 1, kFloating = 2, kBoolean = 3 };
    int64_t kind;
    union {
        int64_t integer;
        double floating;
    };

    at::Scalar scalar() const {
        return kind == kFloating ? at::Scalar(floating) : kind == kBoolean ? at::Scalar(integer != 0) : at::Scalar(integer);
    }

    optional<at::Scalar> optional_scalar() const { return kind == kAbsent ? optional<at::Scalar>() : optional<at::Scalar>(scalar()); }
};

// dtype -1 keeps the default; device type -1 likewise.
struct Placement {
    int8_t dtype;
    int8_t device_type;
    int16_t device_index;
    int32_t requires_grad;

    at::TensorOptions options() const {
        at::TensorOptions options;
        if (dtype >= 0) options = options.dtype(static_cast<at::ScalarType>(dtype));
        if (device_type >= 0) options = options.device(device());
        return options;
    }

    at::Device device() const {
        return at::Device(static_cast<at::DeviceType>(device_type), static_cast<at::DeviceIndex>(device_index));
    }
};

void set_error(const char* message) noexcept;

// Runs f; an exception becomes code 1 and the thread's message.
template <class F>
int guarded(F&& f) noexcept {
    try {
        f();
        return 0;
    } catch (const c10::Error& error) {
        set_error(error.what_without_backtrace());
    } catch (const std::exception& error) {
        set_error(error.what());
    } catch (...) {
        set_error("libtorch threw something that is no std::exception");
    }
    return 1;
}

// Hands a tensor to the caller; an undefined one becomes a null handle.
void give(Handle* result, at::Tensor tensor);

// Runs f and gives the caller its tensor; after an exception the caller holds a null handle.
template <class F>
int giving(Handle* result, F&& f) noexcept {
    *result = nullptr;
    return guarded([&] { give(result, f()); });
}

inline at::IntArrayRef dims(const int64_t* values, int64_t count) { return at::IntArrayRef(values, static_cast<size_t>(count)); }

inline optional<at::Tensor> maybe(Handle handle) { return handle ? optional<at::Tensor>(*handle) : optional<at::Tensor>(); }

// A null handle becomes an undefined tensor.
std::vector<at::Tensor> list(const Handle* handles, int64_t count);

inline optional<at::ScalarType> maybe_dtype(int8_t dtype) {
    return dtype < 0 ? optional<at::ScalarType>() : optional<at::ScalarType>(static_cast<at::ScalarType>(dtype));
}

}  // namespace nf
