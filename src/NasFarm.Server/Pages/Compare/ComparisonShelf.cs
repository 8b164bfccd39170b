using System.Collections.Concurrent;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Comparisons;

namespace NasFarm.Server.Pages.Compare;

/// <summary>Comparisons that were made lately. One is good while nothing of its sweep moves: a large one takes longer to make than to send.</summary>
internal sealed class ComparisonShelf
{
    private const int Places = 12;

    private readonly ConcurrentDictionary<string, Kept> kept = new(StringComparer.Ordinal);
    private long asked;

    private sealed record Kept(SweepCounts Counts, int Looks, MovePosition? At, ComparedSweep Compared)
    {
        public long Asked { get; set; }
    }

    /// <summary>The comparison, without curves. Refuses as the caller's farm does.</summary>
    public async Task<ComparedSweep> ReadAsync(CallerFarm farm, string sweepId, CancellationToken cancel)
    {
        // An open sweep may get a result without a change of its counts: then any move of the farm counts as one of it.
        var sweep = (await farm.ReadSweepAsync(sweepId, cancel)).Sweep;
        var at = sweep.Counts.Open > 0 ? await farm.ReadMovePositionAsync(cancel) : (MovePosition?)null;
        var looks = sweep.Looks?.Taken.Count ?? 0;
        if (!kept.TryGetValue(sweepId, out var known) || known.Counts != sweep.Counts || known.Looks != looks || known.At != at)
        {
            known = new(sweep.Counts, looks, at, await farm.CompareAsync(sweepId, withCurves: false, cancel));
            kept[sweepId] = known;
        }
        known.Asked = Interlocked.Increment(ref asked);
        while (kept.Count > Places && kept.MinBy(k => k.Value.Asked) is { Key: { } oldest })
            kept.TryRemove(oldest, out _);
        return known.Compared;
    }
}
