using NasFarm.Search.Randomness;

namespace NasFarm.Search.Data;

/// <summary>Where each target pixel of an affine map comes from: source = linear · target + shift, both measured at pixel centres.</summary>
/// <param name="Xx">Source x per target x.</param>
/// <param name="Xy">Source x per target y.</param>
/// <param name="X0">Source x of target (0, 0).</param>
/// <param name="Yx">Source y per target x.</param>
/// <param name="Yy">Source y per target y.</param>
/// <param name="Y0">Source y of target (0, 0).</param>
public readonly record struct AffineMap(double Xx, double Xy, double X0, double Yx, double Yy, double Y0)
{
    /// <summary>Draws rotation, shift, scale and shear, in that order, and composes them about the centre.</summary>
    public static AffineMap Draw(RandomStream random, AffineRange range, int height, int width)
    {
        var angle = random.NextUniform(-range.Degrees, range.Degrees);
        var shiftX = Math.Round(random.NextUniform(-range.Translate, range.Translate) * width);
        var shiftY = Math.Round(random.NextUniform(-range.Translate, range.Translate) * height);
        var scale = random.NextUniform(range.ScaleLow, range.ScaleHigh);
        var shear = random.NextUniform(-range.ShearDegrees, range.ShearDegrees);
        return About(height, width, angle, shiftX, shiftY, scale, shear);
    }

    /// <summary>The map that shears (x −= tan(shear)·y), rotates by the angle (clockwise on the screen), scales, all about the image's
    /// centre, then shifts; given as its inverse, which is what sampling needs.</summary>
    public static AffineMap About(int height, int width, double angleDegrees, double shiftX, double shiftY, double scale, double shearDegrees)
    {
        var (sine, cosine) = Math.SinCos(angleDegrees * Math.PI / 180);
        var slant = Math.Tan(shearDegrees * Math.PI / 180);

        // Forward: scale · [cos, −sin; sin, cos] · [1, −slant; 0, 1]. The inverse of each factor, in reverse order:
        var (xx, xy) = ((cosine - slant * sine) / scale, (sine + slant * cosine) / scale);
        var (yx, yy) = (-sine / scale, cosine / scale);
        var (centreX, centreY) = (width / 2.0, height / 2.0);
        var (fromX, fromY) = (centreX + shiftX, centreY + shiftY);
        return new(xx, xy, centreX - xx * fromX - xy * fromY, yx, yy, centreY - yx * fromX - yy * fromY);
    }

    /// <summary>Samples [height, width] by nearest neighbour (the default of the usual loader); what comes from outside is 0. Computed in
    /// double precision; Pillow's 16-bit fixed point picks the neighbouring pixel in about one of a thousand.</summary>
    public void Apply(ReadOnlySpan<ushort> source, Span<ushort> target, int height, int width)
    {
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var fromX = Math.Floor(Xx * (x + .5) + Xy * (y + .5) + X0);
                var fromY = Math.Floor(Yx * (x + .5) + Yy * (y + .5) + Y0);
                target[y * width + x] = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height ? source[(int)fromY * width + (int)fromX] : (ushort)0;
            }
        }
    }
}
