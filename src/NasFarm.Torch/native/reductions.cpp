// Sums, means, extremes, softmax.
#include "abi.h"

using namespace nf;

NF_API int nf_sum(Handle self, int8_t dtype, Handle* result) {
    return giving(result, [&] { return self->sum(maybe_dtype(dtype)); });
}

NF_API int nf_sum_dims(Handle self, const int64_t* over, int64_t count, int32_t keepdim, int8_t dtype, Handle* result) {
    return giving(result, [&] { return self->sum(dims(over, count), keepdim != 0, maybe_dtype(dtype)); });
}

NF_API int nf_mean(Handle self, Handle* result) {
    return giving(result, [&] { return self->mean(); });
}

NF_API int nf_mean_dims(Handle self, const int64_t* over, int64_t count, int32_t keepdim, int8_t dtype, Handle* result) {
    return giving(result, [&] { return self->mean(dims(over, count), keepdim != 0, maybe_dtype(dtype)); });
}

NF_API int nf_max(Handle self, Handle* result) {
    return giving(result, [&] { return self->max(); });
}

NF_API int nf_max_dim(Handle self, int64_t dim, int32_t keepdim, Handle* values, Handle* indices) {
    *values = *indices = nullptr;
    return guarded([&] {
        auto [largest, where] = self->max(dim, keepdim != 0);
        give(values, largest);
        give(indices, where);
    });
}

NF_API int nf_argmax(Handle self, Handle* result) {
    return giving(result, [&] { return self->argmax(); });
}

NF_API int nf_argmax_dim(Handle self, int64_t dim, int32_t keepdim, Handle* result) {
    return giving(result, [&] { return self->argmax(dim, keepdim != 0); });
}

NF_API int nf_topk(Handle self, int64_t k, int64_t dim, int32_t largest, int32_t sorted, Handle* values, Handle* indices) {
    *values = *indices = nullptr;
    return guarded([&] {
        auto [best, where] = self->topk(k, dim, largest != 0, sorted != 0);
        give(values, best);
        give(indices, where);
    });
}

NF_API int nf_all(Handle self, Handle* result) {
    return giving(result, [&] { return self->all(); });
}

NF_API int nf_any(Handle self, Handle* result) {
    return giving(result, [&] { return self->any(); });
}

NF_API int nf_norm(Handle self, float p, Handle* result) {
    return giving(result, [&] { return self->norm(p); });
}

NF_API int nf_softmax(Handle self, int64_t dim, int8_t dtype, Handle* result) {
    return giving(result, [&] { return self->softmax(dim, maybe_dtype(dtype)); });
}

NF_API int nf_log_softmax(Handle self, int64_t dim, int8_t dtype, Handle* result) {
    return giving(result, [&] { return self->log_softmax(dim, maybe_dtype(dtype)); });
}
