// Everything that differs between libtorch 1.13 and 2.x stands here.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/api/include/torch/version.h>

#include <optional>

namespace nf {

#if TORCH_VERSION_MAJOR >= 2
#define NF_TORCH_AT_LEAST(minor) (TORCH_VERSION_MINOR >= (minor) || TORCH_VERSION_MAJOR > 2)
#else
#define NF_TORCH_AT_LEAST(minor) 0
#endif

// c10::optional became std::optional in 2.2.
#if NF_TORCH_AT_LEAST(2)
template <class T> using optional = std::optional<T>;
inline constexpr std::nullopt_t nullopt = std::nullopt;
#else
template <class T> using optional = c10::optional<T>;
inline constexpr c10::nullopt_t nullopt = c10::nullopt;
#endif

// Bounds of an indexing slice became symbolic integers in 2.0.
#if NF_TORCH_AT_LEAST(0)
using SliceBound = c10::SymInt;
#else
using SliceBound = int64_t;
#endif

}  // namespace nf
