using NasFarm.Catalog.Results;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Hosting;

/// <summary>Knows where the runs of a sweep stand, and keeps up with what moves: reads again the runs that have moved, and all of them only where
/// moves were forgotten or runs came or went by no move. Not for two callers at once.</summary>
public sealed class SweepFollower
{
    private const int MovesAtOnce = 1000;

    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);

    /// <summary>A transaction seldom takes longer.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private readonly IFarmStore store;
    private readonly TimeProvider time;
    private readonly List<RunStanding> runs = [];
    private long? checkedAt, wrongSince;
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

    private SweepFollower(IFarmStore store, TimeProvider time, string sweepId, MovePosition reached) =>
        (this.store, this.time, SweepId, Reached) = (store, time, sweepId, reached);

    /// <summary>The sweep.</summary>
    public string SweepId { get; }

    /// <summary>What it knows holds every move until here.</summary>
    public MovePosition Reached { get; private set; }

    /// <summary>The sweep summed up.</summary>
    public SweepAggregate Aggregate => SweepAggregate.Of(SweepId, runs);

    /// <summary>What it knows, to be kept and followed on from: see <see cref="From"/>.</summary>
    public FollowedSweep Known => new(SweepId, Reached, [.. runs]);

    /// <summary>Reads where a sweep stands. Null: no such sweep.</summary>
    public static async Task<SweepFollower?> StartAsync(IFarmStore store, TimeProvider time, string sweepId, CancellationToken cancel)
    {
        // The position first: what moves in between is read twice, and is the same.
        var follower = new SweepFollower(store, time, sweepId, await store.ReadMovePositionAsync(cancel));
        return await follower.ReadAllAsync(cancel) ? follower : null;
    }

    /// <summary>Goes on from what another one knew.</summary>
    public static SweepFollower From(IFarmStore store, TimeProvider time, FollowedSweep known)
    {
        var follower = new SweepFollower(store, time, known.SweepId, known.Reached);
        follower.Take(known.Runs);
        return follower;
    }

    /// <summary>Tells moves again from an earlier position on; what it knows stays, and is read again where they say.</summary>
    public void GoBack(MovePosition position) => Reached = position;

    /// <summary>Reads what has moved since; returns the moves of this sweep, the oldest first, and whether some were missed. Null: the sweep is gone.</summary>
    public async Task<(IReadOnlyList<UnitMove> Moves, bool Missed)?> ReadOnAsync(CancellationToken cancel)
    {
        var moved = new List<UnitMove>();
        while (true)
        {
            var batch = await store.ReadMovesAsync(Reached, MovesAtOnce, cancel);
            if (batch.Missed)
            {
                Reached = await store.ReadMovePositionAsync(cancel);
                return await ReadAllAsync(cancel) ? ([], true) : null;
            }
            var own = batch.Moves.Where(move => places.ContainsKey(move.RunId)).ToList();
            if (own.Count > 0)
                await ReadSomeAsync([.. own.Select(move => move.RunId).Distinct()], cancel);
            moved.AddRange(own);
            Reached = batch.Reached;
            if (batch.Moves.Count < MovesAtOnce)
                break;
        }
        return await IsRightAsync(moved.Count > 0, cancel) || await ReadAllAsync(cancel) ? (moved, false) : null;
    }

    /// <summary>Do the counts agree? A sweep that was accepted again has other runs, and what was cancelled in it alone goes on in others: no unit has
    /// moved then. What lasts for a moment is a move that is not heard yet.</summary>
    private async Task<bool> IsRightAsync(bool moves, CancellationToken cancel)
    {
        if (checkedAt is { } last && time.GetElapsedTime(last) < CheckEvery)
            return true;
        checkedAt = time.GetTimestamp();
        var known = new SweepEnds(runs.Count, Count(SeedRunState.Finished), Count(SeedRunState.Failed), Count(SeedRunState.Cancelled));
        if (await store.ReadEndsAsync(SweepId, cancel) is not { } now)
            return false;
        if (now == known || (moves && now == known with { Finished = now.Finished }))
            wrongSince = null;
        else
            wrongSince ??= time.GetTimestamp();
        if (wrongSince is not { } since || time.GetElapsedTime(since) < Moment)
            return true;
        wrongSince = null;
        return false;
    }

    private int Count(SeedRunState state) => runs.Count(r => r.State == state);

    private async Task<bool> ReadAllAsync(CancellationToken cancel)
    {
        if (await store.ReadStandingsAsync(SweepId, null, cancel) is not { } all)
            return false;
        Take(all);
        return true;
    }

    private async Task ReadSomeAsync(IReadOnlyList<string> runIds, CancellationToken cancel)
    {
        foreach (var run in await store.ReadStandingsAsync(SweepId, runIds, cancel) ?? [])
            runs[places[run.RunId]] = run;
    }

    private void Take(IReadOnlyList<RunStanding> all)
    {
        runs.Clear();
        places.Clear();
        foreach (var run in all)
        {
            places.Add(run.RunId, runs.Count);
            runs.Add(run);
        }
    }
}

/// <summary>What is known of a sweep at a position of its moves.</summary>
public sealed record FollowedSweep(string SweepId, MovePosition Reached, IReadOnlyList<RunStanding> Runs);
