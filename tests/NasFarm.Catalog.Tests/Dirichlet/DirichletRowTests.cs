using NasFarm.Catalog.Dirichlet;

namespace NasFarm.Catalog.Tests.Dirichlet;

/// <summary>Averages over many draws of a fixed sequence, against what is known in closed form; four standard errors.</summary>
public sealed class DirichletRowTests
{
    private const int Draws = 20_000;

    [Theory, InlineData(0.001), InlineData(0.3), InlineData(1), InlineData(4.5)]
    public void Gamma_numbers_have_the_mean_the_variance_and_the_mean_logarithm_of_their_shape(double shape)
    {
        var logs = Many(random => GammaDraw.Log(shape, () => Normal(random), () => 1 - random.NextDouble()));
        Near(PolyGamma.Digamma(shape), logs);
        Near(shape, [.. logs.Select(Math.Exp)]);
        Near(shape, [.. logs.Select(log => Math.Pow(Math.Exp(log) - shape, 2))]);
    }

    [Fact]
    public void A_row_lies_on_the_simplex_also_where_concentrations_are_tiny()
    {
        var random = new Random(5);
        for (var i = 0; i < 100; i++)
        {
            var row = Draw([1e-4, 2e-3, 1e-4], random);
            Assert.Equal(1, row.Weights.Sum(), 1e-12);
            Assert.All(row.Weights.Concat(row.Slopes), x => Assert.True(double.IsFinite(x) && x >= 0));
        }
    }

    /// <summary>E x_0 = c_0/C and E x_0² = c_0 (c_0 + 1) / (C (C + 1)): their gradients are the means of the pathwise ones.</summary>
    [Fact]
    public void The_pathwise_gradient_has_the_expectation_of_the_gradient_of_the_expectation()
    {
        double[] c = [0.7, 1, 2.3];
        var total = c.Sum();
        var rows = Many(random => Draw(c, random));
        for (var j = 0; j < c.Length; j++)
        {
            var own = j == 0 ? 1 : 0;
            Near(own / total - c[0] / (total * total), [.. rows.Select(r => r.ByConcentrations([1, 0, 0])[j])]);
            var (top, bottom) = (c[0] * (c[0] + 1), total * (total + 1));
            Near(own * (2 * c[0] + 1) / bottom - top * (2 * total + 1) / (bottom * bottom), [.. rows.Select(r => r.ByConcentrations([2 * r.Weights[0], 0, 0])[j])]);
        }
    }

    [Fact]
    public void It_is_the_derivative_of_the_draw_at_fixed_quantiles_of_its_gamma_numbers()
    {
        double[] c = [0.7, 1, 2.3], g = [0.4, -1.5, 2], logs = [-1.2, 0.3, 0.9];
        const double h = 1e-6;
        double Loss(int moved, double by)
        {
            var z = logs.Select((log, k) => Math.Exp(log + (k == moved ? by * GammaSlope.OfLog(c[k], log) : 0))).ToArray();
            return z.Zip(g, (value, weight) => value / z.Sum() * weight).Sum();
        }
        var sum = logs.Sum(Math.Exp);
        var row = new DirichletRow([.. logs.Select(log => Math.Exp(log) / sum)], [.. c.Zip(logs, GammaSlope.OfLog)]);
        Assert.All(row.ByConcentrations(g).Select((value, j) => (value, j)), p => Assert.Equal((Loss(p.j, h) - Loss(p.j, -h)) / (2 * h), p.value, 1e-8));
    }

    [Theory]
    [InlineData(2, 3, 1)]
    [InlineData(0, 1, 1)]
    [InlineData(-1, 0.36787944117144233, 0.36787944117144233)]
    public void Concentrations_are_exponential_linear_units_plus_one(double logit, double concentration, double slope)
    {
        Assert.Equal(concentration, Concentration.Of(logit), 1e-15);
        Assert.Equal(slope, Concentration.Slope(logit), 1e-15);
    }

    /// <summary>Golden values as in <see cref="GammaSlopeTests"/>.</summary>
    [Theory]
    [InlineData(new[] { 1.0, 1, 1 }, new[] { 0.0, 0, 0 })]
    [InlineData(new[] { 1.5, 0.4, 2.2, 0.9, 1 }, new[] { 0.2860781445352243, -4.546536910054874, 0.5061963574380863, -0.3735769516848357, -0.1813229557371153 })]
    [InlineData(new[] { 0.2, 0.3 }, new[] { -13.61169846352200, -1.169551881458392e+00 })]
    public void The_anchor_pulls_along_the_gradient_of_the_divergence(double[] concentrations, double[] expected) =>
        Assert.All(Anchor.DivergenceGradient(concentrations).Zip(expected), p => Assert.Equal(p.Second, p.First, 1e-11));

    private static T[] Many<T>(Func<Random, T> draw)
    {
        var random = new Random(11);
        return [.. Enumerable.Range(0, Draws).Select(_ => draw(random))];
    }

    private static DirichletRow Draw(double[] concentrations, Random random) =>
        DirichletRow.Draw(concentrations, () => Normal(random), () => 1 - random.NextDouble());

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static void Near(double expected, double[] values)
    {
        var mean = values.Average();
        var error = Math.Sqrt(values.Average(x => (x - mean) * (x - mean)) / values.Length);
        Assert.Equal(expected, mean, 4 * error);
    }
}
