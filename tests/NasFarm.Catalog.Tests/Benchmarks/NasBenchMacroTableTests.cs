using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Collapse;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Benchmarks;

/// <summary>The real table against what its README says (../shared/data/README.md) and against the network it was made with.</summary>
public sealed class NasBenchMacroTableTests
{
    private const string Header = "arch,test_acc_1,test_acc_2,test_acc_3,mean_acc,std,params,flops";
    private const string Row = "00000000,45.32,45.33,45.44,45.3633,0.0544,387882,7713280";

    [MacroTableFact]
    public void The_table_is_complete_and_has_its_published_ends()
    {
        var table = SharedData.NasBenchMacro;
        var mean = table.Column(NasBenchMacroTable.Cifar10Test);

        Assert.Equal(6561, table.Architectures.Distinct().Count());
        Assert.Equal(93.1267, mean.Max());
        Assert.Equal(93.1267, table.Values(PublishedGenotypes.Get("MACRO_BEST_C10"))[NasBenchMacroTable.Cifar10Test]);
        Assert.Equal(45.3633, mean.Min());
        Assert.Equal(45.3633, table.Values(PublishedGenotypes.Get("MACRO_ALL_IDENTITY"))[NasBenchMacroTable.Cifar10Test]);
        Assert.Equal(90.2466, table.Distribution(NasBenchMacroTable.Cifar10Test).Mean, 1e-4);
        Assert.Equal(2.6825, table.Distribution(NasBenchMacroTable.Cifar10Test).StandardDeviation, 1e-4);
    }

    [MacroTableFact]
    public void Mean_and_deviation_are_those_of_the_three_trainings()
    {
        foreach (var architecture in SharedData.NasBenchMacro.Architectures)
        {
            var row = SharedData.NasBenchMacro.Values(architecture);
            double[] each = [row["c10_test_macro_1"], row["c10_test_macro_2"], row["c10_test_macro_3"]];
            var mean = each.Average();
            Assert.Equal(mean, row["c10_test_macro"], 1e-4);
            Assert.Equal(Math.Sqrt(each.Average(a => (a - mean) * (a - mean))), row["c10_test_macro_sd"], 1e-4);
        }
    }

    [MacroTableFact]
    public void Every_network_has_the_tables_size()
    {
        foreach (var architecture in SharedData.NasBenchMacro.Architectures)
            Assert.Equal((long)SharedData.NasBenchMacro.Values(architecture)["params_macro"],
                ParameterCounts.Derived(GenotypeText.Parse(SearchSpaces.NasBenchMacro, architecture), 32, 8, 3, 10));
    }

    [MacroTableFact]
    public void Networks_that_are_one_graph_were_trained_once()
    {
        var table = SharedData.NasBenchMacro;
        var classes = table.Architectures.GroupBy(a => MacroLayers.TrainedAs(GenotypeText.Parse(SearchSpaces.NasBenchMacro, a))).ToList();

        Assert.Equal(3969, classes.Count);
        Assert.All(classes, same => Assert.All(same, a => Assert.Equal(table.Values(same.Key), table.Values(a))));
    }

    [MacroTableFact]
    public void Collapse_has_the_base_rates_that_its_definition_says()
    {
        var definition = CollapseDefinition.For("nas-bench-macro");
        var collapsed = SharedData.NasBenchMacro.Architectures.Count(a => definition.IsStructural(GenotypeText.Parse(SearchSpaces.NasBenchMacro, a)));

        Assert.Equal("identity on at least 6 of 8 edges; c10_test_macro below 85.0 %", definition.Describe());
        Assert.Equal(collapsed / 6561.0, definition.StructuralBaseRate(NoneRule.Excluded), 1e-12);
        Assert.Equal(0.0197, collapsed / 6561.0, 0.0001);
        Assert.Equal(0.0424, SharedData.NasBenchMacro.Distribution(NasBenchMacroTable.Cifar10Test).ShareBelow(85), 0.0001);
    }

    [Theory]
    [InlineData("22000000,1,1,1,1,1,1", "table.csv:3:7: the line has 7 fields; the header has 8")]
    [InlineData("2200000,1,1,1,1,1,1,1", "table.csv:3:1: '2200000' is no NAS-Bench-Macro network")]
    [InlineData("22000003,1,1,1,1,1,1,1", "table.csv:3:1: '22000003' is no NAS-Bench-Macro network")]
    [InlineData("00000000,1,1,1,1,1,1,1", "table.csv:3:1: '00000000' stands here a second time")]
    [InlineData("22000000,1,1,x,1,1,1,1", "table.csv:3:4: test_acc_3 is 'x'; it must be a number")]
    [InlineData("22000000,1,1,1,,1,1,1", "table.csv:3:5: mean_acc is ''")]
    public void A_wrong_line_is_refused_with_file_line_and_column(string line, string expected) =>
        Assert.Contains(expected, Assert.Throws<BenchmarkFormatException>(() => Read(Row, line)).Message);

    [Fact]
    public void What_the_table_lacks_is_refused_by_name()
    {
        var table = Read(Row);

        Assert.Equal(45.44, table.Values("00000000")["c10_test_macro_3"]);
        Assert.Contains("'22222222'", Assert.Throws<ArgumentException>(() => table.Values("22222222")).Message);
        Assert.Contains("columns are c10_test_macro_1", Assert.Throws<ArgumentException>(() => table.Column("mean_acc")).Message);
        Assert.Contains("'darts'", Assert.Throws<ArgumentException>(() => table.Values(PublishedGenotypes.Get("DARTS_V1"))).Message);
        Assert.Contains("set NASFARM_NBMACRO", Assert.Throws<BenchmarkFormatException>(() => NasBenchMacroTable.Load("absent.csv.gz")).Message);
    }

    private static NasBenchMacroTable Read(params string[] rows)
    {
        using var reader = new StringReader(string.Join('\n', [Header, .. rows]));
        return NasBenchMacroTable.Read(reader, "table.csv");
    }
}
