namespace NasFarm.Simulation.Tests.World;

/// <summary>A process whose every step, from one await to the next, is a turn that the world gives. It can vanish or stand still between
/// any two of them.</summary>
internal sealed class SimulatedProcess
{
    private readonly SimulatedWorld world;
    private readonly Scheduler scheduler;
    private readonly List<Task> ready = [];
    private readonly DiceStream order;
    private TimeSpan frozenUntil;

    public SimulatedProcess(SimulatedWorld world, string name, Dice dice)
    {
        (this.world, Name) = (world, name);
        order = dice.Stream($"order {name}");
        Steps = dice.Stream($"step {name}");
        scheduler = new(this);
        Clock = new ProcessClock(world, this, dice.Stream($"clock {name}"));
    }

    public string Name { get; }

    public ProcessClock Clock { get; }

    /// <summary>Faults between two turns are drawn from here.</summary>
    public DiceStream Steps { get; }

    /// <summary>It will never do anything again.</summary>
    public bool IsGone { get; private set; }

    public bool IsReady => !IsGone && ready.Count > 0 && world.Now >= frozenUntil;

    /// <summary>Starts the program; <paramref name="ended"/> hears how it ended, if it does.</summary>
    public void Run(Func<Task> program, Action<Task> ended)
    {
        var life = new Task<Task>(program);
        life.Unwrap().ContinueWith(whole =>
        {
            IsGone = true;
            ended(whole);
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, scheduler);
        life.Start(scheduler);
    }

    /// <summary>Gives the process something to do in a turn of its own.</summary>
    public void Post(Action action)
    {
        if (!IsGone)
            new Task(action).Start(scheduler);
    }

    /// <summary>One turn: usually what has waited longest, sometimes another, as a pool of threads would.</summary>
    public void Step()
    {
        var next = ready.Count > 1 && order.Chance(0.2) ? order.Below(ready.Count) : 0;
        var task = ready[next];
        ready.RemoveAt(next);
        scheduler.Turn(task);
        if (task.IsFaulted && task is not Task<Task>)
            world.Violate("exception", $"{Name}: {task.Exception!.InnerException}");
    }

    public void Crash()
    {
        IsGone = true;
        ready.Clear();
    }

    public void FreezeFor(TimeSpan time)
    {
        frozenUntil = world.Now + time;
        world.After(time, () => { });
    }

    /// <summary>Awaits come back to the scheduler they left from: this one keeps them in order and runs none by itself.</summary>
    private sealed class Scheduler(SimulatedProcess process) : TaskScheduler
    {
        public void Turn(Task task) => TryExecuteTask(task);

        protected override void QueueTask(Task task)
        {
            process.world.AssertOwnThread();
            if (!process.IsGone)
                process.ready.Add(task);
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => process.ready;
    }
}
