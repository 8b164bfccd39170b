using System.CommandLine;
using System.Text.Json;
using NasFarm.Analysis.Export;
using NasFarm.Catalog;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm export</c>: a sweep as tidy tables or as JSON.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var sweep = Options.Sweep();
        var (home, at) = (Options.Home(), Options.Store());
        var to = new Option<DirectoryInfo>("--to") { Description = "Folder for the files.", HelpName = "FOLDER", Required = true };
        var format = new Option<string>("--format") { Description = "csv: runs, trajectories, decisions, the comparison and their dictionary. json: everything in one file.", DefaultValueFactory = _ => "csv" };
        format.AcceptOnlyFromAmong("csv", "json");
        var command = new Command("export", "Write a sweep's runs, trajectories and decisions for other programs.") { sweep, home, at, to, format };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var store = await FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at)).OpenAsync(create: false, cancel);
            var summary = await FarmHome.FindSweepAsync(store, parsed.GetValue(sweep), cancel);
            var (result, comparison) = await Planning.CompareAsync(store, summary.SweepId, withCurves: true, cancel);
            IReadOnlyList<ExportFile> files = parsed.GetRequiredValue(format) == "json"
                ? [new("sweep.json", JsonSerializer.Serialize(result, CatalogJson.Pretty) + "\n")]
                : [.. SweepCsv.All(result), .. ComparisonCsv.All(comparison)];
            var folder = parsed.GetRequiredValue(to);
            folder.Create();
            foreach (var file in files)
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, file.Name), file.Content, cancel);
                Console.WriteLine(Path.Combine(folder.FullName, file.Name));
            }
            return ExitCodes.Done;
        });
        return command;
    }
}
