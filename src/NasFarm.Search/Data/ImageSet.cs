using NasFarm.Catalog.Data;

namespace NasFarm.Search.Data;

/// <summary>Labelled images of one size: bytes as the publisher wrote them, before any normalisation.</summary>
public sealed class ImageSet
{
    /// <summary>Wraps arrays without copying. Throws <see cref="ArgumentException"/> when lengths and sizes disagree.</summary>
    public ImageSet(int channels, int height, int width, int classes, byte[] pixels, byte[] labels)
    {
        if (pixels.LongLength != (long)labels.Length * channels * height * width)
            throw new ArgumentException($"{labels.Length} images of {channels}×{height}×{width} take {(long)labels.Length * channels * height * width} bytes, not {pixels.Length}.");
        (Channels, Height, Width, Classes, Pixels, Labels) = (channels, height, width, classes, pixels, labels);
    }

    /// <summary>Colour channels.</summary>
    public int Channels { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Labels lie in [0, Classes).</summary>
    public int Classes { get; }

    /// <summary>[Count, Channels, Height, Width], row-major.</summary>
    public byte[] Pixels { get; }

    /// <summary>[Count].</summary>
    public byte[] Labels { get; }

    /// <summary>Number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The bytes of one image, [Channels, Height, Width].</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(checked(index * ImageBytes), ImageBytes);

    /// <summary>Bytes of one image.</summary>
    public int ImageBytes => Channels * Height * Width;
}

/// <summary>A data set in memory.</summary>
/// <param name="Info">What the catalog says of it, content hash included.</param>
/// <param name="Train">Training images.</param>
/// <param name="Test">Test images.</param>
public sealed record LoadedDataSet(DataSetInfo Info, ImageSet Train, ImageSet Test);
