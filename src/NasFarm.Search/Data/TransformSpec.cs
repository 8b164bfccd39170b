namespace NasFarm.Search.Data;

/// <summary>How an image gets another size.</summary>
public enum ResizeRule
{
    /// <summary>32 from 28: two black pixels on each side. 16: to 32 that way, then the mean of each 2×2 (spec/retraining-and-data.md §10).</summary>
    Pad,

    /// <summary>Bilinear interpolation with 8-bit rounding after each axis, as image loaders do (SGAS-es EMNIST: 28 to 32, §3).</summary>
    Bilinear,
}

/// <summary>Ranges of a random affine map about the image's centre; nearest neighbour, outside is black.</summary>
/// <param name="Degrees">Rotation in ±degrees.</param>
/// <param name="Translate">Shift in ± this share of the side, rounded to whole pixels.</param>
/// <param name="ScaleLow">Smallest scale.</param>
/// <param name="ScaleHigh">Largest scale.</param>
/// <param name="ShearDegrees">Horizontal shear in ±degrees.</param>
public sealed record AffineRange(double Degrees, double Translate, double ScaleLow, double ScaleHigh, double ShearDegrees)
{
    /// <summary>SGAS-es on EMNIST: ±30°, ±10 %, .8–1.2, ±30° (spec/retraining-and-data.md §3).</summary>
    public static AffineRange SgasEsEmnist { get; } = new(30, .1, .8, 1.2, 30);
}

/// <summary>Squares cut out of images; the default value cuts none.</summary>
/// <param name="Side">Side in pixels.</param>
/// <param name="Probability">Share of the images that are cut.</param>
public readonly record struct Cutout(int Side, double Probability);

/// <summary>What happens to every image, in this order: resize, affine, crop, flip, normalise, cut-out. Lengths in pixels.</summary>
public sealed record TransformSpec
{
    /// <summary>Per-channel mean of pixels scaled to [0, 1].</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>Per-channel standard deviation, likewise.</summary>
    public required IReadOnlyList<double> StandardDeviation { get; init; }

    /// <summary>Side after resizing; null: native.</summary>
    public int? ImageSize { get; init; }

    /// <summary>How to resize.</summary>
    public ResizeRule Resize { get; init; } = ResizeRule.Pad;

    /// <summary>Random affine map; null: none.</summary>
    public AffineRange? Affine { get; init; }

    /// <summary>Zero padding on each side before the random crop; null: no crop.</summary>
    public int? CropPad { get; init; }

    /// <summary>Side of the random crop; null: the side before padding. SGAS-es crops 32 from 28 + 2·4.</summary>
    public int? CropSize { get; init; }

    /// <summary>Horizontal flip with probability ½.</summary>
    public bool Flip { get; init; }

    /// <summary>Side of the square set to 0 after normalisation, centre uniform over the pixels, clipped at the borders; 0: none.</summary>
    public int Cutout { get; init; }

    /// <summary>Share of the images that <see cref="Cutout"/> cuts; drawn for each.</summary>
    public double CutoutProbability { get; init; } = 1;

    /// <summary>No augmentation: what tests see.</summary>
    public static TransformSpec Plain(DataSetDefinition set, int? imageSize = null) =>
        new() { Mean = set.Mean, StandardDeviation = set.StandardDeviation, ImageSize = imageSize };

    /// <summary>Zero-pad 4, crop back, flip: the training transform of the DARTS family (spec/retraining-and-data.md §1).</summary>
    public static TransformSpec Training(DataSetDefinition set, int? imageSize = null, int cutout = 0) =>
        Plain(set, imageSize) with { CropPad = 4, Flip = true, Cutout = cutout };

    /// <summary>Side lengths of the image the network sees. Throws <see cref="ArgumentException"/> on a size that no rule makes.</summary>
    public (int Height, int Width) OutputSize(int height, int width)
    {
        var (resizedHeight, resizedWidth) = ResizedSize(height, width);
        if (CropPad is not { } pad)
            return CropSize is null
                ? (resizedHeight, resizedWidth)
                : throw new ArgumentException($"cropSize is {CropSize} without cropPad; give cropPad 0 to crop without padding.");
        var cropped = (Height: CropSize ?? resizedHeight, Width: CropSize ?? resizedWidth);
        return pad >= 0 && cropped is { Height: > 0, Width: > 0 } && cropped.Height <= resizedHeight + 2 * pad && cropped.Width <= resizedWidth + 2 * pad
            ? cropped
            : throw new ArgumentException($"A crop of {cropped.Height}×{cropped.Width} does not fit into {resizedHeight}×{resizedWidth} padded by {pad}.");
    }

    internal (int Height, int Width) ResizedSize(int height, int width) => (ImageSize, Resize, height, width) switch
    {
        (null, _, _, _) => (height, width),
        ({ } side, _, _, _) when side == height && side == width => (side, side),
        (32, ResizeRule.Pad, 28, 28) => (32, 32),
        (16, ResizeRule.Pad, 28 or 32, 28 or 32) when height == width => (16, 16),
        ({ } side and > 0 and <= 256, ResizeRule.Bilinear, _, _) when side >= height && side >= width => (side, side),
        _ => throw new ArgumentException(
            $"No rule makes {ImageSize}×{ImageSize} from {height}×{width} ({Resize}). Legal are: native size; 32 from 28 (padded by 2); "
            + "16 from 28 or 32 (padded to 32, then averaged 2×2); with the bilinear rule any side from the native one up to 256."),
    };
}
