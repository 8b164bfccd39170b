namespace NasFarm.Farm.Tests.Store;

/// <summary>A clock that moves only when told; its timers fire on the caller of <see cref="Advance"/>, in the order of their due times.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private readonly List<(TimeSpan After, TaskCompletionSource Armed)> waiting = [];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>After each <see cref="Advance"/>, with the new time.</summary>
    public event Action<DateTimeOffset>? Moved;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes once a timer is armed to fire after exactly this time; one that is armed already counts.</summary>
    public Task Armed(TimeSpan after)
    {
        lock (gate)
        {
            if (timers.Any(t => t.Due is not null && t.After == after))
                return Task.CompletedTask;
            var armed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((after, armed));
            return armed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public void Advance(TimeSpan by)
    {
        var target = GetUtcNow() + by;
        while (NextDue(target) is { } fire)
            fire();
        lock (gate)
            now = target;
        Moved?.Invoke(target);
    }

    private Action? NextDue(DateTimeOffset target)
    {
        lock (gate)
        {
            if (timers.Where(t => t.Due <= target).MinBy(t => t.Due) is not { } timer)
                return null;
            now = timer.Due!.Value;
            timer.Due = timer.Period > TimeSpan.Zero ? now + timer.Period : null;
            return timer.Fire;
        }
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public TimeSpan After { get; private set; }

        public TimeSpan Period { get; private set; }

        public Action Fire => fire;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time.now + dueTime;
                (After, Period) = (dueTime, period);
                if (!time.timers.Contains(this))
                    time.timers.Add(this);
                foreach (var wait in time.waiting.Where(w => w.After == dueTime).ToList())
                {
                    time.waiting.Remove(wait);
                    wait.Armed.SetResult();
                }
            }
            return true;
        }

        public void Dispose()
        {
            lock (time.gate)
                time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
