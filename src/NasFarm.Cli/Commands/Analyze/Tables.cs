using NasFarm.Analysis.Csv;

namespace NasFarm.Cli.Commands.Analyze;

/// <summary>Tables that people name.</summary>
internal static class Tables
{
    /// <summary>Reads one; a file that is not there is an <see cref="InputException"/>.</summary>
    public static CsvFile Read(string path) => File.Exists(path) ? CsvFile.Read(path)
        : throw new InputException($"There is no file {Path.GetFullPath(path)}; docs/how-to/analyze.md shows the tables that can be read.");
}
