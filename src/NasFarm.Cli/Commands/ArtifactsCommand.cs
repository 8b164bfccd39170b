using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Slots;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm artifacts</c>: what the checkpoints take up, and the removal of those that nobody needs.</summary>
internal static class ArtifactsCommand
{
    public static Command Create() => new("artifacts", "Show where a farm keeps its checkpoints, and remove those that nobody needs.") { Status(), Collect() };

    private static Command Status()
    {
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var command = new Command("status", "Count the kept files, those that are needed, and the copies on this host.") { home, at, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var farm = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            await using var store = await farm.OpenAsync(create: false, cancel);
            await using var artifacts = FarmArtifacts.Open(farm, ProcessName.Current);
            var survey = await ArtifactSurvey.ReadAsync(store, artifacts, cancel);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(survey, CatalogJson.Pretty));
                return ExitCodes.Done;
            }
            Console.WriteLine(survey.Where);
            Console.WriteLine($"  {survey.Files} files, {Size.Words(survey.Bytes)}; {survey.NeededFiles} of them, {Size.Words(survey.NeededBytes)}, are needed");
            if (survey.Cache is { } cache)
                Console.WriteLine($"  copies on this host: {cache.Files} files, {Size.Words(cache.Bytes)} of at most {Size.Words(cache.LimitBytes)}, in {cache.Folder}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Collect()
    {
        var (home, at, json) = (Options.Home(), Options.Store(), Options.Json());
        var dryRun = new Option<bool>("--dry-run") { Description = "Remove nothing and say what would go." };
        var keepLast = Number("--keep-last", "Newest checkpoints of an unfinished unit that stay.", FarmArtifacts.KeepLastVariable, "2", least: 1);
        var keepEnds = Number("--keep-end-days", "Days after which the end checkpoints of finished runs go too.", FarmArtifacts.KeepEndDaysVariable, "never", least: 0);
        var command = new Command("collect", "Remove checkpoints that nobody needs. 'nasfarm run' does so by itself every few minutes.") { home, at, json, dryRun, keepLast, keepEnds };
        command.SetAction(async (parsed, cancel) =>
        {
            var farm = FarmHome.Of(parsed.GetValue(home), parsed.GetValue(at));
            var dry = parsed.GetValue(dryRun);
            var retention = FarmArtifacts.Retention(parsed.GetValue(keepLast), parsed.GetValue(keepEnds));
            await using var store = await farm.OpenAsync(create: false, cancel);
            await using var artifacts = FarmArtifacts.Open(farm, ProcessName.Current);
            var lease = TrainerSettings.FromEnvironment(null).Lease;
            var report = await new CheckpointCollector(store, artifacts, retention, lease, TimeProvider.System).CollectAsync(dry, cancel);
            Console.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(new { artifacts.Where, dryRun = dry, report.Rows, report.Files, report.Bytes }, CatalogJson.Pretty)
                : $"{artifacts.Where}: {report.Files} files, {Size.Words(report.Bytes)}, {(dry ? "would go" : "are gone")}; {report.Rows} checkpoints {(dry ? "would be" : "are")} released.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Option<int?> Number(string name, string description, string variable, string otherwise, int least) => new(name)
    {
        Description = $"{description} Default: ${variable}, else {otherwise}.",
        HelpName = "N",
        CustomParser = given =>
        {
            if (int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least)
                return number;
            given.AddError($"{name} is '{given.Tokens[0].Value}'; it must be a number of at least {least}.");
            return null;
        },
    };
}
