using System.Collections.Concurrent;
using System.Text;
using NasFarm.Analysis.Export;
using NasFarm.Farm.Store;
using NasFarm.Server.Access;
using NasFarm.Server.Pages.Compare;
using NasFarm.Server.Pages.Frame;

namespace NasFarm.Server.Comparisons;

/// <summary>Comparisons that were made lately, and what was written of them. One is good while nothing of its sweep moves: a large one takes longer to
/// make, and to write, than to send.</summary>
internal sealed class ComparisonShelf
{
    private const int Places = 12;

    private readonly ConcurrentDictionary<string, Kept> kept = new(StringComparer.Ordinal);
    private long asked;

    /// <summary>What a comparison was made from: a sweep that was deleted and accepted again has another instant.</summary>
    private sealed record Basis(DateTimeOffset AcceptedAt, SweepCounts Counts, int Looks, MovePosition? At);

    private sealed record Kept(Basis Basis, ShelvedComparison Comparison)
    {
        public long Asked { get; set; }
    }

    /// <summary>The comparison, without curves. Refuses as the caller's farm does.</summary>
    public async Task<ShelvedComparison> ReadAsync(CallerFarm farm, string sweepId, CancellationToken cancel)
    {
        // An open sweep may get a result without a change of its counts: then any move of the farm counts as one of it.
        var sweep = (await farm.ReadSweepAsync(sweepId, cancel)).Sweep;
        var basis = new Basis(sweep.AcceptedAt, sweep.Counts, sweep.Looks?.Taken.Count ?? 0, sweep.Counts.Open > 0 ? await farm.ReadMovePositionAsync(cancel) : null);
        if (!kept.TryGetValue(sweepId, out var known) || known.Basis != basis)
        {
            known = new(basis, new(await farm.CompareAsync(sweepId, withCurves: false, cancel)));
            kept[sweepId] = known;
        }
        known.Asked = Interlocked.Increment(ref asked);
        while (kept.Count > Places && kept.MinBy(k => k.Value.Asked) is { Key: { } oldest })
            kept.TryRemove(oldest, out _);
        return known.Comparison;
    }
}

/// <summary>A comparison, and what is written of it when it is first asked for.</summary>
internal sealed class ShelvedComparison(ComparedSweep compared)
{
    private readonly Lazy<(string Title, Written Content)> page = new(() =>
    {
        var made = ComparePage.Of(compared);
        return (made.Title, new Written(made.Content));
    });
    private readonly Lazy<byte[]> json = new(() => Encoding.UTF8.GetBytes(ComparisonJson.Render(compared.Comparison)));

    /// <summary>What was compared.</summary>
    public ComparedSweep Compared => compared;

    /// <summary>The content of its page.</summary>
    public PageContent Page => new(page.Value.Title, page.Value.Content.Again());

    /// <summary>As <c>nasfarm compare --json</c> prints it, in UTF-8.</summary>
    public byte[] Json => json.Value;
}
