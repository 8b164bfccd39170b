using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.Genotypes;

public sealed class PublishedGenotypesTests
{
    public static TheoryData<string> Names => new(PublishedGenotypes.Names);

    [Theory, MemberData(nameof(Names))]
    public void Every_published_cell_survives_both_text_forms(string name)
    {
        var genotype = PublishedGenotypes.Get(name);

        Assert.Equal(genotype, GenotypeText.Parse(genotype.Space, genotype.ToString()));
        if (genotype.Space.Family == SpaceFamily.Darts)
            Assert.Equal(genotype.ToString(), GenotypeText.Parse(genotype.Space, GenotypeText.PrintShort(genotype)).ToString());
    }

    [Fact]
    public void A_cell_of_the_SgasEs_subset_is_also_a_cell_of_the_full_space() =>
        Assert.Equal("darts", PublishedGenotypes.Get("darts", "SGAS_ES_FM_1").Space.Name);

    [Fact]
    public void A_cell_with_an_operation_that_the_subset_lacks_is_refused_by_name()
    {
        var error = Assert.Throws<GenotypeFormatException>(() => PublishedGenotypes.Get("sgas-es", "DARTS_V1"));
        Assert.Contains("avg_pool_3x3", error.Message);
        Assert.Contains("reduce cell", error.Message);
    }

    [Fact]
    public void An_unknown_name_lists_the_names() =>
        Assert.Contains("DARTS_V2", Assert.Throws<ArgumentException>(() => PublishedGenotypes.Get("DARTS_V3")).Message);

    [Fact]
    public void A_cell_of_another_family_is_refused() =>
        Assert.Contains("nas-bench-201", Assert.Throws<ArgumentException>(() => PublishedGenotypes.Get("darts", "NB201_ALL_SKIP")).Message);
}
