using NasFarm.Catalog.Alignment;
using NasFarm.Catalog.Methods;

namespace NasFarm.Catalog.Tests.Alignment;

public sealed class LayerAlignmentTests
{
    [Fact]
    public void Two_layers_have_the_published_alignment_and_directions() // spec/algorithms.md §21.4
    {
        double[][] g = [[1, 0], [1, 1]];
        Assert.Equal(0.707107, LayerAlignment.Cosine(g), 1e-6);
        Close([[0, 0.707107], [0.353553, -0.353553]], LayerAlignment.CosineDirections(g));
    }

    [Fact]
    public void Three_layers_have_the_published_alignment_and_directions() // spec/algorithms.md §21.4
    {
        double[][] g = [[1, 0, 0], [1, 1, 0], [0, 1, 2]];
        Assert.Equal(0.341112, LayerAlignment.Cosine(g), 1e-6);
        Close([[0, 0.384773, 0.298142], [0.065147, -0.065147, 0.210819], [0.254480, 0.084327, -0.042164]], LayerAlignment.CosineDirections(g));
    }

    [Fact]
    public void The_sign_corrected_regulariser_has_the_published_values() // spec/algorithms.md §11
    {
        double[][] g = [[1, 2], [1, -1]];
        Assert.Equal(-1.0 / 3, LayerAlignment.Sign(g), 1e-12);
        Close([[0.444444, -0.222222], [0.444444, 0.444444]], LayerAlignment.SignDirections(g));
    }

    /// <summary>Four layers of six weights: every direction is the derivative of its alignment.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Directions_are_derivatives(bool cosine)
    {
        var random = new Random(5);
        double[][] g = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 6).Select(_ => random.NextDouble() - 0.5).ToArray())];
        Func<IReadOnlyList<double[]>, double> alignment = cosine ? LayerAlignment.Cosine : LayerAlignment.Sign;
        var directions = cosine ? LayerAlignment.CosineDirections(g) : LayerAlignment.SignDirections(g);
        const double Step = 1e-6;
        for (var l = 0; l < g.Length; l++)
            for (var i = 0; i < g[l].Length; i++)
            {
                var here = g[l][i];
                g[l][i] = here + Step;
                var up = alignment(g);
                g[l][i] = here - Step;
                var down = alignment(g);
                g[l][i] = here;
                Assert.Equal((up - down) / (2 * Step), directions[l][i], 1e-6);
            }
    }

    [Fact]
    public void Without_a_pair_there_is_nothing_to_align()
    {
        double[][] one = [[1, 2]];
        Assert.Equal(0, LayerAlignment.Cosine(one));
        Close([[0, 0]], LayerAlignment.CosineDirections(one));
        Close([[0, 0]], LayerAlignment.SignDirections(one));
    }

    [Fact]
    public void A_layer_without_a_gradient_has_no_direction_and_pulls_at_nobody()
    {
        double[][] g = [[0, 0], [1, 0], [1, 1]];
        Assert.Equal(LayerAlignment.Cosine([g[1], g[2]]) / 3, LayerAlignment.Cosine(g), 1e-12);
        Assert.All(LayerAlignment.CosineDirections(g)[0].Concat(LayerAlignment.SignDirections(g)[0]), x => Assert.Equal(0, x));
    }

    [Fact]
    public void The_weight_of_the_regulariser_grows_from_nothing_to_all_of_it()
    {
        var weight = LambdaDartsMethod.Weight(MethodCatalog.Resolve("lambda-darts", "darts"));
        Assert.Equal((0.0, 0.125), (weight.At(0), weight.At(49)));
        Assert.Equal(0.125 * 7 / 49, weight.At(7), 1e-12);
    }

    private static void Close(double[][] expected, double[][] actual) =>
        Assert.All(expected.SelectMany(x => x).Zip(actual.SelectMany(x => x)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
}
