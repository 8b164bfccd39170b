using System.CommandLine;
using NasFarm.Cli.Farms;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm export</c>: a sweep as tidy tables or as JSON.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var sweep = Options.Sweep();
        var to = new Option<DirectoryInfo>("--to") { Description = "Folder for the files.", HelpName = "FOLDER", Required = true };
        var format = new Option<string>("--format") { Description = "csv: runs, trajectories, decisions, the comparison and their dictionary. json: everything in one file.", DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong("csv", "json");
        var command = new Command("export", "Write a sweep's runs, trajectories and decisions for other programs.") { sweep, to, format };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var summary = await asked.FindSweepAsync(parsed.GetValue(sweep), cancel);
            foreach (var path in await parsed.GetRequiredValue(to).WriteAsync(await asked.ExportAsync(summary.SweepId, parsed.GetRequiredValue(format) == "json", cancel), cancel))
                Console.WriteLine(path);
            return ExitCodes.Done;
        });
        return command;
    }
}
