using System.Runtime.CompilerServices;
using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Events;

/// <summary>What has moved in sweeps, for many watchers at the cost of one: the first watcher of a sweep starts a watch that all share, and it ends a
/// while after the last one has left. A watcher who is behind the shared watch first reads by himself until it has what he lacks.</summary>
/// <param name="host">The engine.</param>
/// <param name="time">Timers.</param>
/// <param name="size">What is kept of each sweep; null: what suits a server.</param>
public sealed class SweepWatches(IFarmHost host, TimeProvider time, RingSize? size = null) : IAsyncDisposable
{
    private static readonly RingSize UsualSize = new(1024, 4 << 20);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Shared> shared = new(StringComparer.Ordinal);
    private readonly HashSet<Task> running = [];
    private bool isEnding;

    /// <summary>How long a watch goes on for nobody: whoever was cut off comes again sooner.</summary>
    public static TimeSpan Linger { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Sweeps that are watched here.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return shared.Count;
        }
    }

    /// <summary>Where a sweep stands now, then every move after a position, in order, each once: as <see cref="IFarmHost.WatchAsync"/>. Empty or ended:
    /// the sweep is gone. Throws what the host throws.</summary>
    /// <param name="sweepId">The sweep.</param>
    /// <param name="after">Where an earlier watch has come; null: from now on.</param>
    /// <param name="cancel">Ends this watcher.</param>
    public async IAsyncEnumerable<SweepEvent> WatchAsync(string sweepId, MovePosition? after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var mine = Enter(sweepId);
        try
        {
            await mine.Watch.Begun.WaitAsync(cancel);
            var reached = after;
            var isFirst = true;
            Place? place = null;
            if (after is { } said && mine.Watch.Find(said) is { } found)
            {
                (place, isFirst) = (found.Place, false);
                yield return SweepEvent.Standing(found.Newest, said);
            }
            while (true)
            {
                if (place is null)
                {
                    // 1. By himself. What is read first is read now, so it holds everything until where the shared watch was before.
                    var least = mine.Watch.Head;
                    await foreach (var news in host.WatchAsync(sweepId, reached, cancel))
                    {
                        if (isFirst && after is { } from)
                            yield return SweepEvent.Standing(news.Aggregate, from);
                        if (news.Moves.Count > 0 || news.Missed || (isFirst && after is null))
                            yield return SweepEvent.Of(news);
                        reached = news.Missed || news.Reached.CompareTo(least) > 0 ? news.Reached : least;
                        (isFirst, least) = (false, default);
                        place = mine.Watch.Sit(reached.Value);
                        if (place is not null)
                            break;
                    }
                    if (place is null)
                        yield break;
                }

                // 2. With the others, until he falls behind.
                var heard = await mine.Watch.NextAsync(place.Value, cancel);
                (place, reached) = (heard.Event is null ? null : heard.Place, heard.Place.Reached);
                if (heard.IsOver)
                    yield break;
                if (heard.Event is { } told)
                    yield return told;
            }
        }
        finally
        {
            Leave(sweepId, mine);
        }
    }

    /// <summary>Ends every watch.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Task> left;
        lock (gate)
        {
            isEnding = true;
            foreach (var (id, one) in shared.ToList())
                End(id, one);
            left = [.. running];
        }
        await Task.WhenAll(left);
    }

    private Shared Enter(string sweepId)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isEnding, this);
            if (!shared.TryGetValue(sweepId, out var one))
            {
                shared.Add(sweepId, one = new(new(size ?? UsualSize)));
                // It is nobody's in particular: nothing of the request that was first goes with it.
                using (ExecutionContext.SuppressFlow())
                    running.Add(one.Running = Task.Run(() => RunAsync(sweepId, one)));
            }
            one.Watchers++;
            one.Closing?.Dispose();
            one.Closing = null;
            return one;
        }
    }

    private void Leave(string sweepId, Shared one)
    {
        lock (gate)
        {
            if (--one.Watchers == 0 && IsWatched(sweepId, one))
                one.Closing = time.CreateTimer(_ => Close(sweepId, one), null, Linger, Timeout.InfiniteTimeSpan);
        }
    }

    private void Close(string sweepId, Shared one)
    {
        lock (gate)
        {
            if (one.Watchers == 0 && IsWatched(sweepId, one))
                End(sweepId, one);
        }
    }

    private void End(string sweepId, Shared one)
    {
        shared.Remove(sweepId);
        one.Closing?.Dispose();
        one.Watch.End();
    }

    private async Task RunAsync(string sweepId, Shared one)
    {
        var broken = await one.Watch.RunAsync(host, sweepId);
        lock (gate)
        {
            // Whoever comes now begins anew.
            if (IsWatched(sweepId, one))
                End(sweepId, one);
            running.Remove(one.Running);
        }
        one.Watch.Tell(broken);
    }

    private bool IsWatched(string sweepId, Shared one) => shared.GetValueOrDefault(sweepId) == one;

    private sealed class Shared(SharedWatch watch)
    {
        public SharedWatch Watch => watch;

        public Task Running { get; set; } = Task.CompletedTask;

        public int Watchers { get; set; }

        public ITimer? Closing { get; set; }
    }
}
