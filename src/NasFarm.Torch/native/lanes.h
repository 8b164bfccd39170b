// Eight floats at once, for loops of our own. Every lane computes what a scalar would: the bits do not depend on the instruction set.
#pragma once
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define NF_VECTORISED __attribute__((target_clones("avx2", "default")))
#else
#define NF_VECTORISED
#endif

namespace nf {

constexpr int64_t kLanes = 8;
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float)), aligned(alignof(float)), may_alias));

inline int64_t rounded(int64_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

}  // namespace nf

// A macro: a function that returns such a vector would have another calling convention in each clone.
#define LOAD(at) (*reinterpret_cast<const nf::Lanes*>(at))
