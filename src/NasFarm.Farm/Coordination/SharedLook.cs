namespace NasFarm.Farm.Coordination;

/// <summary>One look at the queue for all slots that ask at the same time, so that a thousand idle slots cost two readings and not a thousand.
/// Whoever asks gets a reading that began after the question: nothing that it knows is missing.</summary>
internal sealed class SharedLook<T>(Func<Task<T>> look)
{
    private readonly Lock gate = new();
    private Task<T>? current;
    private Task<T>? next;

    public Task<T> LookAsync()
    {
        lock (gate)
        {
            return current is { IsCompleted: false } ? next ??= AfterAsync(current) : current = look();
        }
    }

    private async Task<T> AfterAsync(Task before)
    {
        // However it ended; and never at once: whoever asked has yet to say that this is the next one.
        await Task.WhenAny(before).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.ForceYielding);
        Task<T> mine;
        lock (gate)
        {
            next = null;
            current = mine = look();
        }
        return await mine;
    }
}
