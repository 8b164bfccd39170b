using System.Threading.Channels;
using NasFarm.Catalog.Results;
using NasFarm.Farm.Artifacts;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;
using NasFarm.Farm.Trainers;
using NasFarm.Simulation.Tests.Bugs;
using NasFarm.Simulation.Tests.Store;
using NasFarm.Simulation.Tests.Trainers;
using NasFarm.Simulation.Tests.World;

namespace NasFarm.Simulation.Tests.Checks;

/// <summary>What to simulate: everything follows from it.</summary>
/// <param name="Seed">Every choice.</param>
/// <param name="Bug">A planted bug; null: the code as it is.</param>
/// <param name="Shape">Another shape than the seed's.</param>
/// <param name="OnlyFaults">Of the faults that would strike, only these.</param>
/// <param name="Telling">Keep a story.</param>
/// <param name="Calm">Nothing goes wrong.</param>
internal sealed record Scenario(
    ulong Seed, Bug? Bug = null, Shape? Shape = null, IReadOnlySet<string>? OnlyFaults = null, bool Telling = false, bool Calm = false);

/// <summary>What came of it.</summary>
/// <param name="Faults">Those that struck.</param>
/// <param name="Finished">Runs with a result.</param>
/// <param name="Calls">Calls that reached the store.</param>
internal sealed record Outcome(
    Violation? Violation, Shape Shape, IReadOnlyList<string> Faults, string Story, ulong Digest, TimeSpan Took, int Finished, int Calls,
    IReadOnlyDictionary<string, string> Histories);

/// <summary>One schedule: farms on hosts, trainers under them, people with commands, one database, and whatever goes wrong between them.</summary>
internal sealed class Schedule
{
    private const string Sweep = Shape.Sweep, Other = "sweep-2", FirstHost = "host0";
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private readonly SimulatedWorld world;
    private readonly Database database;
    private readonly Scenario scenario;
    private readonly Shape shape;
    private readonly Dice dice;
    private readonly Book book;
    private readonly List<Host> hosts;
    private readonly Dictionary<string, SweepState> sweeps = [];
    private bool commanded;
    private int rescues;
    private int watched;

    private sealed record SweepState(Farm.Plans.SweepPlan Plan)
    {
        public bool Cancelled { get; set; }
    }

    private Schedule(Scenario scenario, Database database)
    {
        (this.scenario, this.database) = (scenario, database);
        dice = new Dice(scenario.Seed);
        shape = scenario.Shape ?? Shape.Draw(dice);
        world = new(dice, scenario.Calm, scenario.OnlyFaults, scenario.Telling);
        book = new(shape.MaxAttempts, shape.Quota);
        hosts = [.. shape.Slots.Select((slots, index) => new Host(this, $"host{index}", slots))];
    }

    public static Outcome Run(Scenario scenario, Database database) => new Schedule(scenario, database).Run();

    private bool HasWork => database.Query("SELECT 1 FROM unit WHERE state IN ('waiting', 'running') LIMIT 1", row => row.GetInt64(0)).Count > 0;

    private bool IsOver => commanded && !HasWork;

    private Outcome Run()
    {
        database.Begin(world);
        world.Tell($"seed {scenario.Seed}: {shape}");
        if (shape.Quota is { } quota)
            database.Store.SetTenantAsync(new("default", quota)).GetAwaiter().GetResult();
        Accept(Sweep, shape.Runs, database.Store).GetAwaiter().GetResult();
        book.Stances.Accepted(sweeps[Sweep].Plan);
        foreach (var host in hosts)
            host.Start();
        StartPeople();
        Watch();
        world.Run(() => hosts.TrueForAll(h => h.IsHome), MayStrike);
        if (world.Violation is null && !hosts.TrueForAll(h => h.IsHome))
            world.Violate("liveness", "nothing is left to happen, and not every farm has ended");
        var verdict = new Verdict(world, database, shape.Runs.Concat(shape.Others).DistinctBy(r => r.RunId).ToList(), book,
            sweeps.ToDictionary(s => s.Key, s => (s.Value.Plan, s.Value.Cancelled)), hosts.SelectMany(h => h.Trainers).ToList());
        var histories = verdict.Check(scenario.Calm);
        return new(world.Violation, shape, world.Faults.Struck, world.Story, world.Digest, world.Now, verdict.Finished, world.Calls, histories);
    }

