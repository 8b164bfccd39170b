namespace NasFarm.Search.Data;

/// <summary>Brings one byte plane to the side a <see cref="TransformSpec"/> asks for. The result counts in steps of 1/4 grey level when
/// averaged, else in whole ones: <see cref="Levels"/> says how many steps make 255.</summary>
internal sealed class Resizing
{
    private const int FixedPointBits = 22; // image loaders weigh with 22-bit fixed-point numbers
    private readonly ResizeRule rule;
    private readonly int height, width;
    private readonly ushort[] between;
    private readonly Tap[] rows = [], columns = [];

    public Resizing(TransformSpec transform, int height, int width)
    {
        (this.height, this.width) = (height, width);
        (Height, Width) = transform.ResizedSize(height, width);
        rule = transform.Resize;
        Averages = rule == ResizeRule.Pad && Height < height;
        between = new ushort[Averages ? 32 * 32 : height * Width];
        if (rule == ResizeRule.Bilinear && (Height, Width) != (height, width))
            (rows, columns) = (Taps(height, Height), Taps(width, Width));
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>Largest value of a resized pixel: 255, or 1,020 where four pixels were summed.</summary>
    public int Levels => Averages ? 4 * 255 : 255;

    private bool Averages { get; }

    /// <summary>[height, width] bytes → [Height, Width] levels.</summary>
    public void Plane(ReadOnlySpan<byte> source, Span<ushort> target)
    {
        if (rows.Length > 0)
            Interpolate(source, target);
        else if (Averages)
            Average(source, target);
        else
            Centre(source, target, Height, Width);
    }

    private void Centre(ReadOnlySpan<byte> source, Span<ushort> target, int toHeight, int toWidth)
    {
        var (top, left) = ((toHeight - height) / 2, (toWidth - width) / 2);
        if (top + left > 0)
            target.Clear();
        for (var y = 0; y < height; y++)
        {
            var from = source.Slice(y * width, width);
            var to = target.Slice((y + top) * toWidth + left, width);
            for (var x = 0; x < from.Length; x++)
                to[x] = from[x];
        }
    }

    private void Average(ReadOnlySpan<byte> source, Span<ushort> target)
    {
        Centre(source, between, 32, 32);
        for (var y = 0; y < 16; y++)
        {
            for (var x = 0; x < 16; x++)
            {
                var corner = y * 64 + x * 2;
                target[y * 16 + x] = (ushort)(between[corner] + between[corner + 1] + between[corner + 32] + between[corner + 33]);
            }
        }
    }

    private void Interpolate(ReadOnlySpan<byte> source, Span<ushort> target)
    {
        for (var y = 0; y < height; y++)
            for (var x = 0; x < Width; x++)
                between[y * Width + x] = columns[x].Mix(source[y * width + columns[x].First], source[y * width + columns[x].Second]);
        for (var y = 0; y < Height; y++)
            for (var x = 0; x < Width; x++)
                target[y * Width + x] = rows[y].Mix(between[rows[y].First * Width + x], between[rows[y].Second * Width + x]);
    }

    /// <summary>The two source pixels around each target pixel's centre, with their shares; at a border the share of the missing one is 0.</summary>
    private static Tap[] Taps(int from, int to) =>
        [.. Enumerable.Range(0, to).Select(i =>
        {
            var centre = (i + .5) * from / to - .5;
            var first = (int)Math.Floor(centre);
            var share = first < 0 ? 1 : first + 1 >= from ? 0 : centre - first;
            return new Tap(Math.Max(first, 0), Math.Min(first + 1, from - 1), Fixed(1 - share), Fixed(share));
        })];

    private static int Fixed(double share) => (int)(share * (1 << FixedPointBits) + .5);

    private readonly record struct Tap(int First, int Second, int FirstShare, int SecondShare)
    {
        public ushort Mix(int first, int second) =>
            (ushort)((first * FirstShare + second * SecondShare + (1 << (FixedPointBits - 1))) >> FixedPointBits);
    }
}
