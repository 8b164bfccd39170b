namespace NasFarm.Farm.Coordination;

/// <summary>Wakes everybody who waits. Take <see cref="Next"/> before looking at the state, so that no change in between is missed.
/// Who waits may go on inside <see cref="Send"/>: no thread is asked for that the caller does not have.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource next = New();

    /// <summary>Completes at the next pulse.</summary>
    public PulseWait Next => new(Volatile.Read(ref next).Task);

    public void Send() => Interlocked.Exchange(ref next, New()).SetResult();

    private static TaskCompletionSource New() => new();
}

/// <summary>A pulse to come.</summary>
internal readonly record struct PulseWait(Task Task)
{
    /// <summary>Returns at the pulse, after a time, or when cancelled: the caller's loop looks again, whichever it was. None of them is an
    /// exception here, because idle slots come by at every poll.</summary>
    public async Task OrAfter(TimeSpan most, TimeProvider time, CancellationToken cancel) =>
        await Task.WaitAsync(most, time, cancel).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
}
