// The layers of a convolutional network as functions.
#include "abi.h"

using namespace nf;

NF_API int nf_conv2d(Handle input, Handle weight, Handle bias, const int64_t* stride, int64_t stride_count, const int64_t* padding,
                     int64_t padding_count, const int64_t* dilation, int64_t dilation_count, int64_t groups, Handle* result) {
    return giving(result, [&] {
        return at::conv2d(*input, *weight, maybe(bias), dims(stride, stride_count), dims(padding, padding_count),
                          dims(dilation, dilation_count), groups);
    });
}

NF_API int nf_batch_norm(Handle input, Handle running_mean, Handle running_var, Handle weight, Handle bias, int32_t training,
                         double momentum, double eps, Handle* result) {
    return giving(result, [&] {
        return at::batch_norm(*input, maybe(weight), maybe(bias), maybe(running_mean), maybe(running_var), training != 0, momentum, eps,
                              at::globalContext().userEnabledCuDNN());
    });
}

NF_API int nf_linear(Handle input, Handle weight, Handle bias, Handle* result) {
    return giving(result, [&] { return at::linear(*input, *weight, maybe(bias)); });
}

NF_API int nf_max_pool2d(Handle input, const int64_t* kernel, const int64_t* stride, const int64_t* padding, const int64_t* dilation,
                         int32_t ceil_mode, Handle* result) {
    return giving(result, [&] {
        return at::max_pool2d(*input, dims(kernel, 2), dims(stride, 2), dims(padding, 2), dims(dilation, 2), ceil_mode != 0);
    });
}

NF_API int nf_avg_pool2d(Handle input, const int64_t* kernel, const int64_t* stride, const int64_t* padding, int32_t ceil_mode,
                         int32_t count_include_pad, int64_t divisor_override, Handle* result) {
    return giving(result, [&] {
        auto divisor = divisor_override == 0 ? optional<int64_t>() : optional<int64_t>(divisor_override);
        return at::avg_pool2d(*input, dims(kernel, 2), dims(stride, 2), dims(padding, 2), ceil_mode != 0, count_include_pad != 0, divisor);
    });
}

NF_API int nf_adaptive_avg_pool2d(Handle input, const int64_t* size, Handle* result) {
    return giving(result, [&] { return at::adaptive_avg_pool2d(*input, dims(size, 2)); });
}

NF_API int nf_cross_entropy(Handle input, Handle target, Handle weight, int64_t ignore_index, int64_t reduction, double label_smoothing,
                            Handle* result) {
    return giving(result, [&] { return at::cross_entropy_loss(*input, *target, maybe(weight), reduction, ignore_index, label_smoothing); });
}

NF_API int nf_nll_loss(Handle input, Handle target, Handle weight, int64_t reduction, Handle* result) {
    return giving(result, [&] { return at::nll_loss_nd(*input, *target, maybe(weight), reduction); });
}

NF_API int nf_pad(Handle input, const int64_t* pad, int64_t count, int32_t mode, double value, Handle* result) {
    return giving(result, [&] {
        static constexpr const char* names[] = {"constant", "reflect", "replicate", "circular", "constant"};
        TORCH_CHECK(mode >= 0 && mode <= 4, "padding mode ", mode, " is none of PaddingModes");
        const bool constant = mode == 0 || mode == 4;
        return at::pad(*input, dims(pad, count), names[mode], constant ? optional<double>(value) : optional<double>());
    });
}

NF_API int nf_one_hot(Handle input, int64_t classes, Handle* result) {
    return giving(result, [&] { return at::one_hot(*input, classes); });
}
