namespace NasFarm.Simulation.Tests.World;

/// <summary>What may go wrong.</summary>
internal enum Fault
{
    /// <summary>A call takes seconds.</summary>
    SlowCall,

    /// <summary>A request never arrives.</summary>
    LostRequest,

    /// <summary>A call takes effect and its answer never arrives.</summary>
    LostAnswer,

    /// <summary>A request arrives twice, the second time later.</summary>
    DoubledRequest,

    /// <summary>The database answers nobody for a while.</summary>
    DatabaseGone,

    /// <summary>The database's clock jumps.</summary>
    DatabaseClockJump,

    /// <summary>A farm's process vanishes between two steps.</summary>
    Crash,

    /// <summary>A farm's process stands still for longer than its lease, and wakes.</summary>
    Freeze,

    /// <summary>It stands still for a moment.</summary>
    Pause,

    /// <summary>It is asked to stop, and comes back later.</summary>
    Drain,

    /// <summary>Its wall clock jumps.</summary>
    ClockJump,

    /// <summary>A trainer outlives its supervisor for a while and goes on writing files.</summary>
    Zombie,

    /// <summary>A trainer dies.</summary>
    TrainerDies,

    /// <summary>A trainer stands still for longer than its lease, and wakes.</summary>
    TrainerFreezes,

    /// <summary>A trainer works on and says nothing more.</summary>
    TrainerSilent,

    /// <summary>A trainer says something that is no event.</summary>
    TrainerGarbles,

    /// <summary>A trainer does not hear that it should stop.</summary>
    TrainerStubborn,

    /// <summary>A trainer cannot be started.</summary>
    TrainerMissing,

    /// <summary>A checkpoint cannot be read.</summary>
    UnreadableCheckpoint,
}

/// <summary>Decides what goes wrong where. Each schedule has its own mixture of kinds (Groce et al. 2012, swarm testing); after
/// <see cref="End"/> nothing goes wrong any more.</summary>
internal sealed class Faults
{
    private readonly double[] rates = new double[Enum.GetValues<Fault>().Length];
    private readonly IReadOnlySet<string>? only;
    private readonly SimulatedWorld world;
    private readonly int most;

    public Faults(SimulatedWorld world, Dice dice, bool calm, IReadOnlySet<string>? only)
    {
        (this.world, this.only) = (world, only);
        var mixture = dice.Stream("faults");
        most = calm ? 0 : 2 + mixture.Below(12);
        End = TimeSpan.FromSeconds(mixture.Between(15, 60));
        var frequent = mixture.Between(0.5, 3);
        foreach (var kind in Enum.GetValues<Fault>())
            rates[(int)kind] = mixture.Chance(0.5) ? frequent * Rate(kind) : 0;
    }

    /// <summary>From here on everything works.</summary>
    public TimeSpan End { get; }

    /// <summary>Names of the faults that struck, in order.</summary>
    public List<string> Struck { get; } = [];

    /// <summary>Does it go wrong here? <paramref name="strength"/>: uniform in 0…1, drawn from the fault's own name.</summary>
    public bool Strike(Fault kind, DiceStream where, out double strength)
    {
        strength = 0;
        if (!where.Chance(rates[(int)kind]) || Struck.Count >= most || world.Now >= End)
            return false;
        var name = $"{kind} {where.Name} {where.Count}";
        if (only is not null && !only.Contains(name))
            return false;
        Struck.Add(name);
        strength = (Dice.Of(name) >> 11) * (1.0 / (1UL << 53));
        world.Tell($"FAULT {name}");
        return true;
    }

    /// <summary>How probable a kind is where it may happen: per call, per step of a process, per half epoch, per start …</summary>
    private static double Rate(Fault kind) => kind switch
    {
        Fault.SlowCall or Fault.LostRequest or Fault.LostAnswer or Fault.DoubledRequest => 0.015,
        Fault.DatabaseGone or Fault.DatabaseClockJump => 0.004,
        Fault.Crash or Fault.Freeze or Fault.Pause => 0.004,
        Fault.Drain => 0.08,
        Fault.ClockJump => 0.02,
        Fault.Zombie => 0.5,
        Fault.TrainerMissing => 0.05,
        Fault.UnreadableCheckpoint or Fault.TrainerStubborn => 0.3,
        _ => 0.04,
    };
}
