using System.CommandLine;
using NasFarm.Cli.Farms;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm compare</c>: the comparison of variance, by the rules that the number of seeds allows.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var sweep = Options.Sweep();
        var json = Options.Json();
        var report = new Option<string?>("--report") { Description = "Also write the HTML report to this file.", HelpName = "FILE" };
        var figures = new Option<DirectoryInfo?>("--figures") { Description = "Also write each figure of the report to this folder: NAME.svg, and its data as NAME.csv.", HelpName = "DIR" };
        var command = new Command("compare", "Compare the arms of a sweep: spread over seeds, collapses, cost.") { sweep, report, figures, json };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var summary = await asked.FindSweepAsync(parsed.GetValue(sweep), cancel);
            var (file, folder) = (parsed.GetValue(report), parsed.GetValue(figures));
            var written = await asked.CompareAsync(summary.SweepId, new(parsed.GetValue(json), Report: file is not null, Figures: folder is not null), cancel);
            Console.Write(written.Text);
            if (file is not null)
                Console.Error.WriteLine($"Report: {ReportFile.Write(file, written.Report!)}");
            if (folder is not null)
            {
                await folder.WriteAsync(written.Figures!, cancel);
                Console.Error.WriteLine($"Figures: {written.Figures!.Count(f => f.Name.EndsWith(".svg", StringComparison.Ordinal))} in {folder.FullName}");
            }
            return ExitCodes.Done;
        });
        return command;
    }
}
