namespace NasFarm.Simulation.Tests.World;

/// <summary>A process's clocks: a monotonic one that drifts, and a wall clock that is off and may jump. Timers follow the monotonic one and
/// fire in a turn of the process.</summary>
internal sealed class ProcessClock : TimeProvider
{
    private readonly SimulatedWorld world;
    private readonly SimulatedProcess process;
    private readonly double rate;
    private TimeSpan offset;

    public ProcessClock(SimulatedWorld world, SimulatedProcess process, DiceStream dice)
    {
        (this.world, this.process) = (world, process);
        rate = world.IsCalm ? 1 : dice.Between(0.99, 1.01);
        offset = world.IsCalm ? TimeSpan.Zero : TimeSpan.FromSeconds(dice.Between(-5, 5));
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => (long)(world.Now.Ticks * rate);

    public override DateTimeOffset GetUtcNow() => SimulatedWorld.Epoch + TimeSpan.FromTicks(GetTimestamp()) + offset;

    public void Jump(TimeSpan by) => offset += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(ProcessClock clock, Action fire) : ITimer
    {
        private int arming;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            arming++;
            if (dueTime != Timeout.InfiniteTimeSpan)
                Arm(dueTime, period, arming);
            return true;
        }

        public void Dispose() => arming++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime, TimeSpan period, int armed) => clock.world.After(dueTime / clock.rate, () =>
        {
            if (armed != arming || clock.process.IsGone)
                return;
            clock.process.Post(() =>
            {
                if (armed == arming)
                    fire();
            });
            if (period > TimeSpan.Zero)
                Arm(period, period, armed);
        });
    }
}
