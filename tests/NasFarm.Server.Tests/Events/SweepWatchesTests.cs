using NasFarm.Farm.Hosting;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;
using NasFarm.Server.Events;

namespace NasFarm.Server.Tests.Events;

/// <summary>Many watchers of a sweep, at the cost of one.</summary>
public sealed class SweepWatchesTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ScriptedHost host = new();
    private readonly ManualTime time = new();
    private readonly SweepWatches watches;

    public SweepWatchesTests() => watches = new(host, time, new(3, long.MaxValue));

    public async ValueTask DisposeAsync()
    {
        await watches.DisposeAsync();
        Assert.Equal(0, host.Watching);
    }

    [Fact]
    public async Task Two_watchers_hear_the_same_texts_from_one_watch()
    {
        host.Move(2);
        await using var ann = Watcher.From(watches, null);
        await using var bob = Watcher.From(watches, null);
        var (first, other) = (await ann.NextAsync(), await bob.NextAsync());
        // Asking for more, both have joined.
        var (anns, bobs) = (ann.NextAsync(), bob.NextAsync());
        await host.UntilWatching(1);

        host.Move(3);

        Assert.Same(await anns, await bobs);
        Assert.Equal([("aggregate", 2), ("aggregate", 2)], new[] { first, other }.Select(e => (Kind(e), e.News.Reached.Seq)));
        Assert.Equal(Seqs(3, 5), ann.Seqs);
        Assert.Equal(ann.Seqs, bob.Seqs);
    }

    [Fact]
    public async Task Who_comes_with_a_position_in_the_ring_reads_nothing_by_himself()
    {
        await using var ann = await JoinedAsync();
        host.Move();
        await ann.UntilAsync(1);
        host.Move(4);
        await ann.UntilAsync(5);
        var reads = host.Reads;

        // In the middle of what was told together too.
        await using var bob = Watcher.From(watches, new(0, 3));
        var standing = await bob.NextAsync();
        await bob.UntilAsync(5);
        host.Move();
        await bob.UntilAsync(6);

        Assert.Equal(("aggregate", 3, reads), (Kind(standing), standing.News.Reached.Seq, host.Reads));
        Assert.Equal(Seqs(4, 6), bob.Seqs);
    }

    [Fact]
    public async Task Who_comes_with_an_older_position_reads_by_himself_first_and_then_joins()
    {
        host.Move(5);
        await using var ann = await JoinedAsync();
        host.Move(2);
        await ann.UntilAsync(7);
        await using var bob = Watcher.From(watches, new(0, 1));
        await bob.UntilAsync(7);
        var next = bob.NextAsync();
        await host.UntilWatching(1);

        host.Move();
        await next;
        await ann.UntilAsync(8);

        Assert.Equal(Seqs(2, 8), bob.Seqs);
        Assert.Same(ann.Last, bob.Last);
        Assert.Equal(2, host.Reads);
    }

    [Fact]
    public async Task Who_stands_still_holds_up_nobody_falls_out_of_the_ring_and_misses_nothing()
    {
        await using var slow = await JoinedAsync();
        await using var quick = await JoinedAsync();
        var reads = host.Reads;
        for (var n = 1; n <= 10; n++)
        {
            host.Move();
            await quick.UntilAsync(n);
        }
        Assert.Equal(reads, host.Reads);

        await slow.UntilAsync(10);
        // Once by himself, then with the others again.
        Assert.Equal(reads + 1, host.Reads);
        host.Move();
        await slow.UntilAsync(11);
        await quick.UntilAsync(11);

        Assert.Equal(Seqs(1, 11), slow.Seqs);
        Assert.Equal(Seqs(1, 11), quick.Seqs);
        Assert.Equal(reads + 1, host.Reads);
        Assert.Same(quick.Last, slow.Last);
    }

    [Fact]
    public async Task A_long_news_stays_alone()
    {
        await using var small = new SweepWatches(host, time, new(100, 1));
        await using var ann = await JoinedAsync(small);
        host.Move(50);
        await ann.UntilAsync(50);
        host.Move(50);
        await ann.UntilAsync(100);
        var reads = host.Reads;

        await using var inside = Watcher.From(small, new(0, 60));
        await inside.UntilAsync(100);
        Assert.Equal((reads, 40), (host.Reads, inside.Seqs.Count));
        await using var before = Watcher.From(small, new(0, 40));
        await before.UntilAsync(100);
        Assert.Equal((reads + 1, 60), (host.Reads, before.Seqs.Count));
    }

    [Fact]
    public async Task The_watch_ends_a_while_after_the_last_watcher_has_left()
    {
        var ann = await JoinedAsync();
        await ann.DisposeAsync();
        time.Advance(SweepWatches.Linger / 2);
        Assert.Equal(1, watches.Count);

        // Somebody came meanwhile.
        var bob = await JoinedAsync();
        time.Advance(SweepWatches.Linger);
        Assert.Equal(1, watches.Count);
        await bob.DisposeAsync();
        time.Advance(SweepWatches.Linger);

        Assert.Equal(0, watches.Count);
        await host.UntilWatching(0);
        await using var again = await JoinedAsync();
        host.Move();
        await again.UntilAsync(1);
    }

    [Fact]
    public async Task Where_the_host_breaks_its_watchers_end_and_those_who_come_again_miss_nothing()
    {
        await using var ann = await JoinedAsync();
        await using var bob = await JoinedAsync();
        host.Move();
        await ann.UntilAsync(1);
        await bob.UntilAsync(1);
        var (anns, bobs) = (ann.NextAsync(), bob.NextAsync());
        host.Break();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => anns);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => bobs);
        await using var early = Watcher.From(watches, new(0, 1));
        await Assert.ThrowsAsync<StoreUnavailableException>(early.NextAsync);
        host.Mend();
        host.Move(2);

        await using var again = Watcher.From(watches, new(0, 1));
        await again.UntilAsync(3);

        Assert.Equal(Seqs(2, 3), again.Seqs);
    }

    [Fact]
    public async Task Who_is_ahead_of_the_farm_is_told_that_he_has_missed_something()
    {
        host.Move(3);
        await using var ann = await JoinedAsync();

        await using var stranger = Watcher.From(watches, new(99, 99));
        Assert.Equal("aggregate", Kind(await stranger.NextAsync()));
        var missed = await stranger.NextAsync();
        var next = stranger.NextAsync();
        host.Move();

        Assert.True(missed.News.Missed);
        Assert.Equal(4, (await next).News.Reached.Seq);
    }

    [Fact]
    public async Task Of_a_sweep_that_is_gone_nothing_more_is_said()
    {
        await using var ann = await JoinedAsync();
        var next = ann.EndsAsync();
        host.Delete();

        Assert.True(await next);
        await using var late = Watcher.From(watches, null);
        Assert.True(await late.EndsAsync());
    }

    [Fact]
    public async Task Whoever_is_cancelled_leaves_and_the_others_stay()
    {
        await using var ann = await JoinedAsync();
        using var leaving = new CancellationTokenSource();
        await using var bob = await JoinedAsync(cancel: leaving.Token);
        var next = bob.NextAsync();
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        host.Move();
        await ann.UntilAsync(1);
    }

    [Fact]
    public async Task A_thousand_watchers_who_come_and_go_at_all_times_each_hear_everything_once()
    {
        const int Moves = 300;
        var watchers = Enumerable.Range(0, 1000).Select(n => Task.Run(async () =>
        {
            // Some come again and again, at other places each.
            var heard = new List<long>();
            var reached = new MovePosition(0, 0);
            for (var turn = 0; heard.Count < Moves; turn++)
            {
                await using var watcher = Watcher.From(watches, reached);
                await watcher.UntilAsync(n % 3 == 0 ? Moves : Math.Min(Moves, reached.Seq + 1 + ((n + turn) % 97)));
                heard.AddRange(watcher.Seqs);
                reached = watcher.Last!.News.Reached;
            }
            return heard;
        })).ToList();
        for (var n = 0; n < Moves; n += 3)
        {
            host.Move(3);
            await Task.Yield();
        }

        Assert.All(await Task.WhenAll(watchers), heard => Assert.Equal(Seqs(1, Moves), heard));
    }

    private static IEnumerable<long> Seqs(int from, int to) => Enumerable.Range(from, to - from + 1).Select(n => (long)n);

    private static string Kind(SweepEvent told) => System.Text.Encoding.UTF8.GetString(told.Text.Span).Split('\n')[0]["event: ".Length..];

    /// <summary>A watcher who has heard where it stands.</summary>
    private async Task<Watcher> JoinedAsync(SweepWatches? of = null, CancellationToken cancel = default)
    {
        var watcher = Watcher.From(of ?? watches, host.Now, cancel);
        Assert.Equal("aggregate", Kind(await watcher.NextAsync()));
        return watcher;
    }

    /// <summary>Hears events one by one.</summary>
    private sealed class Watcher(IAsyncEnumerator<SweepEvent> events) : IAsyncDisposable
    {
        public List<long> Seqs { get; } = [];

        public SweepEvent? Last { get; private set; }

        public static Watcher From(SweepWatches watches, MovePosition? after, CancellationToken cancel = default) =>
            new(watches.WatchAsync("s", after, cancel).GetAsyncEnumerator(cancel));

        public async Task<SweepEvent> NextAsync()
        {
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Patience), "the watch ended");
            Last = events.Current;
            Seqs.AddRange(Last.News.Moves.Select(move => move.At.Seq));
            return Last;
        }

        public async Task UntilAsync(long seq)
        {
            while (Last is null || Last.News.Reached.Seq < seq)
                await NextAsync();
        }

        public async Task<bool> EndsAsync() => !await events.MoveNextAsync().AsTask().WaitAsync(Patience);

        public ValueTask DisposeAsync() => events.DisposeAsync();
    }
}
