using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>Accuracies of NAS-Bench-101 cells (Ying et al., ICML 2019) after 108 epochs on CIFAR-10, in percent, by graph hash
/// (<see cref="NasBench101Cell.Hash"/>). Two kinds of file: the published TFRecord file (name ends in <c>.tfrecord</c>), or a CSV, gzip or
/// not, with the columns <c>hash, epochs, repeat, valid_acc, test_acc</c>, accuracies in percent. Trainings of other lengths may stand in it
/// and are passed over. Any number of cells. Immutable.</summary>
public sealed class NasBench101Table
{
    /// <summary>Environment variable that names the table's file.</summary>
    public const string PathVariable = "NASFARM_NB101";

    /// <summary>Mean test accuracy over the trainings: the score.</summary>
    public const string Cifar10Test = "c10_test_nb101";

    /// <summary>Mean validation accuracy over the trainings.</summary>
    public const string Cifar10Valid = "c10_valid_nb101";

    /// <summary>Epochs of the trainings that count.</summary>
    public const int Epochs = 108;

    private const int HashDigits = 32;
    private static readonly string[] Header = ["hash", "epochs", "repeat", "valid_acc", "test_acc"];

    private readonly Dictionary<string, List<(double Valid, double Test)>> cells;
    private readonly string name;

    private NasBench101Table(string name, Dictionary<string, List<(double Valid, double Test)>> cells) => (this.name, this.cells) = (name, cells);

    /// <summary>Cells that were trained for 108 epochs.</summary>
    public int Count => cells.Count;

    /// <summary>Reads a file. Throws <see cref="BenchmarkFormatException"/> when it is absent or damaged, or holds no such training.</summary>
    public static NasBench101Table Load(string path)
    {
        if (!File.Exists(path))
            throw new BenchmarkFormatException(
                $"{path}: there is no such file; give nasbench_only108.tfrecord or a CSV ({string.Join(',', Header)}) of NAS-Bench-101, or set {PathVariable} to it.");
        using var file = File.OpenRead(path);
        if (path.EndsWith(".tfrecord", StringComparison.OrdinalIgnoreCase))
        {
            using var buffered = new BufferedStream(file, 1 << 20);
            return ReadRecords(buffered, path);
        }
        var zipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        try
        {
            using var reader = new StreamReader(zipped ? new GZipStream(file, CompressionMode.Decompress) : file);
            return Read(reader, path);
        }
        catch (InvalidDataException damaged)
        {
            throw new BenchmarkFormatException($"{path}: not a whole gzip file ({damaged.Message}).", damaged);
        }
    }

    /// <summary>Reads the table that <see cref="PathVariable"/> names; null when the variable is not set.</summary>
    public static NasBench101Table? LoadFromEnvironment() =>
        Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path ? Load(path) : null;

