// A convolution whose weights are constants: a linear map of its input that can be differentiated any number of times.
//
// libtorch's second derivative of a convolution also computes the term of the weights, asked for or not, and group by group for
// depthwise kernels. A Hessian with respect to architecture logits needs none of it.
#include "depthwise.h"

#include <torch/csrc/autograd/custom_function.h>

using namespace nf;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

struct Shape {
    std::vector<int64_t> stride, padding, dilation;
    int64_t groups;

    void save(AutogradContext* ctx) const {
        ctx->saved_data["stride"] = stride;
        ctx->saved_data["padding"] = padding;
        ctx->saved_data["dilation"] = dilation;
        ctx->saved_data["groups"] = groups;
    }

    Depthwise depthwise(const at::Tensor& weight) const { return {weight.size(2), stride[0], padding[0], dilation[0]}; }

    static Shape of(AutogradContext* ctx) {
        return {ctx->saved_data["stride"].toIntVector(), ctx->saved_data["padding"].toIntVector(), ctx->saved_data["dilation"].toIntVector(),
                ctx->saved_data["groups"].toInt()};
    }
};

at::Tensor transposed(const at::Tensor& gradient, const at::Tensor& weight, const Shape& shape, const std::vector<int64_t>& input_sizes);

// x -> W x
struct Convolve : torch::autograd::Function<Convolve> {
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& input, const at::Tensor& weight, const optional<at::Tensor>& bias,
                              const Shape& shape) {
        ctx->saved_data["weight"] = weight.detach();
        ctx->saved_data["sizes"] = input.sizes().vec();
        shape.save(ctx);
        if (!bias && depthwise_fits(input, weight, shape.stride, shape.padding, shape.dilation, shape.groups))
            return depthwise_forward(input, weight, shape.depthwise(weight));
        return at::conv2d(input, weight, bias, shape.stride, shape.padding, shape.dilation, shape.groups);
    }

    static variable_list backward(AutogradContext* ctx, variable_list gradients) {
        variable_list result(4);
        if (gradients[0].defined())
            result[0] = transposed(gradients[0], ctx->saved_data["weight"].toTensor(), Shape::of(ctx), ctx->saved_data["sizes"].toIntVector());
        return result;
    }
};

// y -> Wᵀ y
struct Transpose : torch::autograd::Function<Transpose> {
    static at::Tensor forward(AutogradContext* ctx, const at::Tensor& gradient, const at::Tensor& weight, const Shape& shape,
                              const std::vector<int64_t>& input_sizes) {
        ctx->saved_data["weight"] = weight;
        shape.save(ctx);
        // Of the input only the sizes are read.
        const at::Tensor input = at::empty(input_sizes, gradient.options());
        if (depthwise_fits(input, weight, shape.stride, shape.padding, shape.dilation, shape.groups))
            return depthwise_input_gradient(gradient, weight, shape.depthwise(weight), input_sizes);
        return std::get<0>(at::convolution_backward(gradient, input, weight, nullopt, shape.stride, shape.padding, shape.dilation,
                                                    /*transposed=*/false, /*output_padding=*/{0, 0}, shape.groups, {true, false, false}));
    }

    static variable_list backward(AutogradContext* ctx, variable_list gradients) {
        variable_list result(4);
        if (gradients[0].defined())
            result[0] = Convolve::apply(gradients[0], ctx->saved_data["weight"].toTensor(), optional<at::Tensor>(), Shape::of(ctx));
        return result;
    }
};

at::Tensor transposed(const at::Tensor& gradient, const at::Tensor& weight, const Shape& shape, const std::vector<int64_t>& input_sizes) {
    return Transpose::apply(gradient, weight, shape, input_sizes);
}

}  // namespace

NF_API int nf_frozen_conv2d(Handle input, Handle weight, Handle bias, const int64_t* stride, const int64_t* padding, const int64_t* dilation,
                            int64_t groups, Handle* result) {
    return giving(result, [&] {
        const Shape shape{{stride, stride + 2}, {padding, padding + 2}, {dilation, dilation + 2}, groups};
        return Convolve::apply(*input, weight->detach(), bias ? optional<at::Tensor>(bias->detach()) : optional<at::Tensor>(), shape);
    });
}
