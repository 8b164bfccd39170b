// What stands behind the numbers: versions, BLAS, instruction sets, devices, memory.
#include "abi.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <link.h>
#include <malloc.h>
#include <torch/csrc/api/include/torch/cuda.h>

#include <sstream>
#include <string>

using namespace nf;

namespace {

template <class F>
F loaded_symbol(const char* name) { return reinterpret_cast<F>(dlsym(RTLD_DEFAULT, name)); }

// The file that a function with this name comes from, links followed; empty if no library has it.
std::string library_of(const char* symbol) {
    void* address = dlsym(RTLD_DEFAULT, symbol);
    Dl_info info;
    if (!address || !dladdr(address, &info) || !info.dli_fname) return "";
    char* path = realpath(info.dli_fname, nullptr);
    std::string result = path ? path : info.dli_fname;
    free(path);
    return result;
}

// The reports of ATen are prose, a fact a line: the first line that has the word, without its bullet.
std::string line_with(const std::string& text, const std::string& word) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto at = line.find(word);
        if (at != std::string::npos) return line.substr(line.find_first_not_of(" -"));
    }
    return "";
}

std::string cpu_capability() {
    // show_config prints the level that the dispatcher chose: "CPU capability usage: AVX2".
    const std::string line = line_with(at::show_config(), "CPU capability usage");
    const auto colon = line.rfind(": ");
    return colon == std::string::npos ? line : line.substr(colon + 2);
}

std::string device_name(int index) {
    using GetName = int (*)(char*, int, int);
    void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
    if (!driver) return "";
    auto get_name = reinterpret_cast<GetName>(dlsym(driver, "cuDeviceGetName"));
    char name[256] = {};
    const bool known = get_name && get_name(name, sizeof name, index) == 0;
    dlclose(driver);
    return known ? name : "";
}

std::string openblas_call(const char* symbol) {
    auto get = loaded_symbol<const char* (*)()>(symbol);
    const char* text = get ? get() : nullptr;
    return text ? text : "";
}

thread_local std::string report;

}  // namespace

// key=value lines; a key without a value is absent. The pointer lives until the thread's next call.
NF_API int nf_build_info(const char** result) {
    return guarded([&] {
        const auto& hooks = at::detail::getCUDAHooks();
        std::ostringstream out;
        auto line = [&](const char* key, const std::string& value) {
            if (!value.empty()) out << key << '=' << value << '\n';
        };
        line("libtorch", TORCH_VERSION);
        line("libtorch_path", library_of("_ZN2at11show_configB5cxx11Ev"));
        line("blas", library_of("sgemm_"));
        line("openblas_core", openblas_call("openblas_get_corename"));
        line("openblas_config", openblas_call("openblas_get_config"));
        if (auto threads = loaded_symbol<int (*)()>("openblas_get_num_threads")) line("openblas_threads", std::to_string(threads()));
        line("parallel", line_with(at::get_parallel_info(), "ATen parallel backend"));
        line("openmp", at::get_openmp_version());
        line("cpu_capability", cpu_capability());
        if (at::hasMKLDNN()) line("onednn", at::get_mkldnn_version());
        if (hooks.hasCUDA()) {
            line("cuda", std::to_string(hooks.versionCUDART()));
            if (hooks.hasCuDNN()) line("cudnn", std::to_string(hooks.versionCuDNN()));
            line("device", device_name(0));
        }
        report = out.str();
        *result = report.c_str();
    });
}

NF_API int nf_cuda_device_count(int32_t* count) {
    return guarded([&] { *count = static_cast<int32_t>(torch::cuda::device_count()); });
}

// Device -1 is the current one.
NF_API int nf_cuda_synchronize(int32_t device) {
    return guarded([&] {
        TORCH_CHECK(torch::cuda::is_available(), "there is no CUDA device, or this libtorch has no CUDA");
        torch::cuda::synchronize(device);
    });
}

// Bytes in use and in all on the current CUDA device, by all processes.
NF_API int nf_cuda_memory(int64_t* used, int64_t* total) {
    return guarded([&] {
        auto info = loaded_symbol<int (*)(size_t*, size_t*)>("cudaMemGetInfo");
        TORCH_CHECK(torch::cuda::is_available() && info, "there is no CUDA device, or this libtorch has no CUDA");
        size_t free_bytes = 0, all_bytes = 0;
        const int code = info(&free_bytes, &all_bytes);
        TORCH_CHECK(code == 0, "cudaMemGetInfo returned ", code);
        *used = static_cast<int64_t>(all_bytes - free_bytes);
        *total = static_cast<int64_t>(all_bytes);
    });
}

// Gives free heap pages back to the system; 1 if there were any.
NF_API int32_t nf_trim_host_memory() { return malloc_trim(0); }
