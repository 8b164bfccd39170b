using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Search.DerivedNetworks;
using NasFarm.Search.Supernets;
using static TorchSharp.torch;

namespace NasFarm.Search.Tests.Supernets;

/// <summary>Golden parameter counts (spec/search-spaces.md §6).</summary>
public sealed class ParameterCountTests
{
    [Fact]
    public void DARTS_supernet()
    {
        using var net = new DartsSupernet(SearchSpaces.Darts, 16, 8, 3, 10, 0, CPU);
        Assert.Equal(1_930_618, net.Weights.ParameterCount);
    }

    [Fact]
    public void SGAS_es_supernet_for_one_channel()
    {
        using var net = new DartsSupernet(SearchSpaces.SgasEs, 16, 8, 1, 10, 0, CPU);
        Assert.Equal(927_130, net.Weights.ParameterCount);
    }

    [Theory]
    [InlineData("robust-s1", 10, 405_146)]
    [InlineData("robust-s2", 10, 665_466)]
    [InlineData("robust-s3", 10, 665_466)]
    [InlineData("robust-s4", 10, 624_506)]
    [InlineData("robust-s5", 10, 1_930_618)]
    [InlineData("robust-s2", 100, 688_596)]
    [InlineData("robust-s4", 100, 647_636)]
    public void RobustDARTS_supernets(string space, int classes, long parameters)
    {
        using var net = new DartsSupernet(SearchSpaces.Get(space), 16, 8, 3, classes, 0, CPU);
        Assert.Equal(parameters, net.Weights.ParameterCount);
    }

    [Theory]
    [InlineData("00000000", 387_882)]
    [InlineData("11111111", 1_588_874)]
    [InlineData("22222222", 2_932_586)]
    [InlineData("00000002", 1_219_370)]
    public void Derived_NAS_Bench_Macro_network(string digits, long parameters)
    {
        using var net = new NasBenchMacroNetwork(GenotypeText.Parse("nas-bench-macro", digits), 32, 3, 10, 0, CPU);
        Assert.Equal(parameters, net.ParameterCount);
    }

    [Theory]
    [InlineData("DEEPER_BEST", 35_354)]
    [InlineData("DEEPER_WORST", 24_858)]
    public void Child_of_Deeper_Insights(string cell, long parameters)
    {
        using var net = new DeeperInsightsNetwork(PublishedGenotypes.Get(cell), 16, 4, 3, 10, 0, CPU);
        Assert.Equal(parameters, net.ParameterCount);
    }

    [Theory]
    [InlineData("nas-bench-1shot1-1", "v3(0)|v1(0,1)|vm(1,2)|v3(2,3)|out(0,4)")]
    [InlineData("nas-bench-1shot1-2", "v3(0)|vm(1)|v1(0,1)|v3(1,2)|out(0,1,4)")]
    [InlineData("nas-bench-1shot1-3", "v3(0)|v1(1)|vm(0)|v3(1,2)|v1(2,4)|out(3,5)")]
    [InlineData("nas-bench-1shot1-3", "v3(0)|v1(0)|vm(0)|v3(0,2)|v1(2,4)|out(0,1)")]
    public void Derived_NAS_Bench_101_network(string space, string cell)
    {
        var genotype = GenotypeText.Parse(space, cell);
        using var net = new NasBench101Network(genotype, 13, 4, 1, 10, 0, CPU);
        Assert.Equal(ParameterCounts.Derived(genotype, 13, 4, 1, 10), net.ParameterCount);
    }

    [Fact]
    public void Every_supernet_has_as_many_parameters_as_the_catalog_counts()
    {
        foreach (var space in SearchSpaces.All)
        {
            var cells = Math.Min(space.DefaultCells, space.Family == SpaceFamily.Darts ? 3 : 8);
            using var net = Supernet.Make(space, 4, cells, 1, 10, 0, CPU);
            Assert.Equal(ParameterCounts.Supernet(space, 4, cells, 1, 10), net.Weights.ParameterCount);
        }
    }

    [Theory]
    [InlineData("darts", "DARTS_V1", 36, 20, 3, 10, 3_169_414)]
    [InlineData("darts", "DARTS_V2", 36, 20, 3, 10, 3_349_342)]
    [InlineData("darts", "SGAS_Cri1_CIFAR_7", 36, 20, 3, 10, 3_830_374)]
    [InlineData("darts", "SGAS_Cri2_CIFAR_3", 36, 20, 3, 10, 4_094_110)]
    [InlineData("darts", "DARTS_V1", 16, 8, 3, 10, 232_890)]
    [InlineData("darts", "DARTS_V2", 16, 8, 3, 10, 246_106)]
    [InlineData("sgas-es", "SGAS_ES_FM_1", 36, 20, 1, 10, 3_697_102)]
    [InlineData("sgas-es", "SGAS_ES_FM_2", 36, 20, 1, 10, 3_280_654)]
    [InlineData("sgas-es", "SGAS_ES_FM_3", 36, 20, 1, 10, 3_032_038)]
    [InlineData("sgas-es", "SGAS_ES_FM_1", 36, 20, 1, 47, 3_718_451)]
    [InlineData("sgas-es", "SGAS_ES_FM_2", 36, 20, 1, 47, 3_302_003)]
    [InlineData("sgas-es", "SGAS_ES_FM_3", 36, 20, 1, 47, 3_053_387)]
    public void Derived_DARTS_network(string space, string cell, int channels, int cells, int imageChannels, int classes, long parameters)
    {
        using var net = new DartsNetwork(GenotypeText.ParseOrFind(space, cell), channels, cells, imageChannels, classes, withAuxiliary: false, 0, CPU);
        Assert.Equal(parameters, net.ParameterCount);
        Assert.Equal(parameters, net.Weights.ParameterCount);
    }

    [Fact]
    public void The_auxiliary_head_is_counted_apart()
    {
        using var net = new DartsNetwork(GenotypeText.ParseOrFind("darts", "DARTS_V2"), 36, 20, 3, 10, withAuxiliary: true, 0, CPU);
        Assert.Equal(3_349_342, net.ParameterCount);
        Assert.Equal(476_426, net.Weights.ParameterCount - net.ParameterCount);
    }

    [Theory]
    [InlineData("|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|", 73_306)]
    [InlineData("|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|", 1_531_546)]
    [InlineData("|nor_conv_1x1~0|+|nor_conv_1x1~0|nor_conv_1x1~1|+|nor_conv_1x1~0|nor_conv_1x1~1|nor_conv_1x1~2|", 241_306)]
    [InlineData("|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|", 1_288_506)]
    [InlineData("|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|", 1_073_466)]
    public void Derived_NAS_Bench_201_network(string cell, long parameters)
    {
        using var net = new NasBench201Network(GenotypeText.Parse("nas-bench-201", cell), 16, 5, 3, 10, 0, CPU);
        Assert.Equal(parameters, net.ParameterCount);
    }
}
