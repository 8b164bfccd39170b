using System.Globalization;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Journals;

/// <summary>One line of what happened to a run.</summary>
/// <param name="Key">Its name within the run: whoever reads again knows by it what he has read.</param>
/// <param name="At">When, by the store's clock.</param>
/// <param name="UnitId">The unit that it happened to.</param>
/// <param name="Text">In words, or as the trainer wrote it.</param>
public sealed record JournalLine(string Key, DateTimeOffset At, string UnitId, string Text);

/// <summary>What happened to a run, in order: its attempts, their notes and decisions as they are made, and the last lines of each trainer once
/// its attempt has ended.</summary>
/// <param name="RunId">The run.</param>
/// <param name="IsOver">Nothing of it waits or runs.</param>
/// <param name="Lines">The oldest first.</param>
public sealed record RunJournal(string RunId, bool IsOver, IReadOnlyList<JournalLine> Lines)
{
    /// <summary>Puts what the store knows in order.</summary>
    public static RunJournal Of(RunDetails run) => new(
        run.RunId, run.Units.All(unit => unit.State is not ("waiting" or "running")),
        // A stable sort: of one moment, what is told first here comes first.
        [.. run.Units.SelectMany(Told).OrderBy(line => line.At)]);

    private static IEnumerable<JournalLine> Told(UnitDetails unit)
    {
        foreach (var attempt in unit.Attempts)
            yield return Line($"{attempt.Fence}/begins", attempt.ClaimedAt, $"attempt {Number(attempt.Fence)} begins on {attempt.SlotId}");
        foreach (var happened in unit.Events)
            yield return Line($"event/{happened.Sequence}", happened.At,
                $"{happened.Kind} at epoch {Number(happened.Epoch)}: {happened.Name} {happened.Detail}{(happened.Void ? " (void: the unit went back behind it)" : "")}");
        foreach (var attempt in unit.Attempts)
        {
            if (attempt.EndedAt is not { } ended)
                continue;
            foreach (var (index, text) in attempt.Log.Index())
                yield return Line($"{attempt.Fence}/log/{index}", ended, $"| {text}");
            yield return Line($"{attempt.Fence}/ends", ended, $"attempt {Number(attempt.Fence)} ends: {attempt.Ending}{(attempt.Message is { Length: > 0 } message ? $": {message}" : "")}");
        }

        JournalLine Line(string key, DateTimeOffset at, string text) => new(string.Create(CultureInfo.InvariantCulture, $"{unit.UnitId}/{key}"), at, unit.UnitId, text);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
