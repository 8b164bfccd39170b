namespace NasFarm.Search.LambdaMax;

/// <summary>Largest eigenvalue as found.</summary>
/// <param name="Value">Largest algebraic eigenvalue.</param>
/// <param name="Steps">Hessian-vector products spent.</param>
/// <param name="Converged">The stopping rule held before the step limit.</param>
public readonly record struct LanczosResult(double Value, int Steps, bool Converged);

/// <summary>Largest algebraic eigenvalue of a symmetric matrix known only by its products with vectors: Lanczos with full
/// re-orthogonalisation (spec/lambda-max.md §2.3).</summary>
public static class Lanczos
{
    /// <summary>Stops when the largest Ritz value changed by less than <paramref name="tolerance"/> (relative) twice in a row, when
    /// the Krylov space is exhausted, or after <paramref name="maxSteps"/> products.</summary>
    /// <param name="multiply">v ↦ Hv; both of length <c>start.Length</c>.</param>
    /// <param name="start">Start vector, not zero; seeded by the run.</param>
    public static LanczosResult LargestEigenvalue(
        Func<double[], double[]> multiply, double[] start, int maxSteps = 20, double tolerance = 1e-5)
    {
        var basis = new List<double[]>();
        var diagonal = new List<double>();
        var offDiagonal = new List<double>();
        var v = Scale(start, 1 / Norm(start));
        var previous = double.NaN;
        var calm = 0;

        while (true)
        {
            // 1. One product, and its part along v.
            basis.Add(v);
            var w = multiply(v);
            diagonal.Add(Dot(w, v));

            // 2. The largest Ritz value so far; is it calm?
            var ritz = LargestOfTridiagonal(diagonal, offDiagonal);
            calm = Math.Abs(ritz - previous) < tolerance * Math.Abs(ritz) ? calm + 1 : 0;
            previous = ritz;
            if (calm == 2 || basis.Count == start.Length)
                return new(ritz, basis.Count, true);
            if (basis.Count == maxSteps)
                return new(ritz, basis.Count, false);

            // 3. What is orthogonal to everything before; twice, because once leaves round-off.
            for (var pass = 0; pass < 2; pass++)
                foreach (var b in basis)
                    Subtract(w, b, Dot(w, b));
            var beta = Norm(w);
            if (beta <= 1e-12 * Math.Max(1, Math.Abs(ritz)))
                return new(ritz, basis.Count, true);
            offDiagonal.Add(beta);
            v = Scale(w, 1 / beta);
        }
    }

    /// <summary>Largest eigenvalue of a symmetric tridiagonal matrix, by bisection on the number of negative pivots.</summary>
    internal static double LargestOfTridiagonal(IReadOnlyList<double> diagonal, IReadOnlyList<double> offDiagonal)
    {
        var n = diagonal.Count;
        double Radius(int i) => (i > 0 ? Math.Abs(offDiagonal[i - 1]) : 0) + (i < n - 1 ? Math.Abs(offDiagonal[i]) : 0);
        var low = Enumerable.Range(0, n).Max(i => diagonal[i]);
        var high = Enumerable.Range(0, n).Max(i => diagonal[i] + Radius(i));
        while (high - low > 1e-14 * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
                break;
            if (AllBelow(middle))
                high = middle;
            else
                low = middle;
        }
        return high;

        bool AllBelow(double x)
        {
            var pivot = 1.0;
            for (var i = 0; i < n; i++)
            {
                var coupling = i > 0 ? offDiagonal[i - 1] * offDiagonal[i - 1] / pivot : 0;
                pivot = diagonal[i] - x - coupling;
                if (pivot >= 0)
                    return false;
            }
            return true;
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static double Norm(double[] a) => Math.Sqrt(Dot(a, a));

    private static double[] Scale(double[] a, double factor) => Array.ConvertAll(a, x => x * factor);

    private static void Subtract(double[] a, double[] b, double factor)
    {
        for (var i = 0; i < a.Length; i++)
            a[i] -= factor * b[i];
    }
}
