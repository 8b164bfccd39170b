using NasFarm.Catalog.Units;
using NasFarm.Farm.Control;
using NasFarm.Farm.Plans;
using NasFarm.Simulation.Tests.Trainers;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Checks;

/// <summary>How large a simulated world is and what people ask of it: drawn from the seed, or made smaller when a violation is told.</summary>
/// <param name="Slots">Slots of each host; a host runs one farm process at a time.</param>
/// <param name="Runs">Seed-runs of the first sweep.</param>
/// <param name="Others">Seed-runs of a second sweep, accepted later, of which the first <c>Shared</c> are the first sweep's too.</param>
/// <param name="MaxAttempts">Attempts of a unit.</param>
/// <param name="Commands">What people do, and when.</param>
/// <param name="Quota">Slots that the tenant may use at once; null: any number.</param>
/// <param name="Preempts">The second sweep may ask units of the first to make room.</param>
internal sealed record Shape(
    IReadOnlyList<int> Slots, IReadOnlyList<PlannedRun> Runs, IReadOnlyList<PlannedRun> Others, int MaxAttempts, IReadOnlyList<Command> Commands,
    int? Quota = null, bool Preempts = false)
{
    /// <summary>Seeds at each look of the first sweep; null: it has none.</summary>
    public IReadOnlyList<int>? Looks { get; init; }

    private static readonly DataSpec Images = new() { Name = "images", ContentHash = "00" };

    /// <summary>The first sweep, which commands name.</summary>
    public const string Sweep = "sweep-1";

    public static Shape Draw(Dice dice)
    {
        var draw = dice.Stream("shape");
        // Most are small: what breaks with six runs on three hosts mostly breaks with two on two, in a third of the time.
        var isSmall = draw.Chance(0.85);
        var slots = Enumerable.Range(0, 1 + draw.Below(isSmall ? 2 : 3)).Select(_ => draw.Chance(0.3) ? 2 : 1).ToList();
        var wanted = isSmall ? 1 + draw.Below(2) : 2 + (int)(7 * Math.Pow(draw.Unit(), 3));
        string[] methods = draw.Chance(0.5) ? ["sgas-es", "sgas-es-placebo"] : draw.Chance(0.5) ? ["darts", "sgas"] : ["darts", "sgas-es", TrainingPlan.Doomed];
        var keys = Enumerable.Range(0, 4).SelectMany(seed => methods.Select(method => (Method: method, Seed: (long)seed))).Take(wanted).ToList();
        var sources = keys.Where(k => k.Method == "sgas-es").ToList();
        var runs = keys.Select(k => Run(k.Method, k.Seed,
            k.Method == "sgas-es-placebo" ? [.. sources.Where(s => s.Seed != k.Seed).Select(s => RunId(s.Method, s.Seed))] : [])).ToList();
        List<PlannedRun> others = draw.Chance(0.25) ? [.. runs.Where(r => r.Spec.PlaceboSources.Count == 0).Take(1), Run("darts", 7)] : [];
        var commands = new List<Command>();
        if (others.Count > 0)
            commands.Add(new(CommandKind.AcceptOther, draw.Between(1, 10)));
        if (draw.Chance(0.3))
            commands.Add(new(CommandKind.Cancel, draw.Between(2, 20)));
        if (commands.Exists(c => c.Kind == CommandKind.Cancel) && draw.Chance(0.5))
            commands.Add(new(CommandKind.Accept, commands[^1].At + draw.Between(1, 8)));
        while (draw.Chance(0.35))
            commands.Add(new(CommandKind.RetryFailed, draw.Between(4, 30), Narrow(draw, runs)));
        while (draw.Chance(0.35))
            commands.Add(new(CommandKind.Pause, draw.Between(1, 20), Narrow(draw, runs), draw.Between(1, 15)));
        if (draw.Chance(0.25))
        {
            commands.Add(new(CommandKind.Cancel, draw.Between(1, 20), Narrow(draw, runs)));
            if (draw.Chance(0.4))
                commands.Add(new(CommandKind.Accept, commands[^1].At + draw.Between(1, 8)));
        }
        // From a stream of its own: what else is drawn stays as it is without it.
        var closing = dice.Stream("closing");
        if (closing.Chance(0.25))
        {
            var at = closing.Between(1, 20);
            commands.Add(new(closing.Chance(0.6) ? CommandKind.Drain : CommandKind.Cordon, at));
            commands.Add(new(CommandKind.Uncordon, at + closing.Between(2, 25)));
        }
        return new(slots, runs, others, 2 + draw.Below(2), [.. commands.OrderBy(c => c.At)],
            slots.Sum() > 1 && draw.Chance(0.3) ? 1 + draw.Below(slots.Sum() - 1) : null, draw.Chance(0.5))
        {
            // A doomed run would hold its look up for ever; a cancelled one, and a placebo run whose sources come later, too.
            Looks = methods is ["darts", "sgas"] && !commands.Exists(c => c is { Kind: CommandKind.Cancel, About: not null }) ? DrawLooks(dice.Stream("looks"), (int)keys[^1].Seed + 1) : null,
        };
    }

    private static IReadOnlyList<int>? DrawLooks(DiceStream draw, int seeds) =>
        seeds > 1 && draw.Chance(0.8) ? [.. Enumerable.Range(1, seeds - 1).Where(_ => draw.Chance(0.6)), seeds] : null;

    public SweepPlan Plan(string id, IReadOnlyList<PlannedRun> runs, bool isSecond) => new()
    {
        SweepId = id, Name = id, Tenant = "default", Manifest = "kind: Sweep\n", Arms = [.. runs.Select(r => r.Arm).Distinct()],
        Comparison = new("darts", "sgas"), Looks = isSecond ? null : Looks, Execution = new(), CodeVersion = "simulated", MaxAttempts = MaxAttempts,
        Priority = isSecond ? 5 : 0, Preemption = isSecond && Preempts,
        Runs = isSecond || Looks is null ? runs : [.. runs.Select(r => r with { Look = 1 + Looks.Count(seeds => seeds <= r.Spec.SearchSeed) })],
    };

    /// <summary>The same, less one of something; smallest things first to go.</summary>
    public IEnumerable<Shape> Smaller()
    {
        for (var i = 0; i < Commands.Count; i++)
            yield return this with { Commands = [.. Commands.Where((_, index) => index != i)] };
        if (Others.Count > 0)
            yield return this with { Others = [], Commands = [.. Commands.Where(c => c.Kind != CommandKind.AcceptOther)] };
        if (Quota is not null)
            yield return this with { Quota = null };
        if (Looks is not null)
            yield return this with { Looks = null };
        if (Preempts)
            yield return this with { Preempts = false };
        if (Slots.Count > 1)
            yield return this with { Slots = [.. Slots.Skip(1)] };
        for (var i = 0; i < Slots.Count; i++)
        {
            if (Slots[i] > 1)
                yield return this with { Slots = [.. Slots.Select((count, index) => index == i ? 1 : count)] };
        }
        foreach (var run in Runs)
        {
            if (Runs.Count > 1 && !Commands.Any(c => c.Target is Target.Cohort or Target.SweepRun or Target.Run) && !Runs.Concat(Others).Any(r => r.Spec.PlaceboSources.Contains(run.RunId)) && !Others.Contains(run))
                yield return this with { Runs = [.. Runs.Where(r => r != run)] };
        }
    }

    public override string ToString() =>
        $"{Slots.Count} hosts with {string.Join(" + ", Slots)} slots; runs {string.Join(", ", Runs.Select(r => r.RunId))}"
        + (Others.Count > 0 ? $"; second sweep {string.Join(", ", Others.Select(r => r.RunId))}" : "")
        + (Looks is null ? "" : $"; looks after {string.Join(", ", Looks)} seeds")
        + (Quota is { } quota ? $"; at most {quota} at once" : "") + (Preempts && Others.Count > 0 ? "; the second may preempt" : "")
        + $"; {MaxAttempts} attempts; {(Commands.Count == 0 ? "no commands" : string.Join(", ", Commands))}";

    /// <summary>The sweep, one of its cohorts, or one of its runs.</summary>
    private static Target Narrow(DiceStream draw, List<PlannedRun> runs)
    {
        var run = draw.One(runs);
        return draw.Below(4) switch
        {
            0 => new Target.Sweep(Sweep),
            1 => new Target.Cohort(Sweep, run.Spec.SearchSeed),
            2 => new Target.SweepRun(Sweep, run.RunId),
            _ => new Target.Run(run.RunId),
        };
    }

    private static string RunId(string method, long seed) => $"{method}-s{seed}";

    private static PlannedRun Run(string method, long seed, params IReadOnlyList<string> sources)
    {
        var id = RunId(method, seed);
        var retrains = (int)(Dice.Of(id) % 3);
        return new(id, method, new()
        {
            Method = method, NumericsRevision = 1, Hyperparameters = new([new("epochs", 2)]), Space = new("darts", 4, 1), Data = Images,
            SearchSeed = seed, DataOrderSeed = seed, PlaceboSources = sources,
        }, [.. Enumerable.Range(0, retrains).Select(n => new PlannedRetrain($"{id}-t{n}", Recipe, n))], Table: retrains == 0);
    }

    private static RetrainSpec Recipe { get; } = new() { Data = Images, Recipe = "darts", Settings = new([new("epochs", 1)]), NumericsRevision = 1 };
}

/// <summary>What a person does.</summary>
internal enum CommandKind { Cancel, Accept, AcceptOther, RetryFailed, Pause, Resume, Cordon, Drain, Uncordon }

/// <param name="Kind">What.</param>
/// <param name="At">Seconds after the beginning.</param>
/// <param name="About">With what; null: the first sweep.</param>
/// <param name="For">Of a pause: seconds until the same person resumes.</param>
internal sealed record Command(CommandKind Kind, double At, Target? About = null, double For = 0)
{
    public Target Target => About ?? new Target.Sweep(Shape.Sweep);

    /// <summary>What is done: whoever pauses also resumes.</summary>
    public IEnumerable<Command> Steps => Kind == CommandKind.Pause ? [this, new(CommandKind.Resume, At + For, About)] : [this];

    public override string ToString() => FormattableString.Invariant($"{Kind} {Target} at {At:0.0} s{(For > 0 ? $" for {For:0.0} s" : "")}");
}
