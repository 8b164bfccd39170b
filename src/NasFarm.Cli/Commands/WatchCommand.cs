using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using NasFarm.Catalog;
using NasFarm.Cli.Farms;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Commands;

/// <summary><c>nasfarm watch</c>: every move of a sweep's units as it happens, until the sweep is over.</summary>
internal static class WatchCommand
{
    /// <summary>The counts may know the end of the last unit a moment before its move is heard, which whoever tells it looks for every two seconds.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <summary>The same while a unit that was heard to begin was not heard to end.</summary>
    private static readonly TimeSpan LongestSettling = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var (sweep, json) = (Options.Sweep(), new Option<bool>("--json") { Description = "Print JSON, one object a line." });
        var command = new Command("watch", "Print every move of a sweep's units as it happens, until the sweep is over; the exit code says how it ended.") { sweep, json };
        var farm = FarmOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using var asked = await farm.OpenAsync(parsed, cancel);
            var summary = await asked.FindSweepAsync(parsed.GetValue(sweep), cancel);
            try
            {
                return await WatchAsync(asked, summary, parsed.GetValue(json), cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                Console.Error.WriteLine($"Watching has stopped; sweep {summary.Name} goes on.");
                return ExitCodes.Interrupted;
            }
        });
        return command;
    }

    private static async Task<int> WatchAsync(IFarmAccess farm, SweepSummary summary, bool json, CancellationToken cancel)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var isFirst = true;
        var running = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (var news in farm.WatchAsync(summary.SweepId, Console.Error.WriteLine, enough.Token))
            {
                if (isFirst)
                    Say(new { @event = "standing", aggregate = news.Aggregate }, $"{summary.Name} ({summary.SweepId}): {Standing(news.Aggregate)}");
                if (news.Missed)
                {
                    running.Clear();
                    Say(new { @event = "missed", aggregate = news.Aggregate }, $"Moves before this are forgotten: {Standing(news.Aggregate)}");
                }
                foreach (var move in news.Moves)
                {
                    _ = move.State == "running" ? running.Add(move.UnitId) : running.Remove(move.UnitId);
                    Say(new { @event = "move", move }, $"{move.UnitId} of {move.RunId}: {move.State}{(move.State == "running" ? Attempt(move) : "")}");
                }
                var isOver = news.Aggregate.Open == 0;
                if (isOver && isFirst)
                    return await EndAsync();
                enough.CancelAfter(isOver ? running.Count == 0 ? Settling : LongestSettling : Timeout.InfiniteTimeSpan);
                isFirst = false;
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return await EndAsync();
        }
        Say(new { @event = "deleted", sweep = summary.SweepId }, $"Sweep {summary.Name} ({summary.SweepId}) was deleted.");
        return ExitCodes.RunsFailed;

        async Task<int> EndAsync()
        {
            var counts = (await farm.FindSweepAsync(summary.SweepId, cancel)).Counts;
            Say(new { @event = "over", sweep = summary.SweepId, counts }, StatusCommand.Counts(counts));
            return ExitCodes.Of(counts);
        }

        void Say<T>(T line, string text) => Console.WriteLine(json ? JsonSerializer.Serialize(line, CatalogJson.Compact) : text);
    }

    private static string Standing(SweepAggregate aggregate) =>
        string.Create(CultureInfo.InvariantCulture, $"{aggregate.Declared - aggregate.Open} of {aggregate.Declared} runs are over, {aggregate.Arms.Sum(a => a.Running)} run");

    private static string Attempt(UnitMove move) => string.Create(CultureInfo.InvariantCulture, $", attempt {move.Fence}");
}
