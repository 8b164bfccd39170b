using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;

namespace NasFarm.Server.Events;

/// <summary>How much of a sweep's news is kept for those who are not as fast as the others.</summary>
/// <param name="News">At most so many.</param>
/// <param name="Bytes">At most so much text; the newest news stays however long it is.</param>
public sealed record RingSize(int News, long Bytes);

/// <summary>Where a watcher is in a ring.</summary>
/// <param name="Next">Number of the news that comes next.</param>
/// <param name="Reached">What was heard already.</param>
internal readonly record struct Place(long Next, MovePosition Reached);

/// <summary>What a watcher hears in a ring.</summary>
/// <param name="Event">The next one; null: his place is not in the ring any more, or the watch is over.</param>
/// <param name="Place">Where he is then.</param>
/// <param name="IsOver">The sweep is gone.</param>
internal readonly record struct Heard(SweepEvent? Event, Place Place, bool IsOver = false);

/// <summary>One watch of a sweep and a ring of its latest news, numbered. Nobody who listens holds it up: who is too slow finds that his number has
/// left the ring.</summary>
internal sealed class SharedWatch(RingSize size)
{
    private readonly Lock gate = new();
    private readonly List<SweepEvent> ring = [];
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource begun = New();
    private TaskCompletionSource moved = New();
    private SweepAggregate? newest;
    private long first, bytes;
    private bool isOver;

    /// <summary>The ring holds every move after <c>start</c> until <c>head</c>.</summary>
    private MovePosition start, head;

    /// <summary>Completes when it is known where the watch begins, or that it does not; fails as the watch does.</summary>
    public Task Begun => begun.Task;

    /// <summary>Every move until here can be read by whoever reads now.</summary>
    public MovePosition Head
    {
        get
        {
            lock (gate)
                return head;
        }
    }

    /// <summary>Watches until the sweep is gone (null), the host breaks or <see cref="End"/>. Throws nothing.</summary>
    public async Task<Exception?> RunAsync(IFarmHost host, string sweepId)
    {
        try
        {
            await foreach (var news in host.WatchAsync(sweepId, null, ending.Token))
                Take(news);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    /// <summary>Tells the watchers how the watch has ended: theirs end likewise.</summary>
    public void Tell(Exception? broken)
    {
        lock (gate)
        {
            isOver = true;
            foreach (var told in new[] { moved, begun })
            {
                if (broken is null)
                    told.TrySetResult();
                else
                    told.TrySetException(broken);
                // Where nobody listens, nobody misses it.
                _ = told.Task.Exception;
            }
        }
    }

    /// <summary>Ends the watch.</summary>
    public void End() => _ = ending.CancelAsync();

    /// <summary>A place for whoever says that he has come to a position, and where the sweep stands. Null: the ring does not hold what comes after it.</summary>
    public (Place Place, SweepAggregate Newest)? Find(MovePosition said)
    {
        lock (gate)
            // Beyond the head is nobody whom this watch has told so: he may come from another database.
            return newest is not null && said.CompareTo(start) >= 0 && said.CompareTo(head) <= 0 ? (PlaceAfter(said), newest) : null;
    }

    /// <summary>A place for whoever has read until a position, be it further than this watch has come. Null: the ring does not hold what comes after it.</summary>
    public Place? Sit(MovePosition read)
    {
        lock (gate)
            return newest is not null && read.CompareTo(start) >= 0 ? PlaceAfter(read) : null;
    }

    /// <summary>The next event for a place, as soon as there is one.</summary>
    public async Task<Heard> NextAsync(Place place, CancellationToken cancel)
    {
        while (true)
        {
            Task change;
            lock (gate)
            {
                if (place.Next < first)
                    return new(null, place);
                for (; place.Next < first + ring.Count; place = place with { Next = place.Next + 1 })
                {
                    var heard = ring[(int)(place.Next - first)];
                    if (heard.News.Reached.CompareTo(place.Reached) > 0 && heard.After(place.Reached) is { News.Moves.Count: > 0 } rest)
                        return new(rest, new(place.Next + 1, heard.News.Reached));
                }
                change = moved.Task;
                if (isOver && change.IsCompletedSuccessfully)
                    return new(null, place, IsOver: true);
            }
            await change.WaitAsync(cancel);
        }
    }

    private void Take(SweepNews news)
    {
        // Made before the gate is closed: nobody waits for it.
        var told = news.Moves.Count > 0 ? SweepEvent.Of(news) : null;
        TaskCompletionSource waking;
        lock (gate)
        {
            var isFirst = newest is null;
            newest = news.Aggregate;
            if (isFirst || news.Missed || news.Reached.CompareTo(head) < 0)
                // What came before cannot be known from here: each finds out for himself what he has missed. The number that they wait for is not given.
                StartAnew(news.Reached);
            else if (told is not null)
                Keep(told);
            head = news.Reached;
            (waking, moved) = (moved, New());
        }
        begun.TrySetResult();
        waking.SetResult();
    }

    private void StartAnew(MovePosition position)
    {
        first += ring.Count + 1;
        ring.Clear();
        (start, bytes) = (position, 0);
    }

    private void Keep(SweepEvent told)
    {
        ring.Add(told);
        bytes += told.Text.Length;
        var leaving = 0;
        while (ring.Count - leaving > 1 && (ring.Count - leaving > size.News || bytes > size.Bytes))
        {
            bytes -= ring[leaving].Text.Length;
            start = ring[leaving++].News.Reached;
        }
        ring.RemoveRange(0, leaving);
        first += leaving;
    }

    private Place PlaceAfter(MovePosition reached)
    {
        var skipped = 0;
        while (skipped < ring.Count && ring[skipped].News.Reached.CompareTo(reached) <= 0)
            skipped++;
        return new(first + skipped, reached);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
