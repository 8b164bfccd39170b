using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using NasFarm.Catalog.Benchmarks;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Tests.Benchmarks;

/// <summary>Both kinds of file, made here: the real ones are too large to keep.</summary>
public sealed class NasBench101TableTests : IDisposable
{
    private const string Header = "hash,epochs,repeat,valid_acc,test_acc";
    private static readonly Genotype Cell = GenotypeText.Parse("nas-bench-1shot1-1", "v3(0)|vm(0,1)|v1(1,2)|v3(0,3)|out(2,4)");
    private static readonly string Hash = NasBench101Cell.Of(Cell).Hash();

    private readonly string folder = Directory.CreateTempSubdirectory("nasfarm-nb101-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, InlineData("table.csv"), InlineData("table.csv.gz")]
    public void A_CSV_gives_the_means_of_the_trainings_of_108_epochs(string name)
    {
        var path = Path.Combine(folder, name);
        var text = $"{Header}\n{Hash},108,1,94.0,93.0\n{Hash},12,1,50,49\n{Hash},108,2,95.0,94.5\n{Hash},108,3,93.0,93.0\n";
        using (Stream file = File.Create(path), stream = name.EndsWith(".gz") ? new GZipStream(file, CompressionLevel.Fastest) : file)
            stream.Write(Encoding.UTF8.GetBytes(text));

        var table = NasBench101Table.Load(path);
        var values = table.Values(Cell);

        Assert.Equal(1, table.Count);
        Assert.Equal(8 + 2, values.Count);
        Assert.Equal((94.0, 93.5), (values[NasBench101Table.Cifar10Valid], values[NasBench101Table.Cifar10Test]));
        Assert.Equal(Math.Sqrt(0.5), values["c10_test_nb101_sd"], 1e-12);
        Assert.Equal((93.0, 94.5), (values["c10_test_nb101_1"], values["c10_test_nb101_2"]));
    }

    [Fact]
    public void A_published_file_gives_the_same()
    {
        using var file = new MemoryStream();
        Write(file, Record(Hash, 108, [(0.1, 0.1), (0.6, 0.6), (0.94, 0.93)]));
        Write(file, Record(Hash, 36, [(0.1, 0.1), (0.3, 0.3), (0.5, 0.49)]));
        Write(file, Record(Hash, 108, [(0.1, 0.1), (0.6, 0.6), (0.95, 0.945)]));
        Write(file, Record(new string('a', 32), 108, [(0.1, 0.1), (0.6, 0.6), (0.8, 0.8)]));
        file.Position = 0;

        var table = NasBench101Table.ReadRecords(file, "nasbench.tfrecord");

        Assert.Equal(2, table.Count);
        Assert.Equal(93.75, table.Values(Cell)[NasBench101Table.Cifar10Test], 1e-9);
        Assert.Equal(94.5, table.Values(Cell)[NasBench101Table.Cifar10Valid], 1e-9);
    }

    [Fact]
    public void Isomorphic_genotypes_of_all_spaces_have_the_same_values()
    {
        // One convolution, read by the output beside the input, and the rest loose.
        string[] cells = ["nas-bench-1shot1-1 v3(0)|v1(0,1)|v1(0,1)|v1(0,1)|out(0,1)", "nas-bench-1shot1-3 v3(0)|v1(0)|v1(0)|v1(0,1)|v1(0,1)|out(0,1)"];
        var genotypes = cells.Select(c => c.Split(' ')).Select(c => GenotypeText.Parse(c[0], c[1])).ToList();
        using var reader = new StringReader($"{Header}\n{NasBench101Cell.Of(genotypes[0]).Hash()},108,1,90,89\n");
        var table = NasBench101Table.Read(reader, "table.csv");

        Assert.All(genotypes, g => Assert.Equal(89, table.Values(g)[NasBench101Table.Cifar10Test]));
    }

    [Theory]
    [InlineData("abc,108,1,90,90", "table.csv:2:1: hash is 'abc'; it must be 32 hex digits, small letters.")]
    [InlineData("HASH,0,1,90,90", "table.csv:2:2: epochs is '0'; it must be a whole number from 1 up.")]
    [InlineData("HASH,108,one,90,90", "table.csv:2:3: repeat is 'one';")]
    [InlineData("HASH,108,1,101,90", "table.csv:2:4: valid_acc is '101'; it must be a number from 0 to 100.")]
    [InlineData("HASH,108,1,90,NaN", "table.csv:2:5: test_acc is 'NaN';")]
    [InlineData("HASH,108,1,90", "table.csv:2:4: the line has 4 fields; the header has 5.")]
    [InlineData("HASH,108,1,90,90\nHASH,108,1,90,90", "table.csv:3:3: repeat 1 of 108 epochs of HASH stands here a second time.")]
    [InlineData("HASH,108,1,0.94,0.93", "accuracies must be in percent, not shares.")]
    [InlineData("HASH,4,1,90,90", "there is no training of 108 epochs in it.")]
    public void A_damaged_CSV_is_refused_with_its_place(string rows, string expected)
    {
        using var reader = new StringReader($"{Header}\n{rows.Replace("HASH", Hash)}\n");
        Assert.Contains(expected.Replace("HASH", Hash), Assert.Throws<BenchmarkFormatException>(() => NasBench101Table.Read(reader, "table.csv")).Message);
    }

    [Fact]
    public void Another_header_and_an_absent_file_are_refused()
    {
        using var reader = new StringReader("hash,epochs,valid_acc\n");
        Assert.Contains("table.csv:1:3: the header has 'valid_acc' here; it must have 'repeat'",
            Assert.Throws<BenchmarkFormatException>(() => NasBench101Table.Read(reader, "table.csv")).Message);
        Assert.Contains("set NASFARM_NB101", Assert.Throws<BenchmarkFormatException>(() => NasBench101Table.Load(Path.Combine(folder, "absent.csv"))).Message);
    }

    [Theory]
    [InlineData(3, "byte 0: the checksum of the length is wrong")]
    [InlineData(20, "byte 0: the checksum of the record is wrong")]
    public void A_flipped_bit_is_found(int at, string expected)
    {
        using var file = new MemoryStream();
        Write(file, Record(Hash, 108, [(0.1, 0.1), (0.6, 0.6), (0.94, 0.93)]));
        var bytes = file.ToArray();
        bytes[at] ^= 4;

        Assert.Contains($"record 1, {expected}", Refused(bytes));
    }

    [Theory, InlineData(7, "inside the length of a record (7 of 12 bytes)"), InlineData(40, "the file ends inside the record")]
    public void A_file_that_ends_early_is_found(int length, string expected)
    {
        using var file = new MemoryStream();
        Write(file, Record(Hash, 108, [(0.1, 0.1), (0.6, 0.6), (0.94, 0.93)]));

        Assert.Contains(expected, Refused(file.ToArray()[..length]));
    }

    [Fact]
    public void A_record_of_something_else_is_found()
    {
        foreach (var (content, expected) in new[]
        {
            ("{\"hash\":1}", "a record is a JSON array"),
            ("not json", "record 1 is none of NAS-Bench-101"),
            (Text(Record(Hash, 108, [(0.1, 0.1), (0.94, 0.93)])), "2 evaluations; the benchmark has 3"),
            (Text(Record("xyz", 108, [(0.1, 0.1), (0.6, 0.6), (0.94, 0.93)])), "'xyz' is no graph hash"),
            (Text(Record(Hash, 108, [(0.1, 0.1), (0.6, 0.6), (94, 93)])), "they must lie between 0 and 1"),
            ($"[\"{Hash}\",108,\"\",\"\",\"!!\"]", "record 1 is none of NAS-Bench-101"),
            ($"[\"{Hash}\",108,\"\",\"\",\"Cv8=\"]", "a number"),
        })
        {
            using var file = new MemoryStream();
            Write(file, Encoding.UTF8.GetBytes(content));
            Assert.Contains(expected, Refused(file.ToArray()));
        }
    }

    [Fact]
    public void A_cell_that_the_table_lacks_is_named_with_its_hash()
    {
        using var reader = new StringReader($"{Header}\n{new string('a', 32)},108,1,90,90\n");
        var table = NasBench101Table.Read(reader, "table.csv");

        Assert.Contains($"table.csv has no training of 108 epochs of the cell", Assert.Throws<ArgumentException>(() => table.Values(Cell)).Message);
        Assert.Contains(Hash, Assert.Throws<ArgumentException>(() => table.Values(Cell)).Message);
    }

    [Fact]
    public void Each_of_the_three_spaces_asks_the_same_table_and_without_a_file_there_are_no_values()
    {
        Assert.All(NasBench1Shot1.All, s => Assert.Equal(NasBench101Table.PathVariable, BenchmarkTables.PathVariable(s.Name)));
        Assert.All(NasBench1Shot1.All, s => Assert.Equal("NAS-Bench-101", BenchmarkTables.BySpace[s.Name]));
        Assert.Null(BenchmarkTables.PathVariable("darts"));
        if (Environment.GetEnvironmentVariable(NasBench101Table.PathVariable) is null)
            Assert.Empty(new BenchmarkTables().Values("nas-bench-1shot1-1", Cell.ToString()));
    }

    private static string Refused(byte[] bytes)
    {
        using var file = new MemoryStream(bytes);
        return Assert.Throws<BenchmarkFormatException>(() => NasBench101Table.ReadRecords(file, "nasbench.tfrecord")).Message;
    }

    private static string Text(byte[] record) => Encoding.UTF8.GetString(record);

    /// <summary>As the benchmark writes it: three evaluations, then parameters and total time, which are passed over.</summary>
    private static byte[] Record(string hash, int epochs, (double Valid, double Test)[] evaluations)
    {
        var metrics = new List<byte>();
        foreach (var (valid, test) in evaluations)
        {
            byte[] evaluation =
            [
                .. Number(1, 54), .. Number(2, 1000), .. Number(3, 0.99), .. Number(4, valid), .. Number(5, test), (6 << 3) | 2, 2, (byte)'c', (byte)'k',
            ];
            metrics.AddRange([(1 << 3) | 2, (byte)evaluation.Length, .. evaluation]);
        }
        metrics.AddRange([2 << 3, 0xca, 0xb9, 0xa4, 0x01, .. Number(3, 12.5)]);
        return JsonSerializer.SerializeToUtf8Bytes<object[]>([hash, epochs, "0100", "input,output", Convert.ToBase64String([.. metrics])]);
    }

    private static byte[] Number(int field, double value)
    {
        var bytes = new byte[9];
        bytes[0] = (byte)((field << 3) | 1);
        BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    private static void Write(Stream file, byte[] record)
    {
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, record.Length);
        foreach (var part in new[] { length, record })
        {
            var checksum = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, Masked(Crc32C(part)));
            file.Write(part);
            file.Write(checksum);
        }
    }

    private static uint Masked(uint crc) => ((crc >> 15) | (crc << 17)) + 0xa282ead8;

    /// <summary>Bit by bit, from the polynomial: not what the reader uses.</summary>
    private static uint Crc32C(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var x in data)
        {
            crc ^= x;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
        }
        return ~crc;
    }

    [Fact]
    public void The_checksum_of_these_tests_is_the_standards() => Assert.Equal(0xe3069283, Crc32C(Encoding.ASCII.GetBytes("123456789")));
}