    /// <summary>Reads the CSV. <paramref name="name"/> stands in messages.</summary>
    public static NasBench101Table Read(TextReader reader, string name)
    {
        GzipCsv.RequireHeader(reader.ReadLine(), name, Header);
        var cells = new Dictionary<string, List<(double Valid, double Test)>>(StringComparer.Ordinal);
        var seen = new HashSet<(string Hash, int Epochs, int Repeat)>();
        var largest = 0.0;
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            var fields = text.Split(',');
            BenchmarkFormatException Wrong(int column, string problem) => new($"{name}:{line}:{column}: {problem}.");
            int Whole(int column) => int.TryParse(fields[column - 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : throw Wrong(column, $"{Header[column - 1]} is '{fields[column - 1]}'; it must be a whole number from 1 up");
            double Percent(int column) => double.TryParse(fields[column - 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 100
                ? number
                : throw Wrong(column, $"{Header[column - 1]} is '{fields[column - 1]}'; it must be a number from 0 to 100");

            if (fields.Length != Header.Length)
                throw Wrong(fields.Length, $"the line has {fields.Length} fields; the header has {Header.Length}");
            if (!IsHash(fields[0]))
                throw Wrong(1, $"hash is '{fields[0]}'; it must be {HashDigits} hex digits, small letters");
            var (epochs, repeat, accuracies) = (Whole(2), Whole(3), (Valid: Percent(4), Test: Percent(5)));
            if (!seen.Add((fields[0], epochs, repeat)))
                throw Wrong(3, $"repeat {repeat} of {epochs} epochs of {fields[0]} stands here a second time");
            largest = Math.Max(largest, accuracies.Test);
            if (epochs == Epochs)
                Add(cells, fields[0], accuracies);
        }
        return largest is > 0 and <= 1
            ? throw new BenchmarkFormatException($"{name}:2:5: no test_acc is above 1; accuracies must be in percent, not shares.")
            : Filled(cells, name);
    }

    /// <summary>Reads the published TFRecord file. <paramref name="name"/> stands in messages.</summary>
    public static NasBench101Table ReadRecords(Stream stream, string name)
    {
        var cells = new Dictionary<string, List<(double Valid, double Test)>>(StringComparer.Ordinal);
        foreach (var (index, bytes) in TfRecords.Read(stream, name).Index())
        {
            try
            {
                var record = NasBench101Record.Read(bytes);
                if (!IsHash(record.Hash))
                    throw new FormatException($"'{record.Hash}' is no graph hash");
                if (record.Valid is not (>= 0 and <= 1) || record.Test is not (>= 0 and <= 1))
                    throw new FormatException(FormattableString.Invariant($"accuracies {record.Valid} and {record.Test}; they must lie between 0 and 1"));
                if (record.Epochs == Epochs)
                    Add(cells, record.Hash, (100 * record.Valid, 100 * record.Test));
            }
            catch (Exception wrong) when (wrong is FormatException or JsonException or InvalidOperationException)
            {
                throw new BenchmarkFormatException($"{name}: record {index + 1} is none of NAS-Bench-101: {wrong.Message}.", wrong);
            }
        }
        return Filled(cells, name);
    }

    /// <summary>Every value of a cell by column: mean, population deviation and each training. Throws <see cref="ArgumentException"/> when the
    /// table does not hold it.</summary>
    public IReadOnlyDictionary<string, double> Values(NasBench101Cell cell)
    {
        var hash = cell.Hash();
        var runs = cells.TryGetValue(hash, out var found)
            ? found
            : throw new ArgumentException($"{name} has no training of {Epochs} epochs of the cell {cell} (hash {hash}).");
        var values = new Dictionary<string, double>();
        foreach (var (column, accuracies) in new[] { (Cifar10Valid, runs.Select(r => r.Valid).ToList()), (Cifar10Test, runs.Select(r => r.Test).ToList()) })
        {
            var mean = values[column] = accuracies.Average();
            values[$"{column}_sd"] = Math.Sqrt(accuracies.Average(a => (a - mean) * (a - mean)));
            foreach (var (run, accuracy) in accuracies.Index())
                values[$"{column}_{run + 1}"] = accuracy;
        }
        return values;
    }

    /// <summary>Every value of a genotype of NAS-Bench-1Shot1 by column. Throws <see cref="ArgumentException"/> for another space.</summary>
    public IReadOnlyDictionary<string, double> Values(Genotype genotype) => Values(NasBench101Cell.Of(genotype));

    private static bool IsHash(string text) => text.Length == HashDigits && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private static void Add(Dictionary<string, List<(double Valid, double Test)>> cells, string hash, (double Valid, double Test) accuracies)
    {
        if (!cells.TryGetValue(hash, out var runs))
            cells[hash] = runs = new(3);
        runs.Add(accuracies);
    }

    private static NasBench101Table Filled(Dictionary<string, List<(double Valid, double Test)>> cells, string name) => cells.Count > 0
        ? new(name, cells)
        : throw new BenchmarkFormatException($"{name}: there is no training of {Epochs} epochs in it.");
}
