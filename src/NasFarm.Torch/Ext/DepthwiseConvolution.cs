using TorchSharp;

namespace NasFarm.Torch.Ext;

/// <summary>Convolutions with one filter a channel.</summary>
public static class DepthwiseConvolution
{
    /// <summary>[B, C, H, W] → [B, C, H', W'], as <c>conv2d</c> with as many groups as channels, up to rounding. Filters of 3×3 and 5×5 with
    /// stride 1 or 2 on the CPU take loops of our own, whose bits depend neither on the number of threads nor on the instruction set;
    /// everything else is libtorch's.</summary>
    /// <param name="input">[B, C, H, W].</param>
    /// <param name="weight">[C, 1, k, k].</param>
    /// <param name="stride">In both directions, as <paramref name="padding"/> and <paramref name="dilation"/>.</param>
    /// <param name="padding">Zeros around the input.</param>
    /// <param name="dilation">Distance of the filter's points.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Shapes do not match.</exception>
    public static torch.Tensor Conv2d(torch.Tensor input, torch.Tensor weight, long stride, long padding, long dilation)
    {
        Interop.Library.Check(ExtOps.nf_depthwise_conv2d(input, weight, stride, padding, dilation, out var result));
        return result;
    }
}
