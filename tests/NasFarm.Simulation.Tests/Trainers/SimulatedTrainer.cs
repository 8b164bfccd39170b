using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Trainers;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Trainers;

/// <summary>A trainer that trains nothing and does everything else a real one does: resumes from the newest good checkpoint it is offered,
/// measures, decides, writes files by temporary name and rename, stops with a checkpoint, leaves when no lease grant arrives for two thirds
/// of the lease. Its program is an iterator that says how long until its next turn.</summary>
internal sealed class SimulatedTrainer(
    SimulatedWorld world, string name, IReadOnlyDictionary<string, string> environment, DiceStream dice, ChannelWriter<TrainerSignal> inbox,
    Func<string, long, bool> owns) : ITrainer
{
    private const double SecondsPerHalfEpoch = 0.7;
    private readonly TaskCompletionSource gone = new();
    private IEnumerator<double>? program;
    private TrainerCommand.Run? run;
    private TimeSpan granted;
    private TimeSpan heardUntil;
    private FailureReason? stop;
    private bool silent;
    private KillCause? killedBy;
    private string? killedWhy;
    private int stops;

    public IReadOnlyDictionary<string, string> Environment => environment;

    public int ProcessId => 1;

    public bool IsAlive { get; private set; } = true;

    /// <summary>Its supervisor is gone.</summary>
    public bool IsOrphan { get; private set; }

    public IReadOnlyList<string> Log => [];

    public void Start() => world.After(Seconds(0.3 + dice.Unit()), () => Say(new TrainerEvent.Hello(1, "simulated", TrainerEvent.Hello.CurrentProtocol)));

    public Task SendAsync(TrainerCommand command)
    {
        world.After(Seconds(0.002), () =>
        {
            if (IsAlive)
                Hear(command);
        });
        return Task.CompletedTask;
    }

    public void Kill(KillCause cause, string why)
    {
        if (!IsAlive)
            return;
        if (killedBy is null)
            (killedBy, killedWhy) = (cause, why);
        world.After(Seconds(0.01), () => Exit(137));
    }

    public void ClearLog() { }

    public long ResidentBytes() => 1;

    public ValueTask DisposeAsync()
    {
        Kill(KillCause.Dismissed, "no longer needed");
        return new(gone.Task);
    }

    /// <summary>The process that started it is gone: the kernel kills it, or it goes on for a while and nobody hears it.</summary>
    public void LoseParent()
    {
        if (!IsAlive)
            return;
        IsOrphan = true;
        var zombie = world.Faults.Strike(Fault.Zombie, dice, out var strength);
        world.After(Seconds(zombie ? 2 + 30 * strength : 0.001), () => Exit(137));
    }

    private void Hear(TrainerCommand command)
    {
        switch (command)
        {
            case TrainerCommand.Run next:
                (run, stop, granted) = (next, null, world.Now);
                program = Train(run).GetEnumerator();
                Turn();
                break;
            case TrainerCommand.Lease:
                granted = world.Now;
                break;
            case TrainerCommand.Stop asked when asked.Fence == run?.Fence && !world.Faults.Strike(Fault.TrainerStubborn, dice, out _):
                stop = asked.Reason;
                break;
        }
    }

    private void Turn()
    {
        var mine = program;
        if (!IsAlive || mine is null)
            return;
        if (run is not null && !IsOrphan && world.Now - granted > TimeSpan.FromMilliseconds(run.LeaseMilliseconds) * 2 / 3)
        {
            Exit(75);
            return;
        }
        if (!mine.MoveNext())
            return;
        var pause = Seconds(mine.Current);
        if (world.Faults.Strike(Fault.TrainerFreezes, dice, out var strength))
            pause += Seconds(5 + 20 * strength);
        world.After(pause, () =>
        {
            if (mine == program)
                Turn();
        });
    }

    /// <summary>One unit from beginning to end.</summary>
    private IEnumerable<double> Train(TrainerCommand.Run command)
    {
        var (unit, fence) = (command.Unit, command.Fence);
        yield return 0.1 + dice.Unit();
        if (unit.SeedRun.Method == TrainingPlan.Doomed)
        {
            Say(new TrainerEvent.Failed(fence, FailureReason.BadSpec, "as the simulation wants it"));
            yield break;
        }

        // 1. Where to go on: the newest that is good; where a rollback may be, with everything of this unit before it good too.
        var (state, from, saved, damaged) = Choose(unit, command.ResumeFrom);
        if (from is null && unit is { Kind: UnitKind.Search, Phase: > 0 })
        {
            Say(new TrainerEvent.Failed(fence, FailureReason.CheckpointMissing, string.Join(" ", damaged)));
            yield break;
        }
        Say(new TrainerEvent.Started(fence, Fingerprint, from, state.Trained, damaged, NumericsChanged: false));

        // 2. Epoch by epoch, two turns each.
        var (epochs, returnTo) = TrainingPlan.Course(unit);
        while (state.InUnit < epochs)
        {
            var began = world.Now;
            do
            {
                yield return SecondsPerHalfEpoch * (0.5 + dice.Unit());
                if (Stumbles(fence))
                    yield break;
                state = state.Train();
                if (state.Half == 1 && stop is { } inside)
                {
                    foreach (var pause in Write(command, $"stop-{++stops}", state, end: false, file => Say(new TrainerEvent.Checkpoint(fence, file, 0.1))))
                        yield return pause;
                    Say(new TrainerEvent.Failed(fence, inside, "stopped as asked"));
                    yield break;
                }
            }
            while (state.Half == 1);
            Say(new TrainerEvent.Metric(fence, state.Trained - 1, state.Epoch - 1, "train_loss", (state.Value >> 44) / 1024.0));
            Say(new TrainerEvent.Metric(fence, state.Trained - 1, state.Epoch - 1, "epoch_seconds", (world.Now - began).TotalSeconds, Timing: true));
            saved[state.InUnit] = state;
            foreach (var pause in Write(command, Invariant($"{state.Trained}"), state, end: false, file => Say(new TrainerEvent.Checkpoint(fence, file, 0.1))))
                yield return pause;
            if (stop is { } between)
            {
                Say(new TrainerEvent.Failed(fence, between, "stopped as asked"));
                yield break;
            }
        }

        // 3. The end: of a phase that rolls back, the state of the epoch it goes back to.
        if (TrainingPlan.RollsBack(unit))
        {
            if (returnTo is { } to)
            {
                if (!saved.TryGetValue(to + 1, out var earlier))
                {
                    Say(new TrainerEvent.Failed(fence, FailureReason.CheckpointMissing, $"the checkpoint after epoch {to} of the phase is gone"));
                    yield break;
                }
                state = earlier with { Trained = state.Trained };
            }
            Say(new TrainerEvent.Decision(fence, state.Trained - 1, state.Epoch, "phase_end", JsonSerializer.SerializeToElement(new
            {
                phase = unit.Phase, triggered = returnTo is not null, triggerAfter = returnTo is null ? (int?)null : epochs - 1, returnTo,
            })));
        }
        foreach (var pause in Write(command, "end", state, end: true, file => Say(Done(unit, fence, state, file))))
            yield return pause;
    }

    private (TrainedState State, CheckpointRef? From, Dictionary<int, TrainedState> Saved, List<string> Damaged) Choose(
        UnitSpec unit, IReadOnlyList<CheckpointRef> offered)
    {
        var (state, from, saved, damaged, whole) = (TrainedState.New(unit), (CheckpointRef?)null, new Dictionary<int, TrainedState>(), new List<string>(), true);
        foreach (var (index, file) in offered.Index().Reverse())
        {
            var read = TrainedState.Read(file);
            // Retention keeps two, and all where a rollback may be, of whoever owns the unit: others may have gone since the claim.
            if (read is null && owns(unit.UnitId, run!.Fence) && (index < 2 || TrainingPlan.RollsBack(unit) || File.Exists(file.Path)))
                world.Violate("checkpoint-files", $"{name}: the offered checkpoint {file.Path} is {(File.Exists(file.Path) ? "not what its row says" : "missing")}");
            // The end of the phase before is kept readable: without it a run has no way on, and that is no fault of the farm.
            if (read is null || (read.Value.UnitId == unit.UnitId && world.Faults.Strike(Fault.UnreadableCheckpoint, dice, out _)))
            {
                damaged.Add($"{file.Path} cannot be read.");
                whole = !TrainingPlan.RollsBack(unit);
                continue;
            }
            var own = read.Value.UnitId == unit.UnitId;
            if (own && !whole)
                continue;
            (state, from) = (own ? read.Value.State : read.Value.State with { InUnit = 0 }, file);
            if (own && state.Half == 0)
                saved[state.InUnit] = state;
        }
        return (state, from, saved, damaged);
    }

    /// <summary>Something goes wrong in the middle of an epoch. True: the unit is over.</summary>
    private bool Stumbles(long fence)
    {
        if (world.Faults.Strike(Fault.TrainerSilent, dice, out _))
            silent = true;
        if (world.Faults.Strike(Fault.TrainerGarbles, dice, out _))
        {
            Deliver(new TrainerSignal.Garbled("\u0007?", "no event"));
            return true;
        }
        if (!world.Faults.Strike(Fault.TrainerDies, dice, out var strength))
            return false;
        world.Tell($"{name} dies at fence {fence}");
        Exit(strength < 0.5 ? 139 : 1);
        return true;
    }

    /// <summary>Temporary name, then rename, and only then a word of it.</summary>
    private IEnumerable<double> Write(TrainerCommand.Run command, string step, TrainedState state, bool end, Action<CheckpointRef> written)
    {
        var text = state.Text(command.Unit.UnitId, end);
        var path = Path.Combine(command.OutputDirectory, step + ".state");
        if (!Directory.Exists(command.OutputDirectory))
            yield break;
        File.WriteAllText(path + ".tmp", text);
        File.SetLastWriteTimeUtc(path + ".tmp", (SimulatedWorld.Epoch + world.Now).UtcDateTime);
        yield return 0.02 + 0.1 * dice.Unit();
        if (!File.Exists(path + ".tmp"))
        {
            // It stood still for so long that its unfinished file was collected.
            Exit(1);
            yield break;
        }
        File.Move(path + ".tmp", path, overwrite: true);
        world.Tell($"{name} wrote {path}: {text}");
        written(new(path, TrainedState.Hash(text), TrainedState.Bytes(text), state.Trained, state.Epoch, end));
    }

    private static TrainerEvent.Done Done(UnitSpec unit, long fence, TrainedState state, CheckpointRef file)
    {
        if (unit.Kind == UnitKind.Retrain)
            return new(fence, file, null, new((state.Value >> 40) % 10_000 / 100.0, 99, 1000, Diverged: false));
        var diverged = TrainingPlan.Diverges(unit);
        return new(fence, file, new(unit.Phase + 1 == TrainingPlan.Phases(unit.SeedRun) || diverged, Invariant($"cell {state.Value:x}"), state.Epoch, state.Trained, diverged), null);
    }

    private void Say(TrainerEvent said)
    {
        if (!silent)
            Deliver(new TrainerSignal.Said(said));
    }

    /// <summary>What is said arrives in order, a moment later.</summary>
    private void Deliver(TrainerSignal signal)
    {
        heardUntil = TimeSpan.FromTicks(Math.Max(heardUntil.Ticks, (world.Now + Seconds(0.001 + 0.01 * dice.Unit())).Ticks));
        world.After(heardUntil - world.Now, () =>
        {
            if (!IsOrphan)
                inbox.TryWrite(signal);
        });
    }

    private void Exit(int code)
    {
        if (!IsAlive)
            return;
        IsAlive = false;
        program = null;
        world.Tell($"{name} is gone ({code}{(killedBy is null ? "" : $", killed: {killedBy}")})");
        Deliver(new TrainerSignal.Exited(new(code, killedBy, killedWhy, KernelOutOfMemory: false)));
        world.After(heardUntil - world.Now, () => gone.TrySetResult());
    }

    private static NumericsFingerprint Fingerprint { get; } = new()
    {
        Libtorch = "simulated", Blas = "simulated", InstructionSet = "default", Threads = 1, ElementType = "float32", Layout = "nchw",
        Device = "cpu", Backend = "simulated",
    };

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
