using System.Globalization;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;
using NasFarm.Catalog.Units;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>The NAS-Bench-201 table: trained accuracies of all 15,625 cells. A gzip CSV with one header line, decimal points, empty
/// fields for what was not recorded; accuracies in percent. Immutable.</summary>
public sealed class NasBench201Table
{
    /// <summary>Environment variable that names the table's file.</summary>
    public const string PathVariable = "NASFARM_NB201";

    /// <summary>Test accuracy on CIFAR-10 after 200 epochs on all training images: the number that papers report.</summary>
    public const string Cifar10Test = "c10_test_200";

    /// <summary>Cells in a complete table: 5⁶.</summary>
    public const int CompleteCount = 15_625;

    private static readonly string[] KeyColumns = ["index", "arch_str", "iso_class"];

    private readonly Dictionary<string, int> rows;
    private readonly Dictionary<string, double[]> columns;
    private readonly string[] architectures;
    private readonly int[] isoClasses;

    private NasBench201Table(string[] architectures, int[] isoClasses, Dictionary<string, double[]> columns)
    {
        (this.architectures, this.isoClasses, this.columns) = (architectures, isoClasses, columns);
        rows = architectures.Select((text, row) => (text, row)).ToDictionary(p => p.text, p => p.row, StringComparer.Ordinal);
    }

