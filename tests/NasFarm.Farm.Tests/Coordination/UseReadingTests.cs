using System.Reflection;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Tests.Store;

namespace NasFarm.Farm.Tests.Coordination;

/// <summary>What is used is read at every question, and seldom where much runs.</summary>
public sealed class UseReadingTests
{
    private static readonly TimeSpan Takes = TimeSpan.FromMilliseconds(10);

    private readonly ManualTime time = new();

    [Fact]
    public async Task Little_use_is_read_at_every_question()
    {
        var (reading, store) = Reading(running: 199);

        for (var question = 1; question <= 3; question++)
            Assert.Equal(question, await AskAsync(reading));
        Assert.Equal(3, store.Readings);
    }

    [Fact]
    public async Task Much_use_is_read_again_after_fifty_times_as_long_as_a_reading_takes()
    {
        var (reading, store) = Reading(running: 200);

        Assert.Equal(1, await AskAsync(reading));
        time.Advance(50 * Takes - TimeSpan.FromTicks(1));
        Assert.Equal(1, await AskAsync(reading));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(2, await AskAsync(reading));
        Assert.Equal(2, store.Readings);
    }

    /// <summary>Which reading is answered.</summary>
    private static async Task<double> AskAsync(UseReading reading) =>
        Assert.Single((await reading.CompleteAsync(new FarmSnapshot(default, [], [], []), CancellationToken.None)).Present!).SlotSeconds;

    private (UseReading Reading, CountedStore Store) Reading(int running)
    {
        var store = DispatchProxy.Create<IFarmStore, CountedStore>();
        var counted = (CountedStore)(object)store;
        (counted.Time, counted.Running) = (time, running);
        return (new(store, time), counted);
    }

    /// <summary>Answers how much runs, each time with the number of the reading.</summary>
    public class CountedStore : DispatchProxy
    {
        public ManualTime Time { get; set; } = null!;

        public int Running { get; set; }

        public int Readings { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal(nameof(IFarmStore.ReadUseAsync), targetMethod!.Name);
            Time.Advance(Takes);
            return Task.FromResult(new FarmUse([], [new("s1", "default", "cpu", Running, ++Readings)]));
        }
    }
}
