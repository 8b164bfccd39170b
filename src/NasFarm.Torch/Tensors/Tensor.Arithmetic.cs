namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor neg()
        {
            Ops.Check(Ops.nf_neg(this, out var result));
            return result;
        }

        public Tensor exp()
        {
            Ops.Check(Ops.nf_exp(this, out var result));
            return result;
        }

        public Tensor log()
        {
            Ops.Check(Ops.nf_log(this, out var result));
            return result;
        }

        public Tensor sqrt()
        {
            Ops.Check(Ops.nf_sqrt(this, out var result));
            return result;
        }

        public Tensor abs()
        {
            Ops.Check(Ops.nf_abs(this, out var result));
            return result;
        }

        public Tensor reciprocal()
        {
            Ops.Check(Ops.nf_reciprocal(this, out var result));
            return result;
        }

        public Tensor relu()
        {
            Ops.Check(Ops.nf_relu(this, out var result));
            return result;
        }

        public Tensor sigmoid()
        {
            Ops.Check(Ops.nf_sigmoid(this, out var result));
            return result;
        }

        public Tensor isnan()
        {
            Ops.Check(Ops.nf_isnan(this, out var result));
            return result;
        }

        public Tensor isfinite()
        {
            Ops.Check(Ops.nf_isfinite(this, out var result));
            return result;
        }

        public Tensor relu_()
        {
            Ops.Check(Ops.nf_relu_(this));
            return this;
        }

        public Tensor add(Tensor target) => add(target, 1);

        public Tensor add_(Tensor target) => add_(target, 1);

        public Tensor add(Tensor target, Scalar alpha)
        {
            Ops.Check(Ops.nf_add(this, target, alpha, out var result));
            return result;
        }

        public Tensor add_(Tensor target, Scalar alpha)
        {
            Ops.Check(Ops.nf_add_(this, target, alpha));
            return this;
        }

        public Tensor add(Scalar scalar) => add(scalar, 1);

        public Tensor add_(Scalar scalar) => add_(scalar, 1);

        public Tensor add(Scalar scalar, Scalar alpha)
        {
            Ops.Check(Ops.nf_add_scalar(this, scalar, alpha, out var result));
            return result;
        }

        public Tensor add_(Scalar scalar, Scalar alpha)
        {
            Ops.Check(Ops.nf_add_scalar_(this, scalar, alpha));
            return this;
        }

        public Tensor sub(Tensor target)
        {
            Ops.Check(Ops.nf_sub(this, target, out var result));
            return result;
        }

        public Tensor sub_(Tensor target)
        {
            Ops.Check(Ops.nf_sub_(this, target));
            return this;
        }

        public Tensor sub(Scalar target)
        {
            Ops.Check(Ops.nf_sub_scalar(this, target, out var result));
            return result;
        }

        public Tensor sub_(Scalar target)
        {
            Ops.Check(Ops.nf_sub_scalar_(this, target));
            return this;
        }

        public Tensor mul(Tensor target)
        {
            Ops.Check(Ops.nf_mul(this, target, out var result));
            return result;
        }

        public Tensor mul_(Tensor target)
        {
            Ops.Check(Ops.nf_mul_(this, target));
            return this;
        }

        public Tensor mul(Scalar target)
        {
            Ops.Check(Ops.nf_mul_scalar(this, target, out var result));
            return result;
        }

        public Tensor mul_(Scalar target)
        {
            Ops.Check(Ops.nf_mul_scalar_(this, target));
            return this;
        }

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Ops.Check(Ops.nf_div(this, target, rounding_mode, out var result));
            return result;
        }

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Ops.Check(Ops.nf_div_(this, target, rounding_mode));
            return this;
        }

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Ops.Check(Ops.nf_div_scalar(this, target, rounding_mode, out var result));
            return result;
        }

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            Ops.Check(Ops.nf_div_scalar_(this, target, rounding_mode));
            return this;
        }

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            Ops.Check(Ops.nf_addcmul_(this, tensor1, tensor2, value));
            return this;
        }

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value)
        {
            Ops.Check(Ops.nf_addcdiv_(this, tensor1, tensor2, value));
            return this;
        }

        public Tensor pow(Tensor exponent)
        {
            Ops.Check(Ops.nf_pow(this, exponent, out var result));
            return result;
        }

        public Tensor pow(Scalar exponent)
        {
            Ops.Check(Ops.nf_pow_scalar(this, exponent, out var result));
            return result;
        }

        public Tensor clamp(Scalar? min = null, Scalar? max = null)
        {
            Ops.Check(Ops.nf_clamp(this, min.GetValueOrDefault(), max.GetValueOrDefault(), out var result));
            return result;
        }

        public Tensor clamp_(Scalar? min = null, Scalar? max = null)
        {
            Ops.Check(Ops.nf_clamp_(this, min.GetValueOrDefault(), max.GetValueOrDefault()));
            return this;
        }

        public Tensor maximum(Tensor other)
        {
            Ops.Check(Ops.nf_maximum(this, other, out var result));
            return result;
        }

        public Tensor matmul(Tensor target)
        {
            Ops.Check(Ops.nf_matmul(this, target, out var result));
            return result;
        }

        public Tensor eq(Tensor target)
        {
            Ops.Check(Ops.nf_eq(this, target, out var result));
            return result;
        }

        public Tensor eq(Scalar target)
        {
            Ops.Check(Ops.nf_eq_scalar(this, target, out var result));
            return result;
        }

        public Tensor ne(Tensor target)
        {
            Ops.Check(Ops.nf_ne(this, target, out var result));
            return result;
        }

        public Tensor ne(Scalar target)
        {
            Ops.Check(Ops.nf_ne_scalar(this, target, out var result));
            return result;
        }

        public Tensor gt(Tensor target)
        {
            Ops.Check(Ops.nf_gt(this, target, out var result));
            return result;
        }

        public Tensor gt(Scalar target)
        {
            Ops.Check(Ops.nf_gt_scalar(this, target, out var result));
            return result;
        }

        public Tensor ge(Tensor target)
        {
            Ops.Check(Ops.nf_ge(this, target, out var result));
            return result;
        }

        public Tensor ge(Scalar target)
        {
            Ops.Check(Ops.nf_ge_scalar(this, target, out var result));
            return result;
        }

        public Tensor lt(Tensor target)
        {
            Ops.Check(Ops.nf_lt(this, target, out var result));
            return result;
        }

        public Tensor lt(Scalar target)
        {
            Ops.Check(Ops.nf_lt_scalar(this, target, out var result));
            return result;
        }

        public Tensor le(Tensor target)
        {
            Ops.Check(Ops.nf_le(this, target, out var result));
            return result;
        }

        public Tensor le(Scalar target)
        {
            Ops.Check(Ops.nf_le_scalar(this, target, out var result));
            return result;
        }

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            Ops.Check(Ops.nf_allclose(this, target, rtol, atol, equal_nan ? 1 : 0, out var result));
            return result != 0;
        }

        public Tensor masked_fill(Tensor mask, Scalar value)
        {
            Ops.Check(Ops.nf_masked_fill(this, mask, value, out var result));
            return result;
        }

        public Tensor fill_(Scalar value)
        {
            Ops.Check(Ops.nf_fill_(this, value));
            return this;
        }

        public Tensor zero_()
        {
            Ops.Check(Ops.nf_zero_(this));
            return this;
        }

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        public static Tensor operator -(Scalar left, Tensor right)
        {
            using var negative = right.neg();
            return negative.add(left);
        }

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        public static Tensor operator /(Scalar left, Tensor right)
        {
            using var inverse = right.reciprocal();
            return inverse.mul(left);
        }

        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);
    }
}
