using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Catalog.Results;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm status</c>: where every run of a sweep stands, and why it waits.</summary>
internal static class StatusCommand
{
    /// <summary>Runs that a person wants to see at once.</summary>
    private const int Shown = 200;

    public static Command Create()
    {
        var sweep = Options.Sweep();
        var json = Options.Json();
        var most = new Option<int?>("--runs")
        {
            Description = $"Show so many runs at most, those that run or failed first. Default: {Shown} as text, every run as JSON.",
            HelpName = "N",
            CustomParser = given => int.TryParse(given.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : Refuse(given),
        };
        var command = new Command("status", "Show where the runs of a sweep stand and why they wait.") { sweep, json, most };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var summary = await asked.FindSweepAsync(parsed.GetValue(sweep), cancel);
            var status = await asked.ReadStatusAsync(summary, parsed.GetValue(most) ?? (parsed.GetValue(json) ? null : Shown), cancel);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(status, CatalogJson.Pretty));
                return ExitCodes.Done;
            }
            var c = status.Sweep.Counts;
            Console.WriteLine($"{summary.Name} ({summary.SweepId}), accepted {summary.AcceptedAt:u}");
            if (status.Sweep.Paused is { } paused)
                Console.WriteLine(paused);
            Console.WriteLine(Counts(c));
            if (status.Sweep.Looks is { } looks)
                Console.WriteLine(Looks(looks, c));
            Console.WriteLine();
            foreach (var run in status.Runs)
            {
                var where = run.State is SeedRunState.Finished or SeedRunState.Cancelled ? ""
                    : run.Phase is { } phase ? $"phase {phase}" : $"retrain {run.RetrainsDone} of {run.RetrainsWanted}";
                Console.WriteLine($"  {run.Arm,-18} seed {run.SearchSeed,-4} {run.State.ToString().ToLowerInvariant(),-10} {where,-16} {run.RunId}  {run.ReasonText}".TrimEnd());
            }
            if (c.Declared > status.Runs.Count)
                Console.WriteLine($"  … and {c.Declared - status.Runs.Count} more: 'nasfarm status {summary.Name} --runs {c.Declared}' shows them all.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Where the runs of a sweep stand, in a line.</summary>
    public static string Counts(SweepCounts c) =>
        $"{c.Declared} declared = {c.Finished} finished + {c.Failed} failed + {c.Cancelled} cancelled + {c.Running} running + {c.Waiting} waiting";

    private static int? Refuse(ArgumentResult given)
    {
        given.AddError($"--runs is '{given.Tokens[0].Value}'; it must be a whole number, 0 or more.");
        return null;
    }

    private static string Looks(SweepLooks looks, SweepCounts counts)
    {
        var taken = looks.Taken.Count == 0 ? "" : $"; {looks.Taken[^1].Sentence}";
        var where = looks.StoppedEarly ? $"stopped early, {counts.NotNeeded} runs not needed"
            : looks.IsOver ? "over"
            : $"look {looks.Open} comes after {looks.Seeds[looks.Open - 1]} seeds{(counts.Failed == 0 ? "" : $", when its failed runs are retried")}";
        return $"Looks after {string.Join(", ", looks.Seeds)} seeds: {looks.Taken.Count} taken, {where}{taken}";
    }
}
