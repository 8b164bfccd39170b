namespace NasFarm.Farm.Slots;

/// <summary>A GPU that a slot drives.</summary>
/// <param name="Id">Index or UUID, as <c>CUDA_VISIBLE_DEVICES</c> takes it.</param>
/// <param name="Model">Its name, e.g. <c>NVIDIA A100-SXM4-40GB</c>; null: not told.</param>
/// <param name="MemoryBytes">Its own memory; null: not told.</param>
public sealed record GpuDevice(string Id, string? Model = null, long? MemoryBytes = null);
