using System.IO.Compression;
using System.Text;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Benchmarks;

/// <summary>The real table against spec/search-spaces.md §2 and spec/algorithms.md §1.8.</summary>
public sealed class NasBench201TableTests
{
    [TableTheory]
    [InlineData("NB201_ALL_SKIP", 54.297, 15.607, 16.322)]
    [InlineData("NB201_ALL_CONV3X3", 93.760, 71.107, 41.444)]
    [InlineData("NB201_ALL_NONE", 10.00, 1.00, 0.833)]
    [InlineData("NB201_DRNAS", 94.363, 73.513, 46.344)]
    public void Published_cells_have_their_published_accuracies(string name, double c10, double c100, double in16)
    {
        var values = SharedData.NasBench201.Values(PublishedGenotypes.Get(name));

        Assert.Equal(c10, values["c10_test_200"], 1e-3);
        Assert.Equal(c100, values["c100_test_200"], 1e-3);
        Assert.Equal(in16, values["in16_test_200"], 1e-3);
    }

    [TableTheory]
    [InlineData("NB201_BEST_C10", "c10_test_200", 94.3733, 6111)]
    [InlineData("NB201_BEST_C100", "c100_test_200", 73.5133, 9930)]
    [InlineData("NB201_BEST_IN16", "in16_test_200", 47.3111, 857)]
    public void The_best_cells_are_the_best(string name, string column, double best, int index)
    {
        var table = SharedData.NasBench201;
        var text = PublishedGenotypes.Get(name).ToString();

        Assert.Equal(best, table.Value(text, column)!.Value, 1e-4);
        Assert.Equal(best, table.Column(column).Max(), 1e-4);
        Assert.Equal(index, table.IndexOf(text));
    }

    [TableTheory]
    [InlineData(NoneRule.Paper, 15_625, 87.06, 12.94, 0.108)]
    [InlineData(NoneRule.Excluded, 4_096, 89.44, 6.13, 0.072)]
    public void The_exact_distribution_of_random_search_is_the_published_one(NoneRule rule, int cells, double mean, double sd, double below80)
    {
        var distribution = SharedData.NasBench201.Distribution(NasBench201Table.Cifar10Test, rule);

        Assert.Equal(cells, distribution.Count);
        Assert.Equal(mean, distribution.Mean, 0.005);
        Assert.Equal(sd, distribution.StandardDeviation, 0.005);
        Assert.Equal(below80, distribution.ShareBelow(80), 0.0005);
    }

    [TableTheory]
    [InlineData("c10_test_200", 87.06, 90.75)]
    [InlineData("c100_test_200", 61.41, 65.29)]
    [InlineData("in16_test_200", 33.59, 36.39)]
    public void Space_means_and_medians_are_the_published_ones(string column, double mean, double median)
    {
        var distribution = SharedData.NasBench201.Distribution(column, NoneRule.Paper);

        Assert.Equal(mean, distribution.Mean, 0.03); // the published figures come from another release of the table
        Assert.Equal(median, distribution.Median, 0.03);
    }

    [TableFact]
    public void The_table_is_complete_and_every_value_is_recorded()
    {
        var table = SharedData.NasBench201;

        Assert.Equal(NasBench201Table.CompleteCount, table.Count);
        Assert.All(NasBench201Table.Columns, c => Assert.DoesNotContain(double.NaN, table.Column(c)));
        Assert.Equal(6466, table.Architectures.Select(table.IsoClass).Distinct().Count());
    }

    [Fact]
    public void A_missing_value_is_null_and_left_out()
    {
        var table = Read(Row(0, NoSkip), Row(1, AllSkip, ("c10_test_200", "")));

        Assert.Null(table.Value(AllSkip, "c10_test_200"));
        Assert.Equal(50, table.Value(NoSkip, "c10_test_200"));
        Assert.DoesNotContain("c10_test_200", table.Values(AllSkip).Keys);
        Assert.Equal(1, table.Distribution("c10_test_200", NoneRule.Paper).Count);
    }

