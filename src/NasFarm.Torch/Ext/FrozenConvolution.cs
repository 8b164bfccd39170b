using TorchSharp;

namespace NasFarm.Torch.Ext;

/// <summary>Convolutions whose weights are constants, for derivatives of any order with respect to other things.</summary>
public static class FrozenConvolution
{
    /// <summary>[B, C_in, H, W] → [B, C_out, H', W'], as <c>conv2d</c> up to rounding; no gradient reaches weight and bias. The second
    /// derivative costs one convolution, where libtorch's own spends several on a term of the weights that nobody asked for.</summary>
    /// <param name="input">[B, C_in, H, W].</param>
    /// <param name="weight">[C_out, C_in/groups, k, k].</param>
    /// <param name="bias">[C_out].</param>
    /// <param name="stride">Two numbers, as <paramref name="padding"/> and <paramref name="dilation"/>.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="dilation">Distance of the kernel's points.</param>
    /// <param name="groups">Blocks of channels.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Shapes do not match.</exception>
    public static torch.Tensor Conv2d(torch.Tensor input, torch.Tensor weight, torch.Tensor? bias,
        ReadOnlySpan<long> stride, ReadOnlySpan<long> padding, ReadOnlySpan<long> dilation, long groups)
    {
        Interop.Library.Check(ExtOps.nf_frozen_conv2d(input, weight, bias, stride, padding, dilation, groups, out var result));
        return result;
    }
}
