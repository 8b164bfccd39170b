using System.Globalization;
using NasFarm.Catalog.Units;

namespace NasFarm.Farm.Slots;

/// <summary>What is remembered of a place whose last attempts ended by the device. The first success there forgets it.</summary>
/// <param name="Runs">Runs of the last such attempts, the oldest first.</param>
/// <param name="Times">How often the place was excluded for it.</param>
/// <param name="Reason">What happened at the last exclusion; empty before the first.</param>
/// <param name="ExcludedFrom">Of the last exclusion; null: none yet.</param>
/// <param name="ExcludedUntil">Of the last exclusion; null: none yet.</param>
public sealed record SlotTrouble(IReadOnlyList<string> Runs, int Times, string Reason, DateTimeOffset? ExcludedFrom, DateTimeOffset? ExcludedUntil)
{
    /// <summary>Nothing happened there.</summary>
    public static SlotTrouble None { get; } = new([], 0, "", null, null);
}

/// <summary>When a slot is bad: attempts of one run may fail by that run, but three in a row of three runs fail by what they share. It gets
/// nothing new for a while, longer each time, and one unit may then prove it sound.</summary>
public static class BadSlots
{
    /// <summary>Attempts in a row, of as many runs.</summary>
    public const int Suspicious = 3;

    /// <summary>How long a place is excluded first; it doubles each time.</summary>
    public static TimeSpan First { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How long at most.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(4);

    /// <summary>After an attempt that blames the slot. Endings that say nothing of the device are passed over.</summary>
    /// <param name="before">What was known of the place.</param>
    /// <param name="runId">Run of the attempt.</param>
    /// <param name="reason">How it ended.</param>
    /// <param name="now">The database's clock.</param>
    public static SlotTrouble After(SlotTrouble before, string runId, FailureReason reason, DateTimeOffset now)
    {
        var runs = before.Runs.Append(runId).TakeLast(Suspicious).ToList();
        // What still ran there when it was excluded tells nothing new.
        if (runs.Distinct().Count() < Suspicious || before.ExcludedUntil > now)
            return before with { Runs = runs };
        var length = TimeSpan.FromSeconds(Math.Min(First.TotalSeconds * Math.Pow(2, before.Times), Longest.TotalSeconds));
        return new(runs, before.Times + 1,
            string.Create(CultureInfo.InvariantCulture, $"its last {Suspicious} attempts, of different runs, ended by the device, the last by {reason}"), now, now + length);
    }
}
