using NasFarm.Catalog.Perturbation;

namespace NasFarm.Catalog.Tests.Perturbation;

public sealed class MeanShiftTests
{
    /// <summary>The worked example of spec/algorithms.md §12.4.</summary>
    [Theory]
    [InlineData(1.0, 0.397173, 0.390591, 0.554448, 0.531940)]
    [InlineData(0.1, 2.557940, 0.480919, 0.632357, 0.434554)]
    public void The_worked_example_shifts_where_it_should(double bandwidth, double kernel1, double kernel2, double first, double second)
    {
        double[] a = [0.6, 0.4];
        double[][] samples = [[0.7, 0.35], [0.5, 0.6]];
        double[][] projected = [.. samples.Select(x => Simplex.Project(x))];
        var weights = MeanShift.LossWeights([1, 2]);

        Assert.Equal(0.268941, weights[0], 1e-6);
        Assert.Equal(0.731059, weights[1], 1e-6);
        Assert.Equal(kernel1, MeanShift.Kernel(0.0942809, bandwidth), 2e-6);
        Assert.Equal(kernel2, MeanShift.Kernel(0.2057038, bandwidth), 2e-6);
        var shifted = MeanShift.Shift(a, samples, projected, weights, bandwidth);
        Assert.Equal(first, shifted[0], 1e-6);
        Assert.Equal(second, shifted[1], 1e-6);
    }

    [Fact]
    public void Where_every_kernel_vanishes_the_rows_stay() =>
        Assert.Equal([0.6, 0.4], MeanShift.Shift([0.6, 0.4], [[0.7, 0.35]], [[0.7, 0.3]], [1], bandwidth: 1e-6));
}
