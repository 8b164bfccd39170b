using NasFarm.Search.Data;
using NasFarm.Search.Randomness;

namespace NasFarm.Search.Tests.Data;

public class AffineMapTests
{
    private static readonly ushort[] Nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

    private static ushort[] Apply(AffineMap map, ushort[] source, int height, int width)
    {
        var target = new ushort[source.Length];
        map.Apply(source, target, height, width);
        return target;
    }

    [Fact]
    public void No_movement_changes_nothing() => Assert.Equal(Nine, Apply(AffineMap.About(3, 3, 0, 0, 0, 1, 0), Nine, 3, 3));

    [Fact]
    public void A_quarter_turn_is_clockwise() =>
        Assert.Equal([7, 4, 1, 8, 5, 2, 9, 6, 3], Apply(AffineMap.About(3, 3, 90, 0, 0, 1, 0), Nine, 3, 3).Select(v => (int)v));

    [Fact]
    public void A_shift_moves_right_and_down_and_brings_in_black() =>
        Assert.Equal([0, 0, 0, 0, 1, 2, 0, 4, 5], Apply(AffineMap.About(3, 3, 0, 1, 1, 1, 0), Nine, 3, 3).Select(v => (int)v));

    [Fact]
    public void Doubling_repeats_the_middle()
    {
        ushort[] source = [.. Enumerable.Range(1, 16).Select(i => (ushort)i)];
        Assert.Equal([6, 6, 7, 7, 6, 6, 7, 7, 10, 10, 11, 11, 10, 10, 11, 11], Apply(AffineMap.About(4, 4, 0, 0, 0, 2, 0), source, 4, 4).Select(v => (int)v));
    }

    [Fact]
    public void A_shear_of_forty_five_degrees_moves_a_row_by_its_distance_from_the_centre() =>
        Assert.Equal([0, 1, 2, 4, 5, 6, 8, 9, 0], Apply(AffineMap.About(3, 3, 0, 0, 0, 1, 45), Nine, 3, 3).Select(v => (int)v));

    /// <summary>The closed form that framework documentation gives for the inverse of translate · centre · rotate-shear-scale · uncentre.</summary>
    [Fact]
    public void Drawn_maps_equal_the_published_closed_form_and_stay_in_range()
    {
        for (var step = 0; step < 200; step++)
        {
            var random = new RandomStream(5, StreamNames.Augmentation, step);
            var angle = random.NextUniform(-30, 30) * Math.PI / 180;
            var (shiftX, shiftY) = (Math.Round(random.NextUniform(-.1, .1) * 32), Math.Round(random.NextUniform(-.1, .1) * 32));
            var (scale, shear) = (random.NextUniform(.8, 1.2), random.NextUniform(-30, 30) * Math.PI / 180);
            double a = Math.Cos(angle), b = -Math.Cos(angle) * Math.Tan(shear) - Math.Sin(angle), c = Math.Sin(angle), d = -Math.Sin(angle) * Math.Tan(shear) + Math.Cos(angle);
            double[] linear = [d / scale, -b / scale, -c / scale, a / scale];
            var map = AffineMap.Draw(new RandomStream(5, StreamNames.Augmentation, step), AffineRange.SgasEsEmnist, 32, 32);
            foreach (var (expected, actual) in linear.Zip([map.Xx, map.Xy, map.Yx, map.Yy]))
                Assert.Equal(expected, actual, 1e-12);
            Assert.Equal(16 + linear[0] * (-16 - shiftX) + linear[1] * (-16 - shiftY), map.X0, 1e-12);
            Assert.Equal(16 + linear[2] * (-16 - shiftX) + linear[3] * (-16 - shiftY), map.Y0, 1e-12);
            Assert.InRange(Math.Abs(shiftX), 0, 3);
        }
    }
}
