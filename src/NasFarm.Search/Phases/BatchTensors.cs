using NasFarm.Search.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace NasFarm.Search.Phases;

/// <summary>Images [B, C, H, W] and labels [B] on the device.</summary>
public readonly record struct Batch(Tensor Images, Tensor Labels) : IDisposable
{
    /// <summary>Number of images.</summary>
    public long Count => Labels.shape[0];

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}

/// <summary>Turns image indices into tensors under one transform.</summary>
public sealed class BatchTensors(ImageSet images, TransformSpec transform, Device device)
{
    private readonly ImagePipeline pipeline = new(images, transform);

    /// <summary>A batch under the augmentation of a trained epoch. The tensors belong to the current dispose scope.</summary>
    /// <param name="indices">Images of the set.</param>
    /// <param name="seed">Data-order seed.</param>
    /// <param name="trained">Trained epoch.</param>
    /// <param name="visit">Tells apart visits to one image in one epoch.</param>
    public Batch Make(ReadOnlySpan<int> indices, long seed, long trained, int visit = 0)
    {
        var pixels = new float[indices.Length * pipeline.ImageFloats];
        var labels = new long[indices.Length];
        pipeline.Fill(indices, seed, trained, pixels, labels, visit);
        var x = tensor(pixels, [indices.Length, images.Channels, pipeline.OutputHeight, pipeline.OutputWidth]);
        var y = tensor(labels);
        return device.type == DeviceType.CPU ? new(x, y) : new(x.to(device), y.to(device));
    }
}
