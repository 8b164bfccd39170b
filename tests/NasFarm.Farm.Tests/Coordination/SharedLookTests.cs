using System.Threading.Channels;
using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Tests.Coordination;

/// <summary>Whoever asks gets a reading that began after the question, however many ask and whenever readings end.</summary>
public sealed class SharedLookTests
{
    [Fact]
    public async Task Every_answer_was_read_after_its_question()
    {
        var begun = 0;
        // Readings end at once, soon, or on another thread: the moment between asking whether one lasts and waiting for its end is met often.
        var shared = new SharedLook<int>(async () =>
        {
            var mine = Interlocked.Increment(ref begun);
            if (mine % 3 != 0)
                await Task.Yield();
            return mine;
        });

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                var before = Volatile.Read(ref begun);
                var read = await shared.LookAsync();
                Assert.True(read > before, $"reading {read} began before the question, which was asked after reading {before} had begun");
            }
        })));
    }

    [Fact]
    public async Task Those_who_ask_while_a_reading_lasts_share_the_next_one()
    {
        var readings = Channel.CreateUnbounded<TaskCompletionSource<int>>();
        var shared = new SharedLook<int>(() =>
        {
            var reading = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            readings.Writer.TryWrite(reading);
            return reading.Task;
        });
        var first = shared.LookAsync();
        var others = Enumerable.Range(0, 10).Select(_ => shared.LookAsync()).ToList();

        (await readings.Reader.ReadAsync()).SetResult(1);
        Assert.Equal(1, await first);
        (await readings.Reader.ReadAsync()).SetResult(2);

        Assert.All(await Task.WhenAll(others), read => Assert.Equal(2, read));
        Assert.False(readings.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_reading_that_fails_spoils_no_other()
    {
        var readings = 0;
        var shared = new SharedLook<int>(() => ++readings == 1 ? Task.FromException<int>(new InvalidOperationException("no")) : Task.FromResult(readings));
        await Assert.ThrowsAsync<InvalidOperationException>(shared.LookAsync);
        Assert.Equal(2, await shared.LookAsync());
    }
}
