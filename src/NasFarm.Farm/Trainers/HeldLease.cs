using NasFarm.Farm.Store;

namespace NasFarm.Farm.Trainers;

/// <summary>A lease as its holder may believe in it: for two thirds of its length since the last grant was asked for, by the holder's own
/// monotonic clock. The store's clock need not agree: the fence decides, this only says when to stop hoping.</summary>
/// <param name="length">Length of the lease.</param>
/// <param name="time">The holder's clock.</param>
/// <param name="asked">Timestamp at which the grant was asked for: the store counts from a later moment.</param>
internal sealed class HeldLease(TimeSpan length, TimeProvider time, long asked)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.1);
    private long granted = asked;

    /// <summary>May the holder still go on without a grant?</summary>
    public bool Holds => time.GetElapsedTime(granted) < length * 2 / 3;

    /// <summary>The store has granted the lease anew. <paramref name="asked"/>: when it was asked to.</summary>
    public void Granted(long asked) => granted = asked;

    /// <summary>Asks the store, again and again while it is unavailable and the lease holds; then the answer is <paramref name="lost"/>.</summary>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask, T lost)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                return await ask();
            }
            catch (StoreUnavailableException) when (Holds)
            {
                await Task.Delay(pause, time);
            }
            catch (StoreUnavailableException)
            {
                return lost;
            }
        }
    }

    /// <summary>Doubles up to a sixth of the lease, so that a store that comes back is asked in time.</summary>
    private TimeSpan Longer(TimeSpan pause) => pause * 2 < length / 6 ? pause * 2 : length / 6;
}
