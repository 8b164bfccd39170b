using System.Security.Cryptography;
using NasFarm.Search.Data;

namespace NasFarm.Search.Tests.Data;

public class ImagePipelineTests
{
    /// <summary>Normalisation that leaves the byte value: (v/255 − 0)/(1/255).</summary>
    private static TransformSpec AsBytes(int channels = 1) =>
        new() { Mean = new double[channels], StandardDeviation = [.. Enumerable.Repeat(1 / 255.0, channels)] };

    /// <summary>Images whose pixel at (channel, y, x) is 1 + its place, so that padding (0) cannot be mistaken.</summary>
    private static ImageSet Numbered(int count, int channels, int side) =>
        new(channels, side, side, 10, [.. Enumerable.Range(0, count * channels * side * side).Select(i => (byte)(1 + i % 250))], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]);

    private static int[] Make(ImageSet set, TransformSpec transform, ReadOnlySpan<int> indices, long seed = 1, long epoch = 0, int visit = 0) =>
        [.. MakeFloats(set, transform, indices, seed, epoch, visit).Select(f => (int)MathF.Round(f))];

    private static float[] MakeFloats(ImageSet set, TransformSpec transform, ReadOnlySpan<int> indices, long seed = 1, long epoch = 0, int visit = 0)
    {
        var pipeline = new ImagePipeline(set, transform);
        var (floats, labels) = (new float[indices.Length * pipeline.ImageFloats], new long[indices.Length]);
        pipeline.Fill(indices, seed, epoch, floats, labels, visit);
        return floats;
    }

    [Fact]
    public void Plain_images_are_normalised_per_channel_in_single_precision()
    {
        var set = new ImageSet(2, 1, 2, 10, [0, 255, 51, 102], [3]);
        var spec = new TransformSpec { Mean = [.5, .2], StandardDeviation = [.25, .4] };
        Assert.Equal([-2f, 2f, (51f / 255 - .2f) / .4f, (102f / 255 - .2f) / .4f], MakeFloats(set, spec, [0]));
    }

    [Fact]
    public void Labels_and_images_follow_the_indices()
    {
        var set = Numbered(5, 1, 4);
        var pipeline = new ImagePipeline(set, AsBytes());
        var (floats, labels) = (new float[3 * 16], new long[3]);
        pipeline.Fill([4, 0, 2], 1, 0, floats, labels);
        Assert.Equal([4, 0, 2], labels);
        Assert.Equal([65, 1, 33], new[] { floats[0], floats[16], floats[32] }.Select(f => (int)MathF.Round(f)));
    }

    [Fact]
    public void Twenty_eight_is_padded_by_two_to_thirty_two()
    {
        var set = Numbered(1, 1, 28);
        var image = Make(set, AsBytes() with { ImageSize = 32 }, [0]);
        for (var y = 0; y < 32; y++)
            for (var x = 0; x < 32; x++)
                Assert.Equal(y is >= 2 and < 30 && x is >= 2 and < 30 ? set.Pixels[(y - 2) * 28 + x - 2] : 0, image[y * 32 + x]);
    }

    [Theory]
    [InlineData(28, 2)]
    [InlineData(32, 0)]
    public void Sixteen_is_the_mean_of_two_by_two_after_padding(int side, int pad)
    {
        var set = Numbered(1, 1, side);
        var image = MakeFloats(set, AsBytes() with { ImageSize = 16 }, [0]);
        int Padded(int y, int x) => y >= pad && y < side + pad && x >= pad && x < side + pad ? set.Pixels[(y - pad) * side + x - pad] : 0;
        for (var y = 0; y < 16; y++)
            for (var x = 0; x < 16; x++)
                Assert.Equal((Padded(2 * y, 2 * x) + Padded(2 * y, 2 * x + 1) + Padded(2 * y + 1, 2 * x) + Padded(2 * y + 1, 2 * x + 1)) / 4.0, image[y * 16 + x], 1e-3);
    }

    [Theory]
    [InlineData(14)]
    [InlineData(24)]
    [InlineData(0)]
    public void Other_sizes_are_refused_with_the_legal_ones(int size)
    {
        var error = Assert.Throws<ArgumentException>(() => new ImagePipeline(Numbered(1, 1, 28), AsBytes() with { ImageSize = size }));
        Assert.StartsWith($"No rule makes {size}×{size} from 28×28 (Pad). Legal are: native size; 32 from 28 (padded by 2); 16 from 28 or 32", error.Message);
    }

    [Fact]
    public void A_crop_is_a_window_of_the_padded_image_and_every_window_occurs()
    {
        var set = Numbered(1, 1, 3);
        var windows = new HashSet<(int, int)>();
        for (var epoch = 0; epoch < 300; epoch++)
        {
            var image = Make(set, AsBytes() with { CropPad = 1 }, [0], epoch: epoch);
            var matches = (from top in Enumerable.Range(-1, 3)
                           from left in Enumerable.Range(-1, 3)
                           where Enumerable.Range(0, 9).All(i => image[i] == Pixel(i / 3 + top, i % 3 + left))
                           select (top, left)).ToList();
            windows.Add(Assert.Single(matches));
        }

        Assert.Equal(9, windows.Count);
        int Pixel(int y, int x) => y is >= 0 and < 3 && x is >= 0 and < 3 ? set.Pixels[y * 3 + x] : 0;
    }

    [Fact]
    public void The_crop_of_sgas_es_makes_thirty_two_from_twenty_eight()
    {
        var set = Numbered(1, 1, 28);
        var spec = AsBytes() with { CropPad = 4, CropSize = 32 };
        Assert.Equal((32, 32), spec.OutputSize(28, 28));
        var image = Make(set, spec, [0]);
        Assert.Equal(32 * 32 - 28 * 28, image.Count(v => v == 0)); // a 32-window over 36 always holds the whole image
        Assert.Equal(set.Pixels.Select(p => (int)p), image.Where(v => v != 0));
    }

    [Fact]
    public void A_flip_mirrors_every_row_of_every_channel_in_half_of_the_cases()
    {
        var set = Numbered(1, 2, 3);
        var plain = Make(set, AsBytes(2), [0]);
        var mirrored = plain.Chunk(3).SelectMany(row => row.Reverse()).ToArray();
        var flips = 0;
        for (var epoch = 0; epoch < 400; epoch++)
        {
            var image = Make(set, AsBytes(2) with { Flip = true }, [0], epoch: epoch);
            var flipped = image.SequenceEqual(mirrored);
            Assert.True(flipped || image.SequenceEqual(plain));
            flips += flipped ? 1 : 0;
        }

        Assert.InRange(flips, 160, 240);
    }

    [Fact]
    public void Cut_out_zeroes_one_clipped_square_after_normalisation_and_every_centre_occurs()
    {
        var set = new ImageSet(2, 4, 4, 10, [.. Enumerable.Repeat((byte)0, 32)], [0]);
        var spec = new TransformSpec { Mean = [.5, .5], StandardDeviation = [.5, .5], Cutout = 2 };
        var squares = new HashSet<string>();
        for (var epoch = 0; epoch < 300; epoch++)
        {
            var image = MakeFloats(set, spec, [0], epoch: epoch);
            Assert.Equal(image[..16], image[16..]);
            var matches = (from cy in Enumerable.Range(0, 4)
                           from cx in Enumerable.Range(0, 4)
                           where Enumerable.Range(0, 16).All(i =>
                               (image[i] == 0) == (i / 4 >= cy - 1 && i / 4 < cy + 1 && i % 4 >= cx - 1 && i % 4 < cx + 1)
                               && image[i] is 0 or -1)
                           select $"{cy},{cx}").ToList();
            squares.Add(Assert.Single(matches));
        }

        Assert.Equal(16, squares.Count);
    }

    [Fact]
    public void An_image_does_not_depend_on_its_batch()
    {
        var set = Numbered(12, 3, 8);
        var spec = AsBytes(3) with { CropPad = 2, Flip = true, Cutout = 4, Affine = AffineRange.SgasEsEmnist };
        var together = Make(set, spec, [.. Enumerable.Range(0, 12)], seed: 3, epoch: 5).Chunk(3 * 64).ToList();
        Assert.Equal(together[7], Make(set, spec, [7], seed: 3, epoch: 5));
        var backwards = Make(set, spec, [11, 7, 3, 0], seed: 3, epoch: 5).Chunk(3 * 64).ToList();
        Assert.Equal([together[11], together[7], together[3], together[0]], backwards);
    }

    [Fact]
    public void Seed_epoch_and_visit_each_change_the_augmentation()
    {
        var set = Numbered(4, 1, 16);
        var spec = AsBytes() with { CropPad = 4, Flip = true, Cutout = 8 };
        int[] all = [0, 1, 2, 3];
        var versions = new[] { Make(set, spec, all), Make(set, spec, all, seed: 2), Make(set, spec, all, epoch: 1), Make(set, spec, all, visit: 1), Make(set, spec, all, visit: 2) };
        Assert.Equal(versions.Length, versions.Select(v => string.Join(',', v)).Distinct().Count());
        Assert.Equal(versions[0], Make(set, spec, all));
    }

    [Fact]
    public void Bilinear_enlargement_equals_hand_computed_values()
    {
        var set = new ImageSet(1, 2, 2, 10, [0, 100, 200, 40], [0]);
        var image = Make(set, AsBytes() with { ImageSize = 4, Resize = ResizeRule.Bilinear }, [0]);

        // shares 1|0, ¾|¼, ¼|¾, 0|1 along each axis
        Assert.Equal([0, 25, 75, 100, 50, 59, 76, 85, 150, 126, 79, 55, 200, 160, 80, 40], image);
    }

    /// <summary>SHA-256 of what Pillow 9.4 makes of the same bytes with its bilinear filter.</summary>
    [Fact]
    public void Bilinear_enlargement_equals_the_image_library_to_the_byte()
    {
        var set = new ImageSet(1, 28, 28, 10, TinyFiles.IdxImages(1)[16..], [0]);
        var image = Make(set, AsBytes() with { ImageSize = 32, Resize = ResizeRule.Bilinear }, [0]);
        Assert.Equal(
            "14557cedf9d584a688d4abe5dcb9d804e371ebf624bb71b3da3c9ab7223e9217",
            Convert.ToHexStringLower(SHA256.HashData([.. image.Select(v => (byte)v)])));
    }

    [Fact]
    public void Wrong_normalisation_and_short_buffers_are_refused()
    {
        Assert.Contains("2 means", Assert.Throws<ArgumentException>(() => new ImagePipeline(Numbered(1, 1, 4), AsBytes(2))).Message);
        Assert.Contains("does not fit", Assert.Throws<ArgumentException>(() => (AsBytes() with { CropPad = 1, CropSize = 31 }).OutputSize(28, 28)).Message);
        Assert.Contains("without cropPad", Assert.Throws<ArgumentException>(() => (AsBytes() with { CropSize = 32 }).OutputSize(28, 28)).Message);
        var pipeline = new ImagePipeline(Numbered(2, 1, 4), AsBytes());
        Assert.Contains("32 floats and 2 labels; there is room for 31 and 2",
            Assert.Throws<ArgumentException>(() => pipeline.Fill([0, 1], 1, 0, new float[31], new long[2])).Message);
    }
}
