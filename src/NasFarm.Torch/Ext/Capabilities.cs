namespace NasFarm.Torch.Ext;

/// <summary>What the compiled tensor backend can and cannot do. A null sentence: it can.</summary>
/// <param name="Backend"><c>NasFarm.Torch</c> or <c>TorchSharp</c>, as in the numerics fingerprint.</param>
/// <param name="NoLiveHandleCount">Why <see cref="LiveTensors"/> counts nothing.</param>
/// <param name="NoSafeTensorErrors">Why an error inside the backend may end the process.</param>
public sealed record Capabilities(string Backend, string? NoLiveHandleCount, string? NoSafeTensorErrors)
{
#if TORCHSHARP_PACKAGE
    public static Capabilities Current { get; } = new(
        "TorchSharp",
        "the TorchSharp package owns its handles; native handles and bytes are not counted",
        "TorchSharp's autograd.grad and set_rng_state end the process on a libtorch error; NasFarm.Torch.Ext.Gradients does not");
#else
    public static Capabilities Current { get; } = new("NasFarm.Torch", null, null);
#endif
}

/// <summary>Tensors that this process's managed code holds. Flat over steps, or there is a leak.</summary>
public static class LiveTensors
{
    /// <summary>Native handles alive; null where <see cref="Capabilities.NoLiveHandleCount"/> says why.</summary>
    public static long? Handles => Capabilities.Current.NoLiveHandleCount is null ? ExtOps.nf_live_handles() : null;

    /// <summary>Bytes that those handles address. A view counts its own elements, so shared memory counts more than once.</summary>
    public static long? Bytes => Capabilities.Current.NoLiveHandleCount is null ? ExtOps.nf_live_bytes() : null;
}
