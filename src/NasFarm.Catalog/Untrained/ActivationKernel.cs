using System.Numerics;

namespace NasFarm.Catalog.Untrained;

/// <summary>How alike the images of a minibatch look to the rectifiers of a network (spec/algorithms.md §15). The code of an image says of
/// every unit whether it is active; K_ij = units − Hamming distance of the codes of images i and j, over all units added.</summary>
/// <param name="images">Images B of the minibatch.</param>
public sealed class ActivationKernel(int images)
{
    private readonly double[,] kernel = new double[images, images];

    /// <summary>K, B × B.</summary>
    public double[,] Matrix => (double[,])kernel.Clone();

    /// <summary>Adds the units of one rectifier: K += x·xᵀ + (1 − x)·(1 − x)ᵀ with x = 1 where a value is positive.</summary>
    /// <param name="values">Before or after the rectifier, image by image: B × units. Throws <see cref="ArgumentException"/> when they do
    /// not divide into images.</param>
    public void Add(ReadOnlySpan<float> values)
    {
        if (values.Length % images != 0)
            throw new ArgumentException($"{values.Length} values do not divide into {images} images.");
        var units = values.Length / images;
        var words = (units + 63) / 64;
        var codes = new ulong[images * words];
        for (var i = 0; i < images; i++)
            for (var u = 0; u < units; u++)
                if (values[i * units + u] > 0)
                    codes[i * words + u / 64] |= 1UL << (u % 64);

        for (var i = 0; i < images; i++)
            for (var j = i; j < images; j++)
            {
                var distance = 0;
                for (var w = 0; w < words; w++)
                    distance += BitOperations.PopCount(codes[i * words + w] ^ codes[j * words + w]);
                kernel[i, j] += units - distance;
                kernel[j, i] = kernel[i, j];
            }
    }

    /// <summary>ln |det K|, the score of the network; −∞ where K is singular, as it is when two images have one code.</summary>
    public double LogDeterminant()
    {
        var a = Matrix;
        var sum = 0.0;
        for (var column = 0; column < images; column++)
        {
            // Elimination with the largest pivot. Equal rows stay equal until one is the pivot, and then the other is zero to the bit.
            var pivot = Enumerable.Range(column, images - column).MaxBy(row => Math.Abs(a[row, column]));
            if (a[pivot, column] == 0)
                return double.NegativeInfinity;
            for (var k = 0; k < images; k++)
                (a[column, k], a[pivot, k]) = (a[pivot, k], a[column, k]);
            sum += Math.Log(Math.Abs(a[column, column]));
            for (var row = column + 1; row < images; row++)
            {
                var factor = a[row, column] / a[column, column];
                for (var k = column; k < images; k++)
                    a[row, k] -= factor * a[column, k];
            }
        }
        return sum;
    }
}
