using System.Text;
using NasFarm.Analysis.Comparison;
using NasFarm.Analysis.Report.Figures;
using NasFarm.Analysis.Report.Sections;
using NasFarm.Analysis.Report.Svg;
using NasFarm.Catalog.Results;

namespace NasFarm.Analysis.Export;

/// <summary>Every figure of the report as two files: <c>NAME.svg</c>, which needs nothing beside it, and <c>NAME.csv</c> with what it shows.
/// <c>figures.csv</c> lists them with their captions.</summary>
public static class FigureFiles
{
    /// <summary>In the order of the report. <paramref name="report"/> must be the comparison of <paramref name="sweep"/>.</summary>
    public static IReadOnlyList<ExportFile> All(SweepResult sweep, ComparisonReport report)
    {
        if (sweep.SweepId != report.SweepId) throw new ArgumentException($"The comparison is of sweep {report.SweepId}, not of {sweep.SweepId}.");
        var files = new List<ExportFile>();
        var index = new Csv.CsvText("figure", "caption");
        var taken = new HashSet<string>();
        foreach (var figure in Figures(sweep, report))
        {
            var name = FileName(figure.Name);
            for (var again = 2; !taken.Add(name); again++) name = $"{FileName(figure.Name)}-{again}";
            files.Add(new($"{name}.svg", Standalone.Of(figure.Picture)));
            files.Add(new($"{name}.csv", figure.Data));
            index.Row(name, figure.Caption);
        }
        files.Add(new("figures.csv", index.ToString()));
        return files;
    }

    /// <summary>The figures themselves.</summary>
    internal static IEnumerable<ReportFigure> Figures(SweepResult sweep, ComparisonReport report)
    {
        var arms = Series.Of(sweep.ToOpenLook()).Index().ToList();
        return [.. SeedsSection.Figures(report), .. ContrastsSection.Figures(report), .. RankingSection.Figures(report), .. CollapseSection.Figures(report),
            .. TrajectoriesSection.Figures(arms), .. CellsSection.Figures(arms, report), .. CostSection.Figures(arms, report)];
    }

    // Letters, digits and single hyphens: the same on every file system.
    private static string FileName(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c)) text.Append(c);
            else if (text.Length > 0 && text[^1] != '-') text.Append('-');
        }
        var file = text.ToString().Trim('-');
        return file.Length == 0 ? "figure" : file == "figures" ? "figures-1" : file.Length > 100 ? file[..100].Trim('-') : file;
    }
}
