// Process-wide switches: threads, seeds, deterministic kernels, TF32.
#include "abi.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <torch/csrc/api/include/torch/cuda.h>


using namespace nf;

// OpenBLAS on pthreads keeps a pool of its own that ATen does not know.
NF_API int nf_set_num_threads(int32_t threads) {
    return guarded([&] {
        at::set_num_threads(threads);
        auto set_openblas = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
        if (set_openblas) set_openblas(threads);
    });
}

NF_API int32_t nf_get_num_threads() { return at::get_num_threads(); }

// Once per process, before the first parallel work; a second call is an error of libtorch.
NF_API int nf_set_num_interop_threads(int32_t threads) {
    return guarded([&] { at::set_num_interop_threads(threads); });
}

NF_API int32_t nf_get_num_interop_threads() { return static_cast<int32_t>(at::get_num_interop_threads()); }

NF_API int nf_manual_seed(int64_t seed) {
    return guarded([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

// All CUDA devices; without one nothing happens.
NF_API int nf_cuda_manual_seed(int64_t seed) {
    return guarded([&] { torch::cuda::manual_seed_all(static_cast<uint64_t>(seed)); });
}

NF_API int nf_set_deterministic(int32_t deterministic, int32_t warn_only) {
    return guarded([&] {
        auto& context = at::globalContext();
        context.setDeterministicAlgorithms(deterministic != 0, warn_only != 0);
        context.setDeterministicCuDNN(deterministic != 0);
    });
}

NF_API int32_t nf_deterministic() { return at::globalContext().deterministicAlgorithms(); }

NF_API int nf_set_cudnn_benchmark(int32_t benchmark) {
    return guarded([&] { at::globalContext().setBenchmarkCuDNN(benchmark != 0); });
}

NF_API int nf_set_allow_tf32(int32_t allow) {
    return guarded([&] {
        at::globalContext().setAllowTF32CuBLAS(allow != 0);
        at::globalContext().setAllowTF32CuDNN(allow != 0);
    });
}

