using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.Spaces;

/// <summary>spec/search-spaces.md §6.</summary>
public sealed class ParameterCountsTests
{
    [Theory]
    [InlineData("darts", 3, 10, 1_930_618)]
    [InlineData("sgas-es", 1, 10, 927_130)]
    [InlineData("robust-s1", 3, 10, 405_146)]
    [InlineData("robust-s2", 3, 10, 665_466)]
    [InlineData("robust-s3", 3, 10, 665_466)]
    [InlineData("robust-s4", 3, 10, 624_506)]
    [InlineData("robust-s5", 3, 10, 1_930_618)]
    [InlineData("robust-s2", 3, 100, 688_596)]
    [InlineData("robust-s4", 3, 100, 647_636)]
    public void Supernets_have_the_published_size(string space, int imageChannels, int classes, long expected) =>
        Assert.Equal(expected, ParameterCounts.Supernet(SearchSpaces.Get(space), 16, 8, imageChannels, classes));

    [Fact]
    public void The_supernet_of_NasBenchMacro_holds_three_blocks_a_layer() =>
        Assert.Equal(4_177_354, ParameterCounts.Supernet(SearchSpaces.NasBenchMacro, 32, 8, 3, 10));

    [Theory]
    [InlineData("DARTS_V1", 36, 20, 3, 10, 3_169_414)]
    [InlineData("DARTS_V2", 36, 20, 3, 10, 3_349_342)]
    [InlineData("SGAS_Cri1_CIFAR_7", 36, 20, 3, 10, 3_830_374)]
    [InlineData("SGAS_Cri2_CIFAR_3", 36, 20, 3, 10, 4_094_110)]
    [InlineData("DARTS_V1", 16, 8, 3, 10, 232_890)]
    [InlineData("DARTS_V2", 16, 8, 3, 10, 246_106)]
    [InlineData("SGAS_ES_FM_1", 36, 20, 1, 10, 3_697_102)]
    [InlineData("SGAS_ES_FM_2", 36, 20, 1, 10, 3_280_654)]
    [InlineData("SGAS_ES_FM_3", 36, 20, 1, 10, 3_032_038)]
    [InlineData("SGAS_ES_FM_1", 36, 20, 1, 47, 3_718_451)]
    [InlineData("SGAS_ES_FM_2", 36, 20, 1, 47, 3_302_003)]
    [InlineData("SGAS_ES_FM_3", 36, 20, 1, 47, 3_053_387)]
    [InlineData("NB201_ALL_NONE", 16, 5, 3, 10, 73_306)]
    [InlineData("NB201_ALL_SKIP", 16, 5, 3, 10, 73_306)]
    [InlineData("NB201_ALL_CONV3X3", 16, 5, 3, 10, 1_531_546)]
    [InlineData("NB201_ALL_CONV1X1", 16, 5, 3, 10, 241_306)]
    [InlineData("NB201_DRNAS", 16, 5, 3, 10, 1_288_506)]
    [InlineData("NB201_BEST_C10", 16, 5, 3, 10, 1_073_466)]
    public void Derived_networks_have_the_published_size(string name, int channels, int cells, int imageChannels, int classes, long expected) =>
        Assert.Equal(expected, ParameterCounts.Derived(PublishedGenotypes.Get(name), channels, cells, imageChannels, classes));

    [Fact]
    public void The_auxiliary_head_has_the_published_size() => Assert.Equal(476_426, ParameterCounts.AuxiliaryHead(36, 10));

    [TableFact]
    public void Every_cell_of_the_NasBench201_table_has_the_tables_size()
    {
        var table = SharedData.NasBench201;
        foreach (var text in table.Architectures)
            Assert.Equal(table.Value(text, "params_m_c10")!.Value,
                ParameterCounts.Derived(GenotypeText.Parse("nas-bench-201", text), 16, 5, 3, 10) / 1e6, 1e-9);
    }
}
