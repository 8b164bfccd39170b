// Views, joins and indexing.
#include "abi.h"

#include <ATen/TensorIndexing.h>

using namespace nf;

NF_API int nf_view(Handle self, const int64_t* sizes, int64_t count, Handle* result) {
    return giving(result, [&] { return self->view(dims(sizes, count)); });
}

NF_API int nf_reshape(Handle self, const int64_t* sizes, int64_t count, Handle* result) {
    return giving(result, [&] { return self->reshape(dims(sizes, count)); });
}

NF_API int nf_permute(Handle self, const int64_t* order, int64_t count, Handle* result) {
    return giving(result, [&] { return self->permute(dims(order, count)); });
}

NF_API int nf_expand(Handle self, const int64_t* sizes, int64_t count, int32_t is_implicit, Handle* result) {
    return giving(result, [&] { return self->expand(dims(sizes, count), is_implicit != 0); });
}

NF_API int nf_transpose(Handle self, int64_t first, int64_t second, Handle* result) {
    return giving(result, [&] { return self->transpose(first, second); });
}

NF_API int nf_unsqueeze(Handle self, int64_t dim, Handle* result) {
    return giving(result, [&] { return self->unsqueeze(dim); });
}

NF_API int nf_squeeze(Handle self, Handle* result) {
    return giving(result, [&] { return self->squeeze(); });
}

NF_API int nf_squeeze_dim(Handle self, int64_t dim, Handle* result) {
    return giving(result, [&] { return self->squeeze(dim); });
}

NF_API int nf_flatten(Handle self, int64_t start, int64_t end, Handle* result) {
    return giving(result, [&] { return self->flatten(start, end); });
}

NF_API int nf_select(Handle self, int64_t dim, int64_t index, Handle* result) {
    return giving(result, [&] { return self->select(dim, index); });
}

NF_API int nf_narrow(Handle self, int64_t dim, int64_t start, int64_t length, Handle* result) {
    return giving(result, [&] { return self->narrow(dim, start, length); });
}

NF_API int nf_index_select(Handle self, int64_t dim, Handle index, Handle* result) {
    return giving(result, [&] { return self->index_select(dim, *index); });
}

NF_API int nf_gather(Handle self, int64_t dim, Handle index, Handle* result) {
    return giving(result, [&] { return self->gather(dim, *index); });
}

NF_API int nf_cat(const Handle* tensors, int64_t count, int64_t dim, Handle* result) {
    return giving(result, [&] { return at::cat(list(tensors, count), dim); });
}

NF_API int nf_stack(const Handle* tensors, int64_t count, int64_t dim, Handle* result) {
    return giving(result, [&] { return at::stack(list(tensors, count), dim); });
}

namespace {

// The caller's array has room for capacity handles.
void give_all(const std::vector<at::Tensor>& parts, Handle* results, int64_t capacity, int64_t* count) {
    TORCH_CHECK(static_cast<int64_t>(parts.size()) <= capacity, parts.size(), " parts, room for ", capacity);
    for (size_t i = 0; i < parts.size(); ++i) give(results + i, parts[i]);
    *count = static_cast<int64_t>(parts.size());
}

}  // namespace

NF_API int nf_chunk(Handle self, int64_t chunks, int64_t dim, Handle* results, int64_t capacity, int64_t* count) {
    return guarded([&] { give_all(self->chunk(chunks, dim), results, capacity, count); });
}

NF_API int nf_split(Handle self, int64_t size, int64_t dim, Handle* results, int64_t capacity, int64_t* count) {
    return guarded([&] { give_all(self->split(size, dim), results, capacity, count); });
}

NF_API int nf_split_sizes(Handle self, const int64_t* sizes, int64_t size_count, int64_t dim, Handle* results, int64_t capacity, int64_t* count) {
    return guarded([&] { give_all(self->split_with_sizes(dims(sizes, size_count), dim), results, capacity, count); });
}

// A managed TensorIndex. INT64_MIN in start, stop or step means left out.
struct IndexPart {
    enum Kind : int64_t { kNewAxis = 0, kSingle = 1, kEllipsis = 2, kBoolean = 3, kTensor = 4, kSlice = 5 };
    int64_t kind;
    int64_t start;
    int64_t stop;
    int64_t step;
    Handle tensor;
};

namespace {

optional<SliceBound> bound(int64_t value) {
    return value == INT64_MIN ? optional<SliceBound>() : optional<SliceBound>(SliceBound(value));
}

at::indexing::TensorIndex index_of(const IndexPart& part) {
    switch (part.kind) {
        case IndexPart::kNewAxis: return at::indexing::None;
        case IndexPart::kSingle: return part.start;
        case IndexPart::kEllipsis: return at::indexing::Ellipsis;
        case IndexPart::kBoolean: return part.start != 0;
        case IndexPart::kTensor: return *part.tensor;
        default: return at::indexing::Slice(bound(part.start), bound(part.stop), bound(part.step));
    }
}

std::vector<at::indexing::TensorIndex> indices_of(const IndexPart* parts, int64_t count) {
    std::vector<at::indexing::TensorIndex> indices;
    indices.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) indices.push_back(index_of(parts[i]));
    return indices;
}

}  // namespace

NF_API int nf_index(Handle self, const IndexPart* parts, int64_t count, Handle* result) {
    return giving(result, [&] { return self->index(indices_of(parts, count)); });
}

NF_API int nf_index_put_(Handle self, const IndexPart* parts, int64_t count, Handle value) {
    return guarded([&] { self->index_put_(indices_of(parts, count), *value); });
}
