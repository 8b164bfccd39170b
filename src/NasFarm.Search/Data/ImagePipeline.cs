using NasFarm.Search.Randomness;

namespace NasFarm.Search.Data;

/// <summary>Turns images into the floats a network sees. Every random choice is a function of (data-order seed, trained epoch, visit,
/// image index), so neither batch size nor slot nor restart changes an image. Not thread-safe: one pipeline per thread.</summary>
public sealed class ImagePipeline
{
    private readonly ImageSet set;
    private readonly TransformSpec transform;
    private readonly Resizing resizing;
    private readonly float[][] normalised; // per channel: level → float
    private readonly ushort[] planes, mapped;
    private readonly int height, width;

    /// <summary>Checks sizes and builds the look-up tables. Throws <see cref="ArgumentException"/> on sizes that no rule makes or on
    /// constants that do not fit the channels.</summary>
    public ImagePipeline(ImageSet set, TransformSpec transform)
    {
        if (transform.Mean.Count != set.Channels || transform.StandardDeviation.Count != set.Channels || transform.StandardDeviation.Any(s => s <= 0))
            throw new ArgumentException(
                $"Normalisation has {transform.Mean.Count} means and {transform.StandardDeviation.Count} standard deviations; "
                + $"images have {set.Channels} channels, and a standard deviation is above 0.");
        (this.set, this.transform) = (set, transform);
        (OutputHeight, OutputWidth) = transform.OutputSize(set.Height, set.Width);
        resizing = new(transform, set.Height, set.Width);
        (height, width) = (resizing.Height, resizing.Width);
        (planes, mapped) = (new ushort[set.Channels * height * width], new ushort[transform.Affine is null ? 0 : height * width]);
        normalised = [.. Enumerable.Range(0, set.Channels).Select(channel => Table(transform, channel, resizing.Levels))];
    }

    /// <summary>Height of the images made.</summary>
    public int OutputHeight { get; }

    /// <summary>Width of the images made.</summary>
    public int OutputWidth { get; }

    /// <summary>Floats of one image made.</summary>
    public int ImageFloats => set.Channels * OutputHeight * OutputWidth;

    /// <summary>Makes one batch.</summary>
    /// <param name="indices">Images of the set, N of them.</param>
    /// <param name="dataOrderSeed">Data-order seed.</param>
    /// <param name="trainedEpoch">Counter of trained epochs; never rewinds.</param>
    /// <param name="destination">Receives [N, channels, OutputHeight, OutputWidth]; at least N · <see cref="ImageFloats"/> long.</param>
    /// <param name="labels">Receives [N].</param>
    /// <param name="visit">Tells apart visits to one image in one epoch: the step for batches drawn anew at every step, else 0.</param>
    public void Fill(ReadOnlySpan<int> indices, long dataOrderSeed, long trainedEpoch, Span<float> destination, Span<long> labels, int visit = 0)
    {
        if (destination.Length < indices.Length * ImageFloats || labels.Length < indices.Length)
            throw new ArgumentException(
                $"{indices.Length} images take {indices.Length * ImageFloats} floats and {indices.Length} labels; there is room for {destination.Length} and {labels.Length}.");
        var augmentation = new RandomStream(dataOrderSeed, StreamNames.Augmentation, trainedEpoch, part: visit == 0 ? null : $"visit-{visit}");
        for (var i = 0; i < indices.Length; i++)
        {
            labels[i] = set.Labels[indices[i]];
            Image(set.Image(indices[i]), augmentation.Item((uint)indices[i]), destination.Slice(i * ImageFloats, ImageFloats));
        }
    }

    private void Image(ReadOnlySpan<byte> source, RandomStream random, Span<float> target)
    {
        // 1. resize
        var (sourceArea, area) = (set.Height * set.Width, height * width);
        for (var channel = 0; channel < set.Channels; channel++)
            resizing.Plane(source.Slice(channel * sourceArea, sourceArea), planes.AsSpan(channel * area, area));

        // 2. affine map, one for all channels
        if (transform.Affine is { } range)
        {
            var map = AffineMap.Draw(random, range, height, width);
            for (var channel = 0; channel < set.Channels; channel++)
            {
                var plane = planes.AsSpan(channel * area, area);
                map.Apply(plane, mapped, height, width);
                mapped.CopyTo(plane);
            }
        }

        // 3. crop and flip: where the window lies over the padded image
        int top = 0, left = 0;
        if (transform.CropPad is { } pad)
        {
            top = random.NextInt(height + 2 * pad - OutputHeight + 1) - pad;
            left = random.NextInt(width + 2 * pad - OutputWidth + 1) - pad;
        }

        var flip = transform.Flip && random.NextBernoulli(.5);

        // 4. copy the window through the normalisation tables
        var outputArea = OutputHeight * OutputWidth;
        for (var channel = 0; channel < set.Channels; channel++)
            Window(planes.AsSpan(channel * area, area), target.Slice(channel * outputArea, outputArea), normalised[channel], top, left, flip);

        // 5. cut-out
        if (transform.Cutout > 0 && (transform.CutoutProbability >= 1 || random.NextBernoulli(transform.CutoutProbability)))
            Cut(target, random.NextInt(OutputHeight), random.NextInt(OutputWidth));
    }

    private void Window(ReadOnlySpan<ushort> plane, Span<float> target, float[] table, int top, int left, bool flip)
    {
        var black = table[0];
        var (firstX, endX) = (Math.Max(0, -left), Math.Min(OutputWidth, width - left)); // columns that lie inside the image
        for (var y = 0; y < OutputHeight; y++)
        {
            var row = target.Slice(y * OutputWidth, OutputWidth);
            if (y + top < 0 || y + top >= height || firstX >= endX)
            {
                row.Fill(black);
                continue;
            }

            row[..firstX].Fill(black);
            row[endX..].Fill(black);
            var from = plane.Slice((y + top) * width + left + firstX, endX - firstX);
            var to = row[firstX..endX];
            for (var x = 0; x < from.Length; x++)
                to[x] = table[from[x]];
            if (flip)
                row.Reverse();
        }
    }

    /// <summary>Zeroes the square around a centre, from centre − side/2 to centre + side/2, clipped (spec/retraining-and-data.md §1.3).</summary>
    private void Cut(Span<float> image, int centreY, int centreX)
    {
        var reach = transform.Cutout / 2;
        var (top, bottom) = (Math.Max(0, centreY - reach), Math.Min(OutputHeight, centreY + reach));
        var (left, right) = (Math.Max(0, centreX - reach), Math.Min(OutputWidth, centreX + reach));
        for (var row = 0; row < set.Channels * OutputHeight; row++)
            if (row % OutputHeight >= top && row % OutputHeight < bottom)
                image[(row * OutputWidth + left)..(row * OutputWidth + right)].Clear();
    }

    /// <summary>(level / levels − mean) / deviation in single precision, as image loaders compute it.</summary>
    private static float[] Table(TransformSpec transform, int channel, int levels) =>
        [.. Enumerable.Range(0, levels + 1).Select(level => ((float)level / levels - (float)transform.Mean[channel]) / (float)transform.StandardDeviation[channel])];
}
