using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace NasFarm.Analysis.Statistics;

/// <summary>Search seeds crossed with data orders, each pair retrained as often as it likes: y = μ + search + order + (search × order) + retraining, all
/// random, by restricted maximum likelihood (Patterson and Thompson, Biometrika 1971). Pairs may be missing, and numbers of retrainings may differ.
/// <para>Retrainings enter through the means and squares of the pairs, which is all the likelihood asks of them. Of the two crossed factors the one with
/// more levels is eliminated, so that the work of a step grows with its levels and the cube of the other's.</para></summary>
public static class CrossedComponents
{
    /// <summary>Two search seeds and two data orders or more, and more pairs than either. Without a pair that was retrained twice its own part and that of
    /// retraining are one, <see cref="VarianceComponents.Rest"/>.</summary>
    /// <param name="cells">Scores of every pair that has some; a pair occurs once.</param>
    public static VarianceComponents Reml(IReadOnlyList<(long Search, long Order, double[] Scores)> cells)
    {
        foreach (var cell in cells) Sample.Require(cell.Scores, 1);
        long[] searches = [.. cells.Select(c => c.Search).Distinct()], orders = [.. cells.Select(c => c.Order).Distinct()];
        if (searches.Length < 2 || orders.Length < 2 || cells.Count <= Math.Max(searches.Length, orders.Length))
            throw new ArgumentException($"{cells.Count} pairs of {searches.Length} search seeds and {orders.Length} data orders are not crossed.", nameof(cells));

        var replicated = cells.Any(c => c.Scores.Length > 1);
        var scale = Sample.StandardDeviation([.. cells.SelectMany(c => c.Scores)]);
        if (scale == 0) return replicated ? new(0, 0) { Order = 0, Pair = 0 } : new(0, null) { Order = 0, Rest = 0 };
        var model = new Model(cells, searches, orders, scale);
        var sd = Minimise(at => model.Deviance(at[0], at[1], replicated ? at[2] : 0, at[^1]), replicated ? 4 : 3);
        return replicated ? new(sd[0] * scale, sd[3] * scale) { Order = sd[1] * scale, Pair = sd[2] * scale }
            : new(sd[0] * scale, null) { Order = sd[1] * scale, Rest = sd[2] * scale };
    }

    // Of standard deviations that may take any sign, so that 0 is no border but a place like others; from several starts, and again from each floor. Scores
    // that repeat exactly have a likelihood without a floor: there the simplex gives up, and the best place it saw, a component of 0, is the answer.
    private static double[] Minimise(Func<double[], double> deviance, int count)
    {
        const double Negligible = 1e-4;
        var best = (At: new double[count], Deviance: double.PositiveInfinity);
        var objective = ObjectiveFunction.Value(at =>
        {
            var value = deviance([.. at]);
            if (value < best.Deviance) best = ([.. at.Select(Math.Abs)], value);
            return value;
        });
        double[][] starts = [[.. Enumerable.Repeat(0.5, count)], [0.9, .. Enumerable.Repeat(0.2, count - 1)], [0.1, 0.9, .. Enumerable.Repeat(0.3, count - 2)]];
        foreach (var start in starts)
        {
            var at = Vector<double>.Build.DenseOfArray(start);
            try
            {
                for (var round = 0; round < 4; round++)
                    at = new NelderMeadSimplex(1e-13, 4000).FindMinimum(objective, at, Vector<double>.Build.Dense(count, round == 0 ? 0.2 : 0.02)).MinimizingPoint;
            }
            catch (MaximumIterationsException)
            {
            }
        }
        // A component that the data do not ask for is exactly 0.
        for (var i = 0; i < count; i++)
        {
            if (best.At[i] > Negligible) continue;
            double[] without = [.. best.At.Select((v, j) => j == i ? 0 : v)];
            if (deviance(without) <= best.Deviance + 1e-9) best = (without, best.Deviance);
        }
        return best.At;
    }

    /// <summary>What is left of the data: one mean per pair, the number behind it, and the squares inside pairs. In units of the scores' SD.</summary>
    private sealed class Model
    {
        private readonly (int Large, int Small)[] places;
        private readonly double[] means, sizes;
        private readonly int large, small;
        private readonly bool searchIsLarge;
        private readonly double squaresInside, insideFreedom;

