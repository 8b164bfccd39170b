using System.Globalization;
using NasFarm.Catalog.Genotypes;
using NasFarm.Catalog.Spaces;

namespace NasFarm.Catalog.Benchmarks;

/// <summary>The NAS-Bench-Macro table (Su et al., CVPR 2021, arXiv 2103.11922): test accuracies on CIFAR-10 of three trainings of all
/// 6,561 networks, in percent, with parameters and multiply-adds. A gzip CSV with the columns <c>arch, test_acc_1, test_acc_2, test_acc_3,
/// mean_acc, std, params, flops</c>. Networks that are the same graph were trained once and share a row's numbers
/// (<see cref="MacroLayers.TrainedAs"/>). Immutable.</summary>
public sealed class NasBenchMacroTable
{
    /// <summary>Environment variable that names the table's file.</summary>
    public const string PathVariable = "NASFARM_NBMACRO";

    /// <summary>Mean test accuracy on CIFAR-10 over the three trainings: the benchmark's score.</summary>
    public const string Cifar10Test = "c10_test_macro";

    /// <summary>Rows of a complete table: 3⁸.</summary>
    public const int CompleteCount = 6561;

    private static readonly string[] Header = ["arch", "test_acc_1", "test_acc_2", "test_acc_3", "mean_acc", "std", "params", "flops"];

    private readonly string[] architectures;
    private readonly Dictionary<string, int> rows;
    private readonly double[][] columns;

    private NasBenchMacroTable(string[] architectures, double[][] columns)
    {
        (this.architectures, this.columns) = (architectures, columns);
        rows = architectures.Select((text, row) => (text, row)).ToDictionary(p => p.text, p => p.row, StringComparer.Ordinal);
    }

    /// <summary>Names of the numbers, in file order: what the header calls <c>test_acc_1</c> to <c>flops</c>. The standard deviation is the
    /// population's, over the three trainings.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        [Cifar10Test + "_1", Cifar10Test + "_2", Cifar10Test + "_3", Cifar10Test, Cifar10Test + "_sd", "params_macro", "flops_macro"];

    /// <summary>Networks in this table.</summary>
    public int Count => architectures.Length;

    /// <summary>Eight-digit keys in file order.</summary>
    public IReadOnlyList<string> Architectures => architectures;

    /// <summary>Reads a complete table. Throws <see cref="BenchmarkFormatException"/> when it is absent, damaged or incomplete.</summary>
    public static NasBenchMacroTable Load(string path)
    {
        var table = GzipCsv.Load(path, "NAS-Bench-Macro", PathVariable, reader => Read(reader, path));
        return table.Count == CompleteCount
            ? table
            : throw new BenchmarkFormatException(
                $"{path}:{table.Count + 1}:1: the table ends after {table.Count} networks; NAS-Bench-Macro has {CompleteCount}.");
    }

    /// <summary>Reads the table that <see cref="PathVariable"/> names; null when the variable is not set.</summary>
    public static NasBenchMacroTable? LoadFromEnvironment() =>
        Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } path ? Load(path) : null;

    /// <summary>Reads rows from text, any number of them. <paramref name="name"/> stands in messages.</summary>
    public static NasBenchMacroTable Read(TextReader reader, string name)
    {
        GzipCsv.RequireHeader(reader.ReadLine(), name, Header);
        var architectures = new List<string>();
        var values = Columns.Select(_ => new List<double>()).ToArray();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            var fields = text.Split(',');
            BenchmarkFormatException Wrong(int column, string problem) => new($"{name}:{line}:{column}: {problem}.");
            if (fields.Length != Header.Length)
                throw Wrong(fields.Length, $"the line has {fields.Length} fields; the header has {Header.Length}");
            if (fields[0].Length != MacroLayers.Count || fields[0].Any(digit => digit is < '0' or > '2'))
                throw Wrong(1, $"'{fields[0]}' is no NAS-Bench-Macro network; it must be {MacroLayers.Count} digits from 0 to 2");
            if (!seen.Add(fields[0]))
                throw Wrong(1, $"'{fields[0]}' stands here a second time");
            architectures.Add(fields[0]);
            for (var i = 0; i < Columns.Count; i++)
            {
                if (!double.TryParse(fields[i + 1], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
                    throw Wrong(i + 2, $"{Header[i + 1]} is '{fields[i + 1]}'; it must be a number");
                values[i].Add(number);
            }
        }
        return new([.. architectures], [.. values.Select(column => column.ToArray())]);
    }

    /// <summary>Every value of a network by column. Throws <see cref="ArgumentException"/> when the table does not hold it.</summary>
    public IReadOnlyDictionary<string, double> Values(string architecture)
    {
        var row = rows.TryGetValue(architecture, out var found)
            ? found
            : throw new ArgumentException($"The NAS-Bench-Macro table has no network '{architecture}'.");
        return Columns.Index().ToDictionary(c => c.Item, c => columns[c.Index][row]);
    }

    /// <summary>Every value of a genotype by column. Throws <see cref="ArgumentException"/> for another space.</summary>
    public IReadOnlyDictionary<string, double> Values(Genotype genotype) => genotype.Space == SearchSpaces.NasBenchMacro
        ? Values(genotype.ToString())
        : throw new ArgumentException($"The NAS-Bench-Macro table holds no networks of '{genotype.Space}'.");

    /// <summary>A whole column in file order. Throws <see cref="ArgumentException"/> that lists the columns.</summary>
    public IReadOnlyList<double> Column(string name) => Columns.IndexOf(name) is var index and >= 0
        ? columns[index]
        : throw new ArgumentException($"The NAS-Bench-Macro table has no column '{name}'; columns are {string.Join(", ", Columns)}.");

    /// <summary>The exact distribution of a column over all networks: what a random search draws from.</summary>
    public TableDistribution Distribution(string column) => new(Column(column));
}
