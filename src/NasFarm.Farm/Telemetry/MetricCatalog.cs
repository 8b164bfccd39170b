using static NasFarm.Farm.Telemetry.MetricKind;
using static NasFarm.Farm.Telemetry.MetricLabels;
using static NasFarm.Farm.Telemetry.MetricScope;

namespace NasFarm.Farm.Telemetry;

/// <summary>Every metric of the farm (docs/reference/metrics.md is made of it).</summary>
public static class MetricCatalog
{
    /// <summary>Name of the meter.</summary>
    public const string Meter = "NasFarm";

    private static readonly double[] waits = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400];
    private static readonly double[] starts = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
    private static readonly double[] calls = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    /// <summary>Units that slots have taken.</summary>
    public static MetricDefinition Claims { get; } = new("nasfarm.unit.claims", Counter, "{unit}", Process, "Units that slots of this process have taken.", Kind, Device);

    /// <summary>How long units waited.</summary>
    public static MetricDefinition QueueWait { get; } = new("nasfarm.queue.wait", Histogram, "s", Process,
        "From the moment a unit could have started (enqueued, or free again after a failure's pause) to its claim, by the database's clock.", Kind, Device)
    { Buckets = waits };

    /// <summary>From claim to start.</summary>
    public static MetricDefinition Dispatch { get; } = new("nasfarm.dispatch.duration", Histogram, "s", Process,
        "From a claim to the trainer's word that the unit has begun: starting a process, fetching checkpoints, loading data.", Device, Start)
    { Buckets = starts };

    /// <summary>From a loss to the next start.</summary>
    public static MetricDefinition Recovery { get; } = new("nasfarm.recovery.duration", Histogram, "s", Process,
        "From the recorded end of an attempt that was lost to the start of the next one. A lost host is recorded when its lease has run out, or when its silo is seen dead.", Trouble)
    { Buckets = waits };

    /// <summary>Attempts that are over.</summary>
    public static MetricDefinition AttemptEnds { get; } = new("nasfarm.attempt.ends", Counter, "{attempt}", Process,
        "Attempts of this process that are over; those that another process took over are its lease expiries.", Kind, Device, Ending);

    /// <summary>Units that are done.</summary>
    public static MetricDefinition UnitsDone { get; } = new("nasfarm.unit.completions", Counter, "{unit}", Process, "Units that have their result.", Kind, Method);

    /// <summary>What slots did with their time.</summary>
    public static MetricDefinition SlotTime { get; } = new("nasfarm.slot.time", Counter, "s", Process,
        "Time that attempts had a slot, counted when they end. Of expired leases the process that coordinates counts it, until the expiry. Attempts of cancelled runs count nowhere.", Device, Use);

    /// <summary>Writing of checkpoints.</summary>
    public static MetricDefinition CheckpointTime { get; } = new("nasfarm.checkpoint.duration", Histogram, "s", Process,
        "Time a trainer took to write a checkpoint durably on its disk.", Kind)
    { Buckets = starts };

    /// <summary>How old checkpoints are.</summary>
    public static MetricDefinition CheckpointAge { get; } = new("nasfarm.checkpoint.age", Gauge, "s", Process,
        "Of the attempts that run in this process: the longest time since a durable checkpoint, or since the claim before the first. What a crash would lose. Absent while nothing runs.");

    /// <summary>Resumes that were not exact.</summary>
    public static MetricDefinition ResumeMismatches { get; } = new("nasfarm.resume.mismatches", Counter, "{mismatch}", Process,
        "What kept a resume from being exact.", Mismatch);

    /// <summary>Epochs.</summary>
    public static MetricDefinition EpochTime { get; } = new("nasfarm.epoch.duration", Histogram, "s", Process,
        "Time of a trained epoch, as the trainer measured it; its count is the number of epochs trained.", Kind, Method, Device)
    { Buckets = [0.1, 0.5, 1, 5, 15, 60, 180, 600, 1800, 7200] };

    /// <summary>Steps.</summary>
    public static MetricDefinition StepTime { get; } = new("nasfarm.step.duration", Histogram, "s", Process,
        "Time of a training step at each word of progress: the speed of searches and retrainings.", Kind, Method, Device)
    { Buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] };

    /// <summary>λmax.</summary>
    public static MetricDefinition LambdaMax { get; } = new("nasfarm.lambda_max", Histogram, "{lambda}", Process,
        "Largest eigenvalue of the validation loss' Hessian in the architecture parameters, once an epoch where a search measures it.", Method)
    { Buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] };

    /// <summary>Memory.</summary>
    public static MetricDefinition TrainerMemory { get; } = new("nasfarm.trainer.memory", Gauge, "By", Process,
        "Memory of the largest trainer of this process, as it said last. Absent while none has said.", Device, Memory);

    /// <summary>Attempts in execution.</summary>
    public static MetricDefinition Executing { get; } = new("nasfarm.attempt.executing", Gauge, "{attempt}", Process, "Attempts that run in this process.", Device);

    /// <summary>Who keeps house.</summary>
    public static MetricDefinition Coordinating { get; } = new("nasfarm.coordinating", Gauge, "{process}", Process, "1 while this process holds the coordinator's row, else 0.");

    /// <summary>Leases that ran out.</summary>
    public static MetricDefinition LeaseExpiries { get; } = new("nasfarm.lease.expiries", Counter, "{lease}", Process,
        "Leases that ran out unrenewed, and attempts of silos that were seen dead, told by the process that coordinates.", Then);

    /// <summary>Units that made room.</summary>
    public static MetricDefinition Preemptions { get; } = new("nasfarm.preemptions", Counter, "{unit}", Process, "Running units that were asked to make room for others.");

    /// <summary>Slots that failed.</summary>
    public static MetricDefinition SlotExclusions { get; } = new("nasfarm.slot.exclusions", Counter, "{slot}", Process,
        "Slots of this process that were excluded for a while because attempts on them ended by the device.");

    /// <summary>The store was away.</summary>
    public static MetricDefinition StoreOutages { get; } = new("nasfarm.store.outages", Counter, "{outage}", Process, "Times that the store did not answer this process.");

    /// <summary>The storage was away.</summary>
    public static MetricDefinition ArtifactTroubles { get; } = new("nasfarm.artifact.troubles", Counter, "{try}", Process,
        "Transfers of checkpoints that failed and are tried again.");

    /// <summary>Calls of the store.</summary>
    public static MetricDefinition StoreTime { get; } = new("nasfarm.store.duration", Histogram, "s", Process,
        "Time of a call of the store with all its tries, the wait for a connection included.", Operation, Answer)
    { Buckets = calls };

    /// <summary>Connections.</summary>
    public static MetricDefinition StoreConnections { get; } = new("nasfarm.store.connections", Gauge, "{connection}", Process, "Connections of this process to PostgreSQL. Absent with SQLite.", Connection);

    /// <summary>How many there may be.</summary>
    public static MetricDefinition StoreConnectionLimit { get; } = new("nasfarm.store.connection.limit", Gauge, "{connection}", Process, "Connections that this process may open. Absent with SQLite.");

    /// <summary>Who waits for one.</summary>
    public static MetricDefinition StoreWaiting { get; } = new("nasfarm.store.waiting", Gauge, "{call}", Process, "Calls that wait for a connection because all are busy. Absent with SQLite.");

    /// <summary>Runs of sweeps.</summary>
    public static MetricDefinition Runs { get; } = new("nasfarm.runs", Gauge, "{run}", WholeFarm, "Runs of all sweeps by where they stand; a run that two sweeps share counts in both.", RunState, Method);

    /// <summary>Units that are not over.</summary>
    public static MetricDefinition Units { get; } = new("nasfarm.units", Gauge, "{unit}", WholeFarm, "Units that wait or run.", Kind, Device, UnitState);

    /// <summary>The longest wait.</summary>
    public static MetricDefinition QueueOldest { get; } = new("nasfarm.queue.oldest", Gauge, "s", WholeFarm, "How long the unit that has been ready longest waits. 0: none is ready.", Device);

    /// <summary>Slots.</summary>
    public static MetricDefinition Slots { get; } = new("nasfarm.slots", Gauge, "{slot}", WholeFarm, "Living slots.", SlotState, Device);

    /// <summary>Processes with slots.</summary>
    public static MetricDefinition Workers { get; } = new("nasfarm.workers", Gauge, "{process}", WholeFarm, "Processes that have living slots: workers, servers and silos.");

    /// <summary>Quarantine.</summary>
    public static MetricDefinition Quarantined { get; } = new("nasfarm.quarantined", Gauge, "{unit}", WholeFarm, "Units in quarantine: they failed wherever they went.");

    /// <summary>Members.</summary>
    public static MetricDefinition Silos { get; } = new("nasfarm.silos", Gauge, "{silo}", Cluster, "Silos in the membership table.", SiloState);

    /// <summary>How many there should be.</summary>
    public static MetricDefinition SilosExpected { get; } = new("nasfarm.silos.expected", Gauge, "{silo}", Cluster, "Silos that there should be: the setting expectedSilos. Absent where it is not set.");

    /// <summary>All of them, in the order of the reference.</summary>
    public static IReadOnlyList<MetricDefinition> All { get; } =
    [
        Claims, QueueWait, Dispatch, Recovery, AttemptEnds, UnitsDone, SlotTime, CheckpointTime, CheckpointAge, ResumeMismatches, EpochTime, StepTime,
        LambdaMax, TrainerMemory, Executing, Coordinating, LeaseExpiries, Preemptions, SlotExclusions, StoreOutages, ArtifactTroubles, StoreTime,
        StoreConnections, StoreConnectionLimit, StoreWaiting, Runs, Units, QueueOldest, Slots, Workers, Quarantined, Silos, SilosExpected,
    ];
}
