using System.Globalization;
using System.Text;

namespace NasFarm.Simulation.Tests.World;

/// <summary>Time, turns and events. One thread drives everything: whatever is ready is done, in an order drawn from the seed, and when
/// nothing is ready time goes on to the next event.</summary>
internal sealed class SimulatedWorld
{
    public static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const int MostTurns = 400_000;
    private readonly PriorityQueue<Action, (long At, long Order)> events = new();
    private readonly List<SimulatedProcess> processes = [];
    private readonly List<SimulatedProcess> ready = [];
    private readonly DiceStream order;
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly StringBuilder? story;
    private long made;
    private long turns;

    /// <param name="dice">Every choice.</param>
    /// <param name="calm">Nothing goes wrong.</param>
    /// <param name="only">When set: of the faults that would strike, only these do.</param>
    /// <param name="telling">Keep a story.</param>
    public SimulatedWorld(Dice dice, bool calm, IReadOnlySet<string>? only, bool telling)
    {
        IsCalm = calm;
        order = dice.Stream("turns");
        story = telling ? new() : null;
        Faults = new(this, dice, calm, only);
    }

    /// <summary>True time since the beginning.</summary>
    public TimeSpan Now { get; private set; }

    public bool IsCalm { get; }

    public Faults Faults { get; }

    /// <summary>The first broken promise; null: none.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>A number of everything that happened in order: equal for equal schedules.</summary>
    public ulong Digest { get; private set; }

    /// <summary>Calls that reached the store.</summary>
    public int Calls { get; set; }

    public string Story => story?.ToString() ?? "";

    public SimulatedProcess NewProcess(string name, Dice dice)
    {
        var process = new SimulatedProcess(this, name, dice);
        processes.Add(process);
        return process;
    }

    public void After(TimeSpan time, Action action) => events.Enqueue(action, ((Now + time).Ticks, made++));

    /// <summary>Lets things happen until <paramref name="over"/>, a violation, or nothing is left. <paramref name="mayStrike"/> is asked
    /// before each turn of a process.</summary>
    public void Run(Func<bool> over, Action<SimulatedProcess> mayStrike)
    {
        while (Violation is null && !over())
        {
            processes.RemoveAll(p => p.IsGone);
            ready.Clear();
            foreach (var process in processes)
            {
                if (process.IsReady)
                    ready.Add(process);
            }
            if (ready.Count > 0)
            {
                var process = ready.Count == 1 ? ready[0] : order.One(ready);
                mayStrike(process);
                if (!process.IsReady)
                    continue;
                Note(Dice.Of(process.Name));
                process.Step();
            }
            else if (events.TryDequeue(out var next, out var at))
            {
                Now = TimeSpan.FromTicks(Math.Max(Now.Ticks, at.At));
                Note((ulong)at.At);
                next();
            }
            else
            {
                return;
            }
            if (++turns > MostTurns)
                Violate("endless", $"{MostTurns} turns did not end the schedule");
        }
    }

    /// <summary>Adds to the digest.</summary>
    public void Note(ulong what) => Digest = Dice.Mix(Digest ^ what);

    public void Tell(FormattableString line)
    {
        if (story is null)
            return;
        story.Append(CultureInfo.InvariantCulture, $"{Now.TotalSeconds,9:0.000} s  ").AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A promise is broken. The first counts.</summary>
    public void Violate(string check, string what)
    {
        Tell($"VIOLATION {check}: {what}");
        Violation ??= new(check, what);
    }

    public void AssertOwnThread()
    {
        if (Environment.CurrentManagedThreadId != thread)
            Violate("own-thread", $"something of the simulated control plane ran on another thread: {Environment.StackTrace}");
    }
}

/// <summary>A broken promise.</summary>
/// <param name="Check">Name of the check that found it.</param>
/// <param name="What">What was seen, with values.</param>
internal sealed record Violation(string Check, string What);
