using TorchSharp;

namespace NasFarm.Torch.Ext;

/// <summary>Average pooling as cells have it.</summary>
public static class AveragePooling
{
    /// <summary>[B, C, H, W] → [B, C, ⌈H / stride⌉, ⌈W / stride⌉]: <c>avg_pool2d</c> over 3×3 with padding 1 that is not counted, bit for bit.
    /// With stride 1 on the CPU it takes a loop of our own.</summary>
    /// <param name="input">[B, C, H, W].</param>
    /// <param name="stride">In both directions.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The input has other dimensions.</exception>
    public static torch.Tensor Pool3x3(torch.Tensor input, long stride)
    {
        Interop.Library.Check(ExtOps.nf_avg_pool3x3(input, stride, out var result));
        return result;
    }
}
