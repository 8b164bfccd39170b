using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Journals;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm logs</c>: what happened to a run, line by line.</summary>
internal static class LogsCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "A run by id or start of an id." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what comes, until nothing of the run waits or runs." };
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line." };
        var command = new Command("logs", "Print what happened to a run: attempts, decisions as they are made, and the last lines of each trainer that has ended.") { run, follow, json };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var id = await asked.FindRunAsync(parsed.GetRequiredValue(run), cancel);
            var isFollowed = parsed.GetValue(follow);
            var told = new HashSet<string>(StringComparer.Ordinal);
            try
            {
                while (true)
                {
                    var journal = await asked.ReadJournalAsync(id, isFollowed ? Console.Error.WriteLine : null, cancel);
                    foreach (var line in journal.Lines.Where(line => told.Add(line.Key)))
                        Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(line, CatalogJson.Compact) : Text(line));
                    if (journal.IsOver || !isFollowed)
                        return ExitCodes.Done;
                    await Task.Delay(Look, TimeProvider.System, cancel);
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                Console.Error.WriteLine($"Following has stopped; run {id} goes on.");
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    private static string Text(JournalLine line) => string.Create(CultureInfo.InvariantCulture, $"{line.At:u} {line.UnitId} {line.Text}");
}
