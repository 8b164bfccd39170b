// Element by element, and matrix products.
#include "abi.h"

using namespace nf;

#define NF_UNARY(name, expression) \
    NF_API int nf_##name(Handle self, Handle* result) { return giving(result, [&] { return expression; }); }

NF_UNARY(neg, self->neg())
NF_UNARY(exp, self->exp())
NF_UNARY(log, self->log())
NF_UNARY(sqrt, self->sqrt())
NF_UNARY(abs, self->abs())
NF_UNARY(reciprocal, self->reciprocal())
NF_UNARY(relu, self->relu())
NF_UNARY(sigmoid, self->sigmoid())
NF_UNARY(isnan, at::isnan(*self))
NF_UNARY(isfinite, at::isfinite(*self))

NF_API int nf_relu_(Handle self) {
    return guarded([&] { self->relu_(); });
}

// One function per operator and kind of right operand, with its in-place form.
#define NF_BINARY(name)                                                                                         \
    NF_API int nf_##name(Handle self, Handle other, Handle* result) { return giving(result, [&] { return self->name(*other); }); }        \
    NF_API int nf_##name##_scalar(Handle self, Number other, Handle* result) {                                                            \
        return giving(result, [&] { return self->name(other.scalar()); });                                                                \
    }                                                                                                                                     \
    NF_API int nf_##name##_(Handle self, Handle other) { return guarded([&] { self->name##_(*other); }); }                                \
    NF_API int nf_##name##_scalar_(Handle self, Number other) { return guarded([&] { self->name##_(other.scalar()); }); }

NF_BINARY(sub)
NF_BINARY(mul)

NF_API int nf_add(Handle self, Handle other, Number alpha, Handle* result) {
    return giving(result, [&] { return self->add(*other, alpha.scalar()); });
}

NF_API int nf_add_scalar(Handle self, Number other, Number alpha, Handle* result) {
    return giving(result, [&] { return self->add(other.scalar(), alpha.scalar()); });
}

NF_API int nf_add_(Handle self, Handle other, Number alpha) {
    return guarded([&] { self->add_(*other, alpha.scalar()); });
}

NF_API int nf_add_scalar_(Handle self, Number other, Number alpha) {
    return guarded([&] { self->add_(other.scalar(), alpha.scalar()); });
}

namespace {

optional<c10::string_view> rounding(int32_t mode) {
    if (mode == 1) return c10::string_view("trunc");
    if (mode == 2) return c10::string_view("floor");
    return nullopt;
}

}  // namespace

NF_API int nf_div(Handle self, Handle other, int32_t mode, Handle* result) {
    return giving(result, [&] { return self->div(*other, rounding(mode)); });
}

NF_API int nf_div_scalar(Handle self, Number other, int32_t mode, Handle* result) {
    return giving(result, [&] { return self->div(other.scalar(), rounding(mode)); });
}

NF_API int nf_div_(Handle self, Handle other, int32_t mode) {
    return guarded([&] { self->div_(*other, rounding(mode)); });
}

NF_API int nf_div_scalar_(Handle self, Number other, int32_t mode) {
    return guarded([&] { self->div_(other.scalar(), rounding(mode)); });
}

NF_API int nf_addcmul_(Handle self, Handle first, Handle second, Number value) {
    return guarded([&] { self->addcmul_(*first, *second, value.scalar()); });
}

NF_API int nf_addcdiv_(Handle self, Handle first, Handle second, Number value) {
    return guarded([&] { self->addcdiv_(*first, *second, value.scalar()); });
}

NF_API int nf_pow(Handle self, Handle exponent, Handle* result) {
    return giving(result, [&] { return self->pow(*exponent); });
}

NF_API int nf_pow_scalar(Handle self, Number exponent, Handle* result) {
    return giving(result, [&] { return self->pow(exponent.scalar()); });
}

NF_API int nf_clamp(Handle self, Number min, Number max, Handle* result) {
    return giving(result, [&] { return self->clamp(min.optional_scalar(), max.optional_scalar()); });
}

NF_API int nf_clamp_(Handle self, Number min, Number max) {
    return guarded([&] { self->clamp_(min.optional_scalar(), max.optional_scalar()); });
}

NF_API int nf_maximum(Handle self, Handle other, Handle* result) {
    return giving(result, [&] { return at::maximum(*self, *other); });
}

NF_API int nf_matmul(Handle self, Handle other, Handle* result) {
    return giving(result, [&] { return self->matmul(*other); });
}

#define NF_COMPARISON(name)                                                                                                        \
    NF_API int nf_##name(Handle self, Handle other, Handle* result) { return giving(result, [&] { return self->name(*other); }); } \
    NF_API int nf_##name##_scalar(Handle self, Number other, Handle* result) {                                                     \
        return giving(result, [&] { return self->name(other.scalar()); });                                                         \
    }

NF_COMPARISON(eq)
NF_COMPARISON(ne)
NF_COMPARISON(gt)
NF_COMPARISON(ge)
NF_COMPARISON(lt)
NF_COMPARISON(le)

NF_API int nf_allclose(Handle self, Handle other, double rtol, double atol, int32_t equal_nan, int32_t* result) {
    return guarded([&] { *result = self->allclose(*other, rtol, atol, equal_nan != 0); });
}

NF_API int nf_masked_fill(Handle self, Handle mask, Number value, Handle* result) {
    return giving(result, [&] { return self->masked_fill(*mask, value.scalar()); });
}
