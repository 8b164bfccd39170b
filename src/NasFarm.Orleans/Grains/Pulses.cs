namespace NasFarm.Orleans.Grains;

/// <summary>Wakes everybody who waits; who waits goes on in his own turn.</summary>
internal sealed class Pulses
{
    private TaskCompletionSource next = New();

    /// <summary>Completes at the next pulse. Take it before looking, so that no change in between is missed.</summary>
    public Task Next => next.Task;

    public void Send() => Interlocked.Exchange(ref next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