    /// <summary>Columns of numbers, in file order.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "c10v_valid_12", "c10_test_12", "c100_valid_12", "c100_test_12", "in16_valid_12", "in16_test_12",
        "c10v_train_200", "c10v_valid_200", "c10v_test_200", Cifar10Test, "c100_train_200", "c100_valid_200", "c100_test_200",
        "in16_train_200", "in16_valid_200", "in16_test_200", "c10_test_200_nats", "c100_test_200_nats", "in16_test_200_nats",
        "flops_m_c10", "flops_m_c100", "flops_m_in16", "params_m_c10", "params_m_c100", "params_m_in16", "params_m_c10_api",
    ];

    /// <summary>Cells in this table.</summary>
    public int Count => architectures.Length;

    /// <summary>Architecture strings in the benchmark's own index order.</summary>
    public IReadOnlyList<string> Architectures => architectures;

    /// <summary>Reads a complete table. Throws <see cref="BenchmarkFormatException"/> when it is absent, damaged or incomplete.</summary>
    public static NasBench201Table Load(string path)
    {
        var table = GzipCsv.Load(path, "NAS-Bench-201", PathVariable, reader => Read(reader, path));
        return table.Count == CompleteCount
            ? table
            : throw new BenchmarkFormatException(
                $"{path}:{table.Count + 1}:1: the table ends after {table.Count} cells; NAS-Bench-201 has {CompleteCount}.");
    }

    /// <summary>Reads the table that <see cref="PathVariable"/> names; null when the variable is not set.</summary>
    public static NasBench201Table? LoadFromEnvironment() =>
        Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path ? Load(path) : null;

    /// <summary>Reads rows from text, any number of them. <paramref name="name"/> stands in messages.</summary>
    public static NasBench201Table Read(TextReader reader, string name)
    {
        GzipCsv.RequireHeader(reader.ReadLine(), name, [.. KeyColumns, .. Columns]);
        var architectures = new List<string>();
        var isoClasses = new List<int>();
        var values = Columns.Select(_ => new List<double>()).ToArray();
        var seen = new HashSet<string>(StringComparer.Ordinal);

        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            var fields = text.Split(',');
            BenchmarkFormatException Wrong(int column, string problem) => new($"{name}:{line}:{column}: {problem}.");
            if (fields.Length != KeyColumns.Length + Columns.Count)
                throw Wrong(fields.Length, $"the line has {fields.Length} fields; the header has {KeyColumns.Length + Columns.Count}");
            if (fields[0] != architectures.Count.ToString(CultureInfo.InvariantCulture))
                throw Wrong(1, $"index is '{fields[0]}'; rows are in index order and this must be {architectures.Count}");
            architectures.Add(RequireArchitecture(fields[1], seen, Wrong));
            if (!int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var isoClass))
                throw Wrong(3, $"iso_class is '{fields[2]}'; it must be a whole number");
            isoClasses.Add(isoClass);
            for (var i = 0; i < Columns.Count; i++)
            {
                var field = fields[KeyColumns.Length + i];
                if (field.Length == 0)
                    values[i].Add(double.NaN);
                else if (double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && double.IsFinite(number))
                    values[i].Add(number);
                else
                    throw Wrong(KeyColumns.Length + i + 1, $"{Columns[i]} is '{field}'; it must be a number or empty");
            }
        }
        return new([.. architectures], [.. isoClasses], Columns.Zip(values).ToDictionary(p => p.First, p => p.Second.ToArray()));
    }

    /// <summary>Index of an architecture string. Throws <see cref="ArgumentException"/> when the table does not hold it.</summary>
    public int IndexOf(string architecture) => rows.TryGetValue(architecture, out var row)
        ? row
        : throw new ArgumentException($"The NAS-Bench-201 table has no cell '{architecture}'.");

    /// <summary>One value; null where it was not recorded. Throws <see cref="ArgumentException"/> on an unknown cell or column.</summary>
    public double? Value(string architecture, string column) =>
        Column(column)[IndexOf(architecture)] is var value && double.IsNaN(value) ? null : value;

    /// <summary>Every recorded value of a cell by column.</summary>
    public IReadOnlyDictionary<string, double> Values(string architecture)
    {
        var row = IndexOf(architecture);
        return Columns.Where(c => !double.IsNaN(columns[c][row])).ToDictionary(c => c, c => columns[c][row]);
    }

    /// <summary>Every recorded value of a genotype by column. Throws <see cref="ArgumentException"/> for another space.</summary>
    public IReadOnlyDictionary<string, double> Values(Genotype genotype) =>
        genotype.Space == SearchSpaces.NasBench201
            ? Values(genotype.ToString())
            : throw new ArgumentException($"The NAS-Bench-201 table holds no cells of '{genotype.Space}'.");

    /// <summary>A whole column by index; NaN where a value was not recorded. Throws <see cref="ArgumentException"/> that lists the
    /// columns.</summary>
    public IReadOnlyList<double> Column(string name) => columns.TryGetValue(name, out var values)
        ? values
        : throw new ArgumentException($"The NAS-Bench-201 table has no column '{name}'; columns are {string.Join(", ", Columns)}.");

    /// <summary>Cells that the benchmark calls identical share a class; they were trained separately, so accuracies differ by noise.</summary>
    public int IsoClass(string architecture) => isoClasses[IndexOf(architecture)];

    /// <summary>The exact distribution of a column over the cells that the rule lets a search reach: what a random search draws from.</summary>
    public TableDistribution Distribution(string column, NoneRule noneRule)
    {
        var values = Column(column);
        return new([.. Enumerable.Range(0, Count)
            .Where(i => !double.IsNaN(values[i]))
            .Where(i => noneRule == NoneRule.Paper || !architectures[i].Contains(Operations.None + "~", StringComparison.Ordinal))
            .Select(i => values[i])]);
    }

    private static string RequireArchitecture(string text, HashSet<string> seen, Func<int, string, BenchmarkFormatException> wrong)
    {
        try
        {
            if (GenotypeText.Parse(SearchSpaces.NasBench201, text).ToString() != text)
                throw wrong(2, $"'{text}' is not in canonical form");
        }
        catch (GenotypeFormatException format)
        {
            throw wrong(2, $"'{text}' is no NAS-Bench-201 cell ({format.Message.TrimEnd('.')})");
        }
        return seen.Add(text) ? text : throw wrong(2, $"'{text}' stands here a second time");
    }
}