    private void MayStrike(SimulatedProcess process)
    {
        foreach (var host in hosts)
        {
            if (host.Process == process)
                host.MayStrike();
        }
    }

    private async Task Accept(string id, IReadOnlyList<Farm.Plans.PlannedRun> runs, IFarmStore store)
    {
        var plan = shape.Plan(id, runs, isSecond: id == Other);
        await Insist(() => store.AcceptAsync(plan));
        sweeps[id] = new(plan);
    }

    /// <summary>People do what they do, again and again under one operation id until they have heard the answer, and sometimes once more.</summary>
    private void StartPeople()
    {
        var people = world.NewProcess("people", dice);
        var calls = dice.Stream("network people");
        var store = Reach("people", people, calls);
        people.Run(async () =>
        {
            var number = 0;
            foreach (var command in shape.Commands.SelectMany(c => c.Steps).OrderBy(c => c.At))
            {
                var wait = TimeSpan.FromSeconds(command.At) - world.Now;
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait, people.Clock);
                var operation = $"operation-{++number}";
                world.Tell($"people: {command} ({operation})");
                for (var times = calls.Chance(0.4) ? 2 : 1; times > 0; times--)
                    await Do(command, operation, store);
            }
            commanded = true;
        }, ended =>
        {
            if (ended.IsFaulted)
                world.Violate("exception", $"a command ended by {ended.Exception!.InnerException}");
        });
    }

    private async Task Do(Command command, string operation, IFarmStore store)
    {
        switch (command.Kind)
        {
            case CommandKind.Accept:
                await Accept(Sweep, shape.Runs, store);
                break;
            case CommandKind.AcceptOther:
                await Accept(Other, shape.Others, store);
                break;
            case CommandKind.Cancel:
                sweeps[Sweep].Cancelled |= command.Target is Farm.Control.Target.Sweep;
                await Insist(() => store.CancelAsync(command.Target, operation));
                break;
            case CommandKind.Pause:
                await Insist(() => store.PauseAsync(command.Target, "ada", operation));
                break;
            case CommandKind.Resume:
                await Insist(() => store.ResumeAsync(command.Target, operation));
                break;
            case CommandKind.Cordon or CommandKind.Drain:
                await Insist(() => store.CordonAsync(new(FirstHost, "people", "as drawn", command.Kind == CommandKind.Drain)));
                break;
            case CommandKind.Uncordon:
                await Insist(() => store.UncordonAsync(FirstHost));
                break;
            default:
                await Insist(() => store.RetryFailedAsync(command.Target, operation));
                break;
        }
    }

    private static async Task Insist<T>(Func<Task<T>> ask)
    {
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (StoreUnavailableException)
            {
                // The same operation id: doing it again does nothing twice.
            }
        }
    }

    /// <summary>Every few seconds somebody looks: every waiting run says why, and the counts add up. When all is over the workers are told.</summary>
    private void Watch() => world.After(TimeSpan.FromSeconds(5), () =>
    {
        if (++watched % 5 == 0)
            Verdict.Look(world, database, sweeps.Keys);
        // A word that arrived twice may have closed a host again after somebody opened it; in the end somebody sees that.
        if (commanded && world.Now > world.Faults.End && book.Closed.Count > 0)
            new Witness(world, database, book, database.Store).UncordonAsync(FirstHost).GetAwaiter().GetResult();
        Rescue();
        if (world.Now > world.Faults.End + Patience)
            world.Violate("liveness", $"nothing has gone wrong for {Patience.TotalMinutes} min, and the sweep is not over");
        if (IsOver)
            hosts.ForEach(h => h.Stop());
        if (!hosts.TrueForAll(h => h.IsHome))
            Watch();
    });

    /// <summary>A look waits for runs that failed: somebody gives them another chance.</summary>
    private void Rescue()
    {
        if (shape.Looks is not null && IsHeldUpByFailure)
            new Witness(world, database, book, database.Store).RetryFailedAsync(Sweep, $"rescue-{++rescues}").GetAwaiter().GetResult();
    }

    private bool IsHeldUpByFailure =>
        database.Query("SELECT 1 FROM unit WHERE state = 'failed' LIMIT 1", row => row.GetInt64(0)).Count > 0
        && database.Query("SELECT 1 FROM unit WHERE state = 'waiting' AND hold = 'look' LIMIT 1", row => row.GetInt64(0)).Count > 0
        && database.Query("SELECT 1 FROM unit WHERE state = 'running' OR (state = 'waiting' AND hold IS NULL) LIMIT 1", row => row.GetInt64(0)).Count == 0;

    /// <summary>Each process has its own opinion: what counts is the one that was written first.</summary>
    private LookVerdict Judge(string owner, SweepResult sweep)
    {
        var open = sweep.ToOpenLook().Runs.FirstOrDefault(run => run.State != SeedRunState.Finished);
        if (open is not null)
            world.Violate("look-complete", $"{owner} looks although {open.RunId} is {open.State}");
        var look = sweep.Looks!.Open;
        return new LookVerdict.Tested(Dice.Of($"{owner} {look}") % 4 == 0, null, 2, 0.05, 0.05, $"look {look} as {owner} sees it");
    }

    private IFarmStore Reach(string name, SimulatedProcess process, DiceStream calls) => new SimulatedNetwork(
        world, database, calls, name, new Witness(world, database, book, scenario.Bug?.Wrap(new(database.Store, database, process, world)) ?? database.Store));

    /// <summary>A machine on which one farm process after the other runs.</summary>
    private sealed class Host(Schedule schedule, string name, int slots)
    {
        private readonly SimulatedWorld world = schedule.world;

        private Schedule Of => schedule;

        private readonly bool isWorker = schedule.dice.Stream($"kind {name}").Chance(0.3);
        private readonly List<SimulatedTrainer> trainers = [];
        private int incarnation;
        private CancellationTokenSource? stop;

        public SimulatedProcess? Process { get; private set; }

        public bool IsHome { get; private set; }

        /// <summary>Trainers of every process it had.</summary>
        public IReadOnlyList<SimulatedTrainer> Trainers => trainers;

        public void Start()
        {
            var owner = $"{name}.{++incarnation}";
            var process = Process = world.NewProcess(owner, schedule.dice);
            var calls = schedule.dice.Stream($"network {owner}");
            var options = new LocalFarmOptions
            {
                Owner = owner, Host = name, CpuSlots = slots, Artifacts = schedule.database.Artifacts, PollInterval = TimeSpan.FromSeconds(6),
                CollectInterval = TimeSpan.FromSeconds(15),
                Trainer = new()
                {
                    Program = "simulated", Lease = Lease, HelloWithin = TimeSpan.FromSeconds(6), SilenceLimit = TimeSpan.FromSeconds(15),
                    StopGrace = TimeSpan.FromSeconds(4), InstructionSet = "default", MemoryLimitBytes = 1 << 30,
                },
            };
            var launcher = new Launcher(this, owner);
            var farm = new LocalFarm(schedule.Reach(owner, process, calls), options, process.Clock, Hear, launcher,
                schedule.scenario.Bug?.Artifacts?.Invoke(new LocalDirectory(schedule.database.Artifacts)),
                schedule.shape.Looks is null ? null : new LookRule(sweep => schedule.Judge(owner, sweep)));
            var stopping = stop = new();
            var sweeps = isWorker ? null : schedule.sweeps.Keys.ToArray();
            world.Tell($"{owner} starts for {(sweeps is null ? "whatever comes" : string.Join(", ", sweeps))}");
            process.Run(
                async () =>
                {
                    var ending = await farm.RunAsync(sweeps, stopping.Token);
                    world.Tell($"{owner} ended: {ending}");
                    // Where the only slots are closed, nothing can go on until somebody opens them; where a look waits for runs that failed, until
                    // somebody retries those.
                    if (ending is FarmEnding.Stuck stuck && !stuck.Waits.Any(w => w.Reason == WaitReason.SlotsClosed)
                        && !stuck.Waits.All(w => w.Reason == WaitReason.Look && w.Sentence.Contains("a look needs every run", StringComparison.Ordinal)))
                        world.Violate("stuck", $"{owner} says nothing can go on: {string.Join("; ", stuck.Waits.Select(w => $"{w.RunId}: {w.Sentence}"))}");
                },
                ended =>
                {
                    if (ended.IsFaulted)
                        world.Violate("exception", $"{owner} ended by {ended.Exception!.InnerException}");
                    if (launcher.Living.Any(t => t.IsAlive))
                        world.Violate("no-trainer-left", $"{owner} ended and left a trainer behind");
                    ComeBack(1);
                });
        }

        public void Stop()
        {
            if (Process is { IsGone: false } process && stop is { IsCancellationRequested: false } asked)
                process.Post(asked.Cancel);
        }

        public void MayStrike()
        {
            var (process, faults) = (Process!, world.Faults);
            if (faults.Strike(Fault.Crash, process.Steps, out var strength))
            {
                process.Crash();
                foreach (var trainer in trainers.Where(t => t is { IsAlive: true, IsOrphan: false }))
                    trainer.LoseParent();
                ComeBack(0.5 + 25 * strength);
            }
            else if (faults.Strike(Fault.Freeze, process.Steps, out strength))
                process.FreezeFor(TimeSpan.FromSeconds(5 + 25 * strength));
            else if (faults.Strike(Fault.Pause, process.Steps, out strength))
                process.FreezeFor(TimeSpan.FromSeconds(0.05 + 3 * strength));
        }

        private void ComeBack(double seconds) => world.After(TimeSpan.FromSeconds(seconds), () =>
        {
            if (schedule.IsOver)
                IsHome = true;
            else if (schedule.HasWork)
                Start();
            else
                ComeBack(3);
        });

        /// <summary>What the farm tells; at such moments an operator may act and a clock may jump.</summary>
        private void Hear(FarmEvent told)
        {
            // Said between two calls of one round, for those who measure: no moment of its own.
            if (told is FarmEvent.Coordinating)
                return;
            world.Tell($"{Process!.Name}: {told.GetType().Name} {(told is FarmEvent.OfAttempt of ? of.Claim.Key : null)}");
            if (world.Faults.Strike(Fault.Drain, Process!.Steps, out _))
                Stop();
            if (world.Faults.Strike(Fault.ClockJump, Process.Steps, out var strength))
                Process.Clock.Jump(TimeSpan.FromSeconds(3600 * (strength - 0.5)));
        }

        private sealed class Launcher(Host host, string owner) : ITrainerLauncher
        {
            private readonly DiceStream starts = host.Of.dice.Stream($"trainers {owner}");

            public List<SimulatedTrainer> Living { get; } = [];

            public Task<ITrainer> StartAsync(IReadOnlyDictionary<string, string> environment, ChannelWriter<TrainerSignal> inbox)
            {
                if (host.world.Faults.Strike(Fault.TrainerMissing, starts, out _))
                    throw new System.ComponentModel.Win32Exception("no such program");
                var name = $"trainer {host.trainers.Count + 1} of {owner}";
                var trainer = new SimulatedTrainer(host.world, name, environment, host.Of.dice.Stream(name), inbox,
                    (unit, fence) => host.Of.book.Of(unit) is { Running: true } at && at.Fence == fence);
                host.trainers.Add(trainer);
                Living.Add(trainer);
                trainer.Start();
                return Task.FromResult<ITrainer>(trainer);
            }
        }
    }
}
