using System.IO.Compression;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Tests.Spaces;

/// <summary>Cells in the format of NAS-Bench-101, their hash and their networks.</summary>
public sealed class NasBench101CellTests
{
    private static readonly string[] InceptionRows = ["0111010", "0000001", "0000001", "0000100", "0000001", "0000001", "0000000"];
    private static readonly string[] InceptionOperations =
        ["input", "conv1x1-bn-relu", "conv3x3-bn-relu", "conv3x3-bn-relu", "conv3x3-bn-relu", "maxpool3x3", "output"];

    [SmallCellsFact]
    public void Every_small_cell_of_the_benchmark_has_its_hash_and_its_parameters()
    {
        var labels = new Dictionary<string, string> { ["-1"] = "input", ["0"] = "conv3x3-bn-relu", ["1"] = "conv1x1-bn-relu", ["2"] = "maxpool3x3", ["-2"] = "output" };
        using var reader = new StreamReader(new GZipStream(File.OpenRead(SharedData.SmallNasBench101Path!), CompressionMode.Decompress));
        var header = reader.ReadLine()!.Split(',');
        var rows = 0;
        while (reader.ReadLine() is { } line)
        {
            var row = header.Zip(line.Split(',')).ToDictionary(p => p.First, p => p.Second);
            var cell = new NasBench101Cell(row["adjacency"].Split('/'), [.. row["ops"].Split(';').Select(op => labels[op])]);
            Assert.Equal(row["hash"], cell.Hash());
            Assert.Equal(row["params"], $"{cell.Parameters(128, 9, 3, 10)}");
            rows++;
        }
        Assert.Equal(2805, rows);
    }

    [Fact]
    public void The_cell_of_the_benchmarks_own_example_has_its_published_size() =>
        Assert.Equal(2_694_282, new NasBench101Cell(InceptionRows, InceptionOperations).Parameters(128, 9, 3, 10));

    [Fact]
    public void Isomorphic_cells_share_a_hash_and_others_do_not()
    {
        // Vertices 1 and 2 change places.
        string[] rows = ["0111010", "0000001", "0000001", "0000100", "0000001", "0000001", "0000000"];
        string[] swapped = [.. InceptionOperations];
        (swapped[1], swapped[2]) = (swapped[2], swapped[1]);
        string[] other = [.. InceptionOperations];
        other[5] = "conv1x1-bn-relu";
        var hash = new NasBench101Cell(InceptionRows, InceptionOperations).Hash();

        Assert.Equal(hash, new NasBench101Cell(rows, swapped).Hash());
        Assert.NotEqual(hash, new NasBench101Cell(rows, other).Hash());
        Assert.Matches("^[0-9a-f]{32}$", hash);
    }

    [Fact]
    public void Cells_of_six_vertices_get_a_convolution_that_nothing_reads_and_the_hash_does_not_see_it()
    {
        var genotype = GenotypeText.Parse("nas-bench-1shot1-1", "v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(2,4)");
        var cell = NasBench101Cell.Of(genotype);

        Assert.Equal(["0110100", "0011000", "0001001", "0000100", "0000001", "0000000", "0000000"], cell.Adjacency);
        Assert.Equal(
            ["input", "conv3x3-bn-relu", "maxpool3x3", "conv1x1-bn-relu", "conv3x3-bn-relu", "conv1x1-bn-relu", "output"], cell.Operations);
        Assert.Equal(6, cell.Pruned().Vertices);
        Assert.Equal(cell.Pruned().Hash(), cell.Hash());
    }

    [Fact]
    public void Cells_of_the_third_space_fill_the_format()
    {
        var cell = NasBench101Cell.Of(GenotypeText.Parse("nas-bench-1shot1-3", "v3(0)|vm(1)|v1(0)|v3(1,2)|vm(3,4)|out(0,5)"));

        Assert.Equal(["0101001", "0010100", "0000100", "0000010", "0000010", "0000001", "0000000"], cell.Adjacency);
        Assert.Equal(cell.ToString(), cell.Pruned().ToString());
    }

    [Fact]
    public void Every_genotype_is_a_cell_of_at_most_nine_edges_and_what_is_loose_is_pruned()
    {
        var random = new Random(3);
        foreach (var space in NasBench1Shot1.All)
            foreach (var _ in Enumerable.Range(0, 100))
            {
                var cell = NasBench101Cell.Of(RandomGenotypes.Draw(space, NoneRule.Excluded, random.Next));
                var pruned = cell.Pruned();
                Assert.Equal(9, cell.Adjacency.Sum(row => row.Count(c => c == '1')));
                Assert.All(Enumerable.Range(0, pruned.Vertices - 1), v => Assert.Contains('1', pruned.Adjacency[v]));
                Assert.Equal(pruned.ToString(), pruned.Pruned().ToString());
            }
    }

    /// <summary>Cases of the benchmark's own test of its channels.</summary>
    [Theory]
    [InlineData("0100/0010/0001/0000", 8, 16, "8,16,16,16")]
    [InlineData("01/00", 5, 1, "5,1")]
    [InlineData("0110/0001/0001/0000", 8, 15, "8,8,7,15")]
    [InlineData("01110/00001/00001/00001/00000", 8, 8, "8,3,3,2,8")]
    [InlineData("01000/00110/00001/00001/00000", 8, 9, "8,5,5,4,9")]
    public void Vertices_that_the_output_reads_share_its_channels(string rows, int inputs, int outputs, string expected)
    {
        var adjacency = rows.Split('/');
        var cell = new NasBench101Cell(adjacency, ["input", .. Enumerable.Repeat("maxpool3x3", adjacency.Length - 2), "output"]);

        Assert.Equal(expected, string.Join(',', cell.Channels(inputs, outputs)));
    }

    [Theory]
    [InlineData("010/001", "input,maxpool3x3,output", "2 rows of adjacency and 3 operations")]
    [InlineData("010/0012/000", "input,maxpool3x3,output", "Row 1 of the adjacency is '0012'; it must be 3 zeros and ones")]
    [InlineData("010/011/000", "input,maxpool3x3,output", "Row 1 of the adjacency is '011'; edges lead to later vertices only")]
    [InlineData("010/001/000", "input,skip_connect,output", "Vertex 1 has 'skip_connect'")]
    [InlineData("010/001/000", "maxpool3x3,maxpool3x3,output", "Vertex 0 has 'maxpool3x3'; the first is 'input'")]
    public void What_is_no_cell_is_refused(string rows, string operations, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new NasBench101Cell(rows.Split('/'), operations.Split(','))).Message);

    [Fact]
    public void A_cell_without_a_way_and_a_genotype_of_another_space_are_refused()
    {
        Assert.Contains("No way leads", Assert.Throws<ArgumentException>(() => new NasBench101Cell(["010", "000", "000"], ["input", "maxpool3x3", "output"]).Hash()).Message);
        Assert.Contains("'darts'", Assert.Throws<ArgumentException>(() => NasBench101Cell.Of(PublishedGenotypes.Get("DARTS_V1"))).Message);
    }
}
