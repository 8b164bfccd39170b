using NasFarm.Farm.Coordination;

namespace NasFarm.Farm.Tests.Trainers;

/// <summary>Keeps what a farm tells and lets tests await it.</summary>
internal sealed class EventRecord
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private readonly List<FarmEvent> seen = [];
    private readonly List<(Func<FarmEvent, bool> Wanted, TaskCompletionSource<FarmEvent> Found)> waiting = [];

    public void Tell(FarmEvent happened)
    {
        lock (gate)
        {
            seen.Add(happened);
            foreach (var wait in waiting.Where(w => w.Wanted(happened)).ToList())
            {
                waiting.Remove(wait);
                wait.Found.SetResult(happened);
            }
        }
    }

    public IReadOnlyList<T> All<T>() where T : FarmEvent
    {
        lock (gate)
            return [.. seen.OfType<T>()];
    }

    /// <summary>The first event of a kind, past or to come.</summary>
    public async Task<T> Await<T>(Func<T, bool>? which = null) where T : FarmEvent
    {
        var found = new TaskCompletionSource<FarmEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (seen.OfType<T>().FirstOrDefault(e => which?.Invoke(e) ?? true) is { } past)
                return past;
            waiting.Add((e => e is T typed && (which?.Invoke(typed) ?? true), found));
        }
        try
        {
            return (T)await found.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            lock (gate)
                throw new TimeoutException($"No {typeof(T).Name} within {Patience}; seen: {string.Join(", ", seen.Select(e => e.GetType().Name))}");
        }
    }
}
