using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Coordination;

/// <summary>What is used and was, read again at every question while that is quick. Where thousands run it is read for a fiftieth of the time at most,
/// and shares are those of a moment ago: a ranking shares the slots that it fills by itself, and quotas are counted at each claim.</summary>
/// <param name="store">The farm's memory.</param>
/// <param name="time">Measures readings.</param>
public sealed class UseReading(IFarmStore store, TimeProvider time)
{
    /// <summary>Fewer running units are read in no time.</summary>
    private const int Many = 200;

    /// <summary>Of the time that a reading took.</summary>
    private const int Rest = 50;

    private sealed record Known(FarmUse Use, long At, TimeSpan Took);

    private volatile Known? known;

    /// <summary>A queue with what is used and was.</summary>
    public async Task<FarmSnapshot> CompleteAsync(FarmSnapshot queue, CancellationToken cancel)
    {
        var use = await ReadAsync(cancel);
        return queue with { Past = use.Past, Present = use.Present };
    }

    private async Task<FarmUse> ReadAsync(CancellationToken cancel)
    {
        if (known is { } before && before.Use.Present.Sum(use => use.Slots) >= Many && time.GetElapsedTime(before.At) < Rest * before.Took)
            return before.Use;
        var asked = time.GetTimestamp();
        var use = await store.ReadUseAsync(cancel);
        known = new(use, time.GetTimestamp(), time.GetElapsedTime(asked));
        return use;
    }
}
