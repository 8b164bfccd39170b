using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Genotypes;

public sealed class GenotypeTests
{
    private const string Reduce = " ; reduce mp-0 mp-1 | sk-2 mp-1 | mp-0 sk-2 | sk-2 mp-1";

    [Fact]
    public void The_listing_order_inside_a_node_does_not_count_but_is_kept()
    {
        var scored = GenotypeText.Parse("darts", "normal s3-1 s3-0 | sk-0 s3-1 | sk-0 s3-1 | s3-0 sk-2" + Reduce);
        var ascending = GenotypeText.Parse("darts", "normal s3-0 s3-1 | sk-0 s3-1 | sk-0 s3-1 | s3-0 sk-2" + Reduce);

        Assert.Equal(ascending, scored);
        Assert.Equal(ascending.GetHashCode(), scored.GetHashCode());
        Assert.NotEqual(ascending.ToString(), scored.ToString());
        Assert.Equal(ascending.Canonical().ToString(), scored.Canonical().ToString());
        Assert.Equal(0, ascending.DistanceTo(scored));
    }

    [Theory]
    [InlineData("normal s5-0 s3-1 | sk-0 s3-1 | sk-0 s3-1 | s3-0 sk-2", 1)] // another operation
    [InlineData("normal s3-0 s3-1 | sk-2 s3-1 | sk-0 s3-1 | s3-0 sk-2", 1)] // another source
    [InlineData("normal s3-1 s3-0 | sk-0 s3-1 | sk-0 s3-1 | s3-0 sk-2", 0)]
    [InlineData("normal d3-0 d3-1 | d3-0 d3-1 | d3-0 d3-1 | d3-0 d3-2", 8)]
    public void Distance_counts_edges_that_differ(string text, int expected)
    {
        var from = GenotypeText.Parse("darts", "normal s3-0 s3-1 | sk-0 s3-1 | sk-0 s3-1 | s3-0 sk-2" + Reduce);
        var to = GenotypeText.Parse("darts", text + Reduce);

        Assert.Equal(expected, from.DistanceTo(to));
        Assert.Equal(expected, to.DistanceTo(from));
        Assert.Equal(expected == 0, from.Equals(to));
    }

    [Fact]
    public void Distance_is_a_metric() => Arbitrary.ForEverySpace((space, random) =>
    {
        var (a, b, c) = (Draw(), Draw(), Draw());

        Assert.Equal(0, a.DistanceTo(a));
        Assert.Equal(a.DistanceTo(b), b.DistanceTo(a));
        Assert.Equal(a.DistanceTo(b) == 0, a.Equals(b));
        Assert.True(a.DistanceTo(c) <= a.DistanceTo(b) + b.DistanceTo(c));
        Assert.InRange(a.DistanceTo(b), 0, space.EdgesKept * space.CellTypes.Count);

        Genotype Draw() => RandomGenotypes.Draw(space, NoneRule.Excluded, random.Next);
    });

    [Fact]
    public void Distance_between_spaces_is_refused() =>
        Assert.Throws<ArgumentException>(() => PublishedGenotypes.Get("DARTS_V1").DistanceTo(PublishedGenotypes.Get("NB201_DRNAS")));

    [Fact]
    public void Skips_are_counted_per_cell()
    {
        var genotype = PublishedGenotypes.Get("DARTS_V1");

        Assert.Equal((3, 3), (genotype.Normal.SkipCount, genotype.Reduce!.SkipCount));
        Assert.Equal(6, PublishedGenotypes.Get("NB201_ALL_SKIP").Normal.SkipCount);
    }

    [Fact]
    public void A_cell_answers_what_stands_on_an_edge()
    {
        var normal = PublishedGenotypes.Get("DARTS_V2").Normal;

        Assert.Equal("dil_conv_3x3", normal.OperationOn(2, 5));
        Assert.Null(normal.OperationOn(3, 5));
    }

    [Fact]
    public void A_genotype_without_its_reduction_cell_is_refused() =>
        Assert.Contains("Reduce", Assert.Throws<ArgumentException>(
            () => new Genotype(SearchSpaces.Darts, [PublishedGenotypes.Get("DARTS_V1").Normal])).Message);
}
