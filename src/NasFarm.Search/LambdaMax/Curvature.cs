namespace NasFarm.Search.LambdaMax;

/// <summary>A symmetric matrix known by its products with vectors, shifted by the weight decay of its variables: the derivative of the
/// term wd·α in the gradient adds wd to every eigenvalue (spec/lambda-max.md §1).</summary>
/// <param name="product">v ↦ Hv without the shift.</param>
/// <param name="dimension">Length of v.</param>
/// <param name="weightDecay">archWeightDecay.</param>
public sealed class Curvature(Func<double[], double[]> product, int dimension, double weightDecay)
{
    /// <summary>Products so far.</summary>
    public int Products { get; private set; }

    /// <summary>Hv + wd·v.</summary>
    public double[] Multiply(double[] v)
    {
        Products++;
        var result = product(v);
        for (var i = 0; i < dimension; i++)
            result[i] += weightDecay * v[i];
        return result;
    }

    /// <summary>The full matrix, symmetrised, by one product per column: the oracle that Lanczos is tested and timed against.</summary>
    public double[,] FullMatrix()
    {
        var matrix = new double[dimension, dimension];
        for (var k = 0; k < dimension; k++)
        {
            var unit = new double[dimension];
            unit[k] = 1;
            var column = Multiply(unit);
            for (var i = 0; i < dimension; i++)
            {
                matrix[i, k] += column[i] / 2;
                matrix[k, i] += column[i] / 2;
            }
        }
        return matrix;
    }
}