        public Model(IReadOnlyList<(long Search, long Order, double[] Scores)> cells, long[] searches, long[] orders, double scale)
        {
            searchIsLarge = searches.Length >= orders.Length;
            (large, small) = searchIsLarge ? (searches.Length, orders.Length) : (orders.Length, searches.Length);
            places = [.. cells.Select(c => (S: Array.IndexOf(searches, c.Search), O: Array.IndexOf(orders, c.Order))).Select(p => searchIsLarge ? (p.S, p.O) : (p.O, p.S))];
            var centre = Sample.Mean([.. cells.SelectMany(c => c.Scores)]);
            means = [.. cells.Select(c => (Sample.Mean(c.Scores) - centre) / scale)];
            sizes = [.. cells.Select(c => (double)c.Scores.Length)];
            squaresInside = cells.Sum(c => c.Scores.Length > 1 ? (c.Scores.Length - 1) * Sample.Variance(c.Scores) : 0) / (scale * scale);
            insideFreedom = sizes.Sum() - cells.Count;
        }

        /// <summary>−2 log of the restricted likelihood, up to a constant.</summary>
        public double Deviance(double search, double order, double pair, double inside)
        {
            // Pair means have the covariance D + G: D diagonal, G from the two factors. Factors keep a hair of variance, so that G can be inverted.
            double varianceLarge = Square(searchIsLarge ? search : order), varianceSmall = Square(searchIsLarge ? order : search);
            var within = Math.Max(Square(inside), 1e-10);
            double[] weights = [.. sizes.Select(n => 1 / (Square(pair) + within / n))];

            // V⁻¹ of (1, means) by Woodbury: M = I + G½ Z'WZ G½, ordered (large, small), its large block diagonal.
            double rootLarge = Math.Sqrt(varianceLarge), rootSmall = Math.Sqrt(varianceSmall);
            var diagonal = Enumerable.Repeat(1.0, large).ToArray();
            double[] onesLarge = new double[large], meansLarge = new double[large];
            var cross = Matrix<double>.Build.Dense(large, small);
            var corner = Matrix<double>.Build.DenseIdentity(small);
            Vector<double> onesSmall = Vector<double>.Build.Dense(small), meansSmall = Vector<double>.Build.Dense(small);
            double logs = 0, ones = 0, linear = 0, squares = 0;
            for (var c = 0; c < places.Length; c++)
            {
                var (l, s) = places[c];
                var (w, y) = (weights[c], means[c]);
                diagonal[l] += varianceLarge * w;
                corner[s, s] += varianceSmall * w;
                cross[l, s] += rootLarge * rootSmall * w;
                onesLarge[l] += rootLarge * w;
                meansLarge[l] += rootLarge * w * y;
                onesSmall[s] += rootSmall * w;
                meansSmall[s] += rootSmall * w * y;
                (logs, ones, linear, squares) = (logs - Math.Log(w), ones + w, linear + w * y, squares + w * y * y);
            }

            // Eliminate the large block.
            for (var l = 0; l < large; l++)
            {
                logs += Math.Log(diagonal[l]);
                ones -= onesLarge[l] * onesLarge[l] / diagonal[l];
                linear -= onesLarge[l] * meansLarge[l] / diagonal[l];
                squares -= meansLarge[l] * meansLarge[l] / diagonal[l];
                for (var i = 0; i < small; i++)
                {
                    if (cross[l, i] == 0) continue;
                    onesSmall[i] -= cross[l, i] * onesLarge[l] / diagonal[l];
                    meansSmall[i] -= cross[l, i] * meansLarge[l] / diagonal[l];
                    for (var j = 0; j < small; j++) corner[i, j] -= cross[l, i] * cross[l, j] / diagonal[l];
                }
            }
            var factor = corner.Cholesky();
            logs += factor.DeterminantLn;
            Vector<double> solvedOnes = factor.Solve(onesSmall), solvedMeans = factor.Solve(meansSmall);
            ones -= onesSmall * solvedOnes;
            linear -= onesSmall * solvedMeans;
            squares -= meansSmall * solvedMeans;

            return logs + Math.Log(ones) + squares - linear * linear / ones
                + (insideFreedom > 0 ? insideFreedom * Math.Log(within) + squaresInside / within : 0);
        }

        private static double Square(double value) => value * value;
    }
}