    [Theory]
    [InlineData("c10_test_200", "n/a", "table.csv:3:13: c10_test_200 is 'n/a'; it must be a number or empty")]
    [InlineData("c10_test_200", "NaN", "table.csv:3:13: c10_test_200 is 'NaN'")]
    [InlineData("index", "7", "table.csv:3:1: index is '7'; rows are in index order and this must be 1")]
    [InlineData("iso_class", "x", "table.csv:3:3: iso_class is 'x'")]
    [InlineData("arch_str", "|sk~0|+|sk~0|sk~1|+|sk~0|sk~1|sk~2|", "table.csv:3:2: '|sk~0|+|sk~0|sk~1|+|sk~0|sk~1|sk~2|' is not in canonical form")]
    [InlineData("arch_str", "|skip_connect~0|", "table.csv:3:2: '|skip_connect~0|' is no NAS-Bench-201 cell")]
    [InlineData("arch_str", NoSkip, "stands here a second time")]
    public void A_wrong_field_is_refused_with_file_line_and_column(string column, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<BenchmarkFormatException>(() => Read(Row(0, NoSkip), Row(1, AllSkip, (column, value)))).Message);

    [Fact]
    public void A_short_line_is_refused() =>
        Assert.Contains("table.csv:2:2: the line has 2 fields; the header has 29", Assert.Throws<BenchmarkFormatException>(() => Read("0,x")).Message);

    [Fact]
    public void Another_header_is_refused_with_both_names()
    {
        using var reader = new StringReader(Header.Replace("c10_test_12", "c10_test"));
        Assert.Contains("table.csv:1:5: the header has 'c10_test' here; it must have 'c10_test_12'",
            Assert.Throws<BenchmarkFormatException>(() => NasBench201Table.Read(reader, "table.csv")).Message);
        Assert.Contains(":1:1: the header has no field", Assert.Throws<BenchmarkFormatException>(
            () => NasBench201Table.Read(TextReader.Null, "table.csv")).Message);
    }

    [Fact]
    public void Files_that_are_absent_damaged_or_incomplete_say_so()
    {
        var folder = Directory.CreateTempSubdirectory("nasfarm-table-");
        try
        {
            var path = Path.Combine(folder.FullName, "nasbench201.csv.gz");
            Assert.Contains("there is no such file", Assert.Throws<BenchmarkFormatException>(() => NasBench201Table.Load(path)).Message);

            File.WriteAllText(path, "plain text");
            Assert.Contains("not a whole gzip file", Assert.Throws<BenchmarkFormatException>(() => NasBench201Table.Load(path)).Message);

            using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
                gzip.Write(Encoding.UTF8.GetBytes($"{Header}\n{Row(0, NoSkip)}\n"));
            Assert.Contains(":2:1: the table ends after 1 cells; NAS-Bench-201 has 15625",
                Assert.Throws<BenchmarkFormatException>(() => NasBench201Table.Load(path)).Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Unknown_cells_columns_and_spaces_are_refused_by_name()
    {
        var table = Read(Row(0, NoSkip));

        Assert.Contains(AllSkip, Assert.Throws<ArgumentException>(() => table.IndexOf(AllSkip)).Message);
        Assert.Contains("columns are c10v_valid_12", Assert.Throws<ArgumentException>(() => table.Column("acc")).Message);
        Assert.Contains("'darts'", Assert.Throws<ArgumentException>(() => table.Values(PublishedGenotypes.Get("DARTS_V1"))).Message);
    }

    private const string NoSkip = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|";
    private const string AllSkip = "|skip_connect~0|+|skip_connect~0|skip_connect~1|+|skip_connect~0|skip_connect~1|skip_connect~2|";
    private static readonly string Header = string.Join(',', ["index", "arch_str", "iso_class", .. NasBench201Table.Columns]);

    private static NasBench201Table Read(params string[] rows)
    {
        using var reader = new StringReader(string.Join('\n', [Header, .. rows]));
        return NasBench201Table.Read(reader, "table.csv");
    }

    private static string Row(int index, string architecture, params (string Column, string Value)[] changes)
    {
        var fields = Header.Split(',').ToDictionary(c => c, _ => "50");
        (fields["index"], fields["arch_str"], fields["iso_class"]) = (index.ToString(), architecture, "0");
        foreach (var (column, value) in changes)
            fields[column] = value;
        return string.Join(',', fields.Values);
    }
}
