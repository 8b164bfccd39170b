using NasFarm.Catalog.Perturbation;

namespace NasFarm.Catalog.Tests.Perturbation;

public sealed class SimplexTests
{
    [Theory]
    [InlineData(new[] { 0.7, 0.35 }, new[] { 0.666667, 0.333333 })]
    [InlineData(new[] { 0.5, 0.6 }, new[] { 0.454545, 0.545455 })]
    [InlineData(new[] { 1.4, -0.2, 1.0 }, new[] { 0.5, 0.0, 0.5 })]        // clamped first, divided then
    [InlineData(new[] { -0.3, -0.1, -0.2 }, new[] { 0.0, 1.0, 0.0 })]      // nothing left: the arg-max of the row as given
    [InlineData(new[] { 0.0, 0.0 }, new[] { 1.0, 0.0 })]
    public void A_row_is_clamped_and_divided_by_its_sum(double[] row, double[] expected) =>
        Assert.All(Simplex.Project(row).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6));

    [Fact]
    public void A_matrix_is_projected_row_by_row()
    {
        Assert.Equal([0.5, 0.5, 1, 0], Simplex.ProjectRows([1, 1, 2, -1], [2, 2]));
        Assert.Equal([0.5, 0.5, 0.25, 0.75, 0, 1], Simplex.ProjectRows([1, 1, 0.25, 0.75, 0, 3], [2, 3, 1]).Select(x => Math.Round(x, 12)));
        Assert.Throws<ArgumentException>(() => Simplex.ProjectRows([1, 1, 2], [2, 2]));
    }

    [Fact]
    public void A_row_of_the_simplex_stays_where_it_is() =>
        Assert.All(Simplex.Project([0.25, 0.5, 0.25]).Zip([0.25, 0.5, 0.25]), pair => Assert.Equal(pair.Second, pair.First, 1e-15));
}
