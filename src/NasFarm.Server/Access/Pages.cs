using System.Globalization;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Access;

/// <summary>Where a sweep stands, in a word.</summary>
public enum SweepState
{
    /// <summary>Units of it run.</summary>
    Running,

    /// <summary>Nothing of it runs, and not everything is over.</summary>
    Waiting,

    /// <summary>Paused as a whole.</summary>
    Paused,

    /// <summary>Over, with every result that was needed.</summary>
    Finished,

    /// <summary>Over, and some runs failed.</summary>
    Failed,

    /// <summary>Given up, as a whole or in part.</summary>
    Cancelled,
}

/// <summary>Which sweeps are wanted.</summary>
/// <param name="Name">Part of the name or start of the id; null: any.</param>
/// <param name="State">Null: any.</param>
/// <param name="Tenant">Null: all that the caller sees.</param>
/// <param name="After">The page before said where to go on; null: from the newest.</param>
/// <param name="Limit">How many at most.</param>
public sealed record SweepQuery(string? Name = null, SweepState? State = null, string? Tenant = null, string? After = null, int? Limit = null);

/// <summary>A sweep in a list.</summary>
public sealed record ListedSweep(SweepState State, SweepSummary Sweep)
{
    /// <summary>Puts the word to the counts.</summary>
    public static ListedSweep Of(SweepSummary sweep) => new((sweep, sweep.Counts) switch
    {
        ({ Cancelled: true }, _) => SweepState.Cancelled,
        ({ Paused: not null }, { Open: > 0 }) => SweepState.Paused,
        (_, { Running: > 0 }) => SweepState.Running,
        (_, { Open: > 0 }) => SweepState.Waiting,
        (_, { Failed: > 0 }) => SweepState.Failed,
        (_, var counts) when counts.Cancelled > counts.NotNeeded => SweepState.Cancelled,
        _ => SweepState.Finished,
    }, sweep);
}

/// <summary>Sweeps, the newest first.</summary>
/// <param name="Next">What to ask for after these; null: there are no more.</param>
public sealed record SweepPage(IReadOnlyList<ListedSweep> Sweeps, string? Next);

/// <summary>Which runs of a sweep are wanted.</summary>
/// <param name="State">Null: any.</param>
/// <param name="Arm">Label; null: any.</param>
/// <param name="Seed">Search seed; null: any.</param>
/// <param name="After">The page before said where to go on; null: from the first.</param>
/// <param name="Limit">How many at most.</param>
public sealed record RunQuery(Catalog.Results.SeedRunState? State = null, string? Arm = null, long? Seed = null, string? After = null, int? Limit = null);

/// <summary>Runs of a sweep in plan order, and the sweep.</summary>
/// <param name="Matching">Runs that the question fits, on this page and others.</param>
/// <param name="Next">What to ask for after these; null: there are no more.</param>
public sealed record RunPage(ListedSweep Sweep, IReadOnlyList<RunStatus> Runs, int Matching, string? Next);

/// <summary>Pieces of long lists. What a page says about the next one is a place, not a number of pages: rows that come or go do not move it.</summary>
internal static class Paging
{
    public const int UsualLimit = 100, MostLimit = 1000;

    public static int Limit(int? wanted) => wanted switch
    {
        null => UsualLimit,
        >= 1 and <= MostLimit => wanted.Value,
        _ => throw RefusedException.Invalid("bad-limit", string.Create(CultureInfo.InvariantCulture, $"limit is {wanted}; it must be 1 to {MostLimit}.")),
    };

    /// <summary>Where a sweep stands in the order of sweeps.</summary>
    public static string PlaceOf(SweepSummary sweep) => string.Create(CultureInfo.InvariantCulture, $"{sweep.AcceptedAt.ToUnixTimeMilliseconds()}-{sweep.SweepId}");

    /// <summary>Sweeps behind a place, in their order.</summary>
    public static IEnumerable<SweepSummary> Behind(this IEnumerable<SweepSummary> sweeps, string? after)
    {
        if (after is null)
            return sweeps;
        if (after.IndexOf('-') is not (> 0 and var dash) || !long.TryParse(after.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var at))
            throw BadPlace(after);
        var id = after[(dash + 1)..];
        return sweeps.Where(s => s.AcceptedAt.ToUnixTimeMilliseconds() is var own && (own < at || (own == at && string.CompareOrdinal(s.SweepId, id) > 0)));
    }

    /// <summary>Index of the first row of a page.</summary>
    public static int First(string? after) => after is null ? 0
        : int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : throw BadPlace(after);

    /// <summary>Where an entry stands in the log.</summary>
    public static string PlaceOf(AuditEntry entry) => entry.Sequence.ToString(CultureInfo.InvariantCulture);

    /// <summary>The entry before which a page of the log begins.</summary>
    public static long? Before(string? after) => after is null ? null
        : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : throw BadPlace(after);

    private static RefusedException BadPlace(string after) =>
        RefusedException.Invalid("bad-cursor", $"after is '{RefusedException.Short(after)}'; it must be what the page before gave as next.");
}
