using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report;
using NasFarm.Catalog.Results;

namespace NasFarm.Cli.Commands;

/// <summary>The HTML report as a file.</summary>
internal static class ReportFile
{
    /// <summary>Writes it whole or not at all, and returns its path.</summary>
    public static string Write(string path, SweepResult result, ComparisonReport comparison)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path + ".tmp", HtmlReport.Render(result, comparison));
        File.Move(path + ".tmp", path, overwrite: true);
        return path;
    }
}
