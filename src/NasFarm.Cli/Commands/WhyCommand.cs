using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Scheduling;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm why</c>: why a run is not further, in the scheduler's words, and when it will probably go on.</summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "A run by id or start of an id." };
        var json = Options.Json();
        var command = new Command("why", "Say why a run waits and when it will probably start.") { run, json };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var explanation = await asked.ExplainAsync(await asked.FindRunAsync(parsed.GetRequiredValue(run), cancel), cancel);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(explanation, CatalogJson.Pretty) : Text(explanation));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Text(RunExplanation run)
    {
        var lines = run.Units.Where(u => u.State != "done").Select(u => string.Create(CultureInfo.InvariantCulture,
            $"  {u.What,-16} {u.State,-10} {u.Sentence}{(u.ExpectedStart is { } at ? $" ({at:u})" : "")}")).ToList();
        var done = run.Units.Count(u => u.State == "done");
        return string.Join('\n', [
            string.Create(CultureInfo.InvariantCulture, $"{run.RunId}: {run.Method}, seed {run.SearchSeed}, search {run.SearchState}, {done} of {run.Units.Count} known units done"),
            .. lines.Count > 0 ? lines : ["  nothing waits: every unit is done"]]);
    }
}
