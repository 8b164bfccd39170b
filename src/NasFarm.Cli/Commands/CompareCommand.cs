using System.CommandLine;
using NasFarm.Analysis.Export;
using NasFarm.Analysis.Tables;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm compare</c>: the comparison of variance, by the rules that the number of seeds allows.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var sweep = Options.Sweep();
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var report = new Option<string?>("--report") { Description = "Also write the HTML report to this file.", HelpName = "FILE" };
        var figures = new Option<DirectoryInfo?>("--figures") { Description = "Also write each figure of the report to this folder: NAME.svg, and its data as NAME.csv.", HelpName = "DIR" };
        var command = new Command("compare", "Compare the arms of a sweep: spread over seeds, collapses, cost.") { sweep, home, at, report, json };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var summary = await FarmHome.FindSweepAsync(store, parsed.GetValue(sweep), cancel);
            var (result, comparison) = await Planning.CompareAsync(store, summary.SweepId, withCurves: parsed.GetValue(report) is not null || parsed.GetValue(figures) is not null, cancel);
            Console.Write(parsed.GetValue(json) ? ComparisonJson.Render(comparison) : ComparisonText.Render(comparison));
            if (parsed.GetValue(report) is { } file)
                Console.Error.WriteLine($"Report: {ReportFile.Write(file, result, comparison)}");
            if (parsed.GetValue(figures) is { } folder)
            {
                folder.Create();
                var files = FigureFiles.All(result, comparison);
                foreach (var figure in files)
                    await File.WriteAllTextAsync(Path.Combine(folder.FullName, figure.Name), figure.Content, cancel);
                Console.Error.WriteLine($"Figures: {files.Count(f => f.Name.EndsWith(".svg", StringComparison.Ordinal))} in {folder.FullName}");
            }
            return ExitCodes.Done;
        });
        return command;
    }
}
