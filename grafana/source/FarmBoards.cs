using static NasFarm.Farm.Telemetry.MetricCatalog;
using static NasFarm.Grafana.Promql;
using static NasFarm.Grafana.Query;
using static NasFarm.Grafana.Shape;

namespace NasFarm.Grafana;

/// <summary>Boards of the farm and of what goes wrong in it.</summary>
public static class FarmBoards
{
    /// <summary>The choice of pools.</summary>
    internal static Variable DeviceChoice { get; } = new("device", "Device", Source.Prometheus, $"label_values({Slots.Prometheus}, device)", Many: true);

    private const string OfDevice = "{device=~\"$device\"}";

    /// <summary>What the farm does.</summary>
    public static Board Overview { get; } = new("nasfarm-farm", "Farm overview", "What the farm does now: runs, queue, slots, speed.", [DeviceChoice],
    [
        new("Now",
            new Panel("Runs open", "Runs of all sweeps that may still get a result.", Stat, "none", Prom(Whole(Runs, "state", "{state=\"open\"}"), "open")) { Width = 4 },
            new Panel("Runs finished", "Runs of all sweeps that have their result.", Stat, "none", Prom(Whole(Runs, "state", "{state=\"finished\"}"), "finished")) { Width = 4 },
            new Panel("Runs not finished", "Runs that failed or were cancelled; none is the usual answer.", Stat, "none",
                Prom($"sum(max by (state, method) ({Runs.Prometheus}{{state=~\"failed|cancelled\"}})) or vector(0)", "failed or cancelled")) { Width = 4 },
            new Panel("Units that run", "Search phases and retrain jobs in execution.", Stat, "none", Prom($"sum(max by (kind, device, state) ({Units.Prometheus}{{state=\"running\",device=~\"$device\"}})) or vector(0)", "running")) { Width = 4 },
            new Panel("Slots free", "Living slots that could take a unit.", Stat, "none", Prom(Whole(Slots, "device", "{state=\"free\",device=~\"$device\"}"), "{{device}}")) { Width = 4, Runbook = "queue-stalled" },
            new Panel("Longest wait", "How long the unit that has been ready longest waits. It grows while all slots are busy; with free slots it should not.", Stat, "s",
                Prom($"max by (device) ({QueueOldest.Prometheus}{OfDevice})", "{{device}}")) { Width = 4, Runbook = "queue-stalled" }),
        new("Work",
            new Panel("Runs by state", "Where the runs of all sweeps stand.", TimeSeries, "none", Prom(Whole(Runs, "state"), "{{state}}")) { Stacked = true },
            new Panel("Finished runs by method", "Runs that have their result, by search method.", TimeSeries, "none", Prom(Whole(Runs, "method", "{state=\"finished\"}"), "{{method}}")) { Stacked = true },
            new Panel("Units completed", "Search phases and retrain jobs that got their result, each second.", TimeSeries, "ops", Prom(Rate(UnitsDone, "kind"), "{{kind}}")),
            new Panel("Epochs trained", "Epochs that ended each second; a flat zero while units run is no progress.", TimeSeries, "ops", Prom(Events(EpochTime, "method", OfDevice), "{{method}}")) { Runbook = "no-progress" },
            new Panel("Speed of a step", "Time of a training step as trainers report it: the middle one, and the slowest twentieth.", TimeSeries, "s",
                Prom(Quantile(0.5, StepTime, "kind", OfDevice), "{{kind}}, median"), Prom(Quantile(0.95, StepTime, "kind", OfDevice), "{{kind}}, 95 %")),
            new Panel("Largest trainer", "Memory of the largest trainer of any process, as it said last.", TimeSeries, "bytes", Prom($"max by (memory) ({TrainerMemory.Prometheus}{OfDevice})", "{{memory}}"))),
        new("Queue and slots",
            new Panel("Units that wait or run", "By where they stand; `nasfarm why RUN` says what a held one waits for.", TimeSeries, "none", Prom(Whole(Units, "state", OfDevice), "{{state}}")) { Stacked = true, Runbook = "queue-stalled" },
            new Panel("Slots by state", "Living slots.", TimeSeries, "none", Prom(Whole(Slots, "state", OfDevice), "{{state}}")) { Stacked = true },
            new Panel("Wait in the queue", "From ready to claimed.", TimeSeries, "s",
                Prom(Quantile(0.5, QueueWait, where: OfDevice), "median"), Prom(Quantile(0.95, QueueWait, where: OfDevice), "95 %")),
            new Panel("From claim to start", "Starting a trainer, fetching checkpoints, loading data.", TimeSeries, "s",
                Prom(Quantile(0.5, Dispatch, "start", OfDevice), "{{start}}, median"), Prom(Quantile(0.95, Dispatch, "start", OfDevice), "{{start}}, 95 %")),
            new Panel("Slot time, useful and lost", "Seconds of slots each second, counted when attempts end: useful became a result or a checkpoint, lost is done again.", TimeSeries, "none",
                Prom(Rate(SlotTime, "use", OfDevice), "{{use}}")) { Stacked = true, Runbook = "slot-time-lost" },
            new Panel("Processes with slots", "Workers, servers and silos that offer slots.", TimeSeries, "none", Prom($"max({Workers.Prometheus})", "processes"))),
    ]);

    /// <summary>What goes wrong.</summary>
    public static Board Reliability { get; } = new("nasfarm-reliability", "Reliability", "What goes wrong, what it costs, and how soon it is mended.", [DeviceChoice],
    [
        new("Costs",
            new Panel("Lost share of slot time", "Of the time that ended attempts had slots: what was done in vain.", Stat, "percentunit",
                Prom($"sum(increase({SlotTime.Prometheus}{{use=\"lost\",device=~\"$device\"}}[$__range])) / sum(increase({SlotTime.Prometheus}{OfDevice}[$__range]))", "lost")) { Width = 6, Runbook = "slot-time-lost" },
            new Panel("Units in quarantine", "Units that failed wherever they went; `nasfarm retry` frees them.", Stat, "none", Prom($"max({Quarantined.Prometheus})", "units")) { Width = 6, Runbook = "quarantine-grows" },
            new Panel("Resumes that were not exact", "Over the range of the board, by what was wrong; `accepted` is allowed by its manifest.", Stat, "none", Prom(Grown(ResumeMismatches, "what"), "{{what}}")) { Width = 6, Runbook = "resume-mismatch" },
            new Panel("Leases that ran out", "Over the range of the board: hosts that vanished, by what follows for their units.", Stat, "none", Prom(Grown(LeaseExpiries, "then"), "{{then}}")) { Width = 6, Runbook = "leases-expire" }),
        new("Attempts",
            new Panel("Attempts by ending", "Each second; everything but `done` is tried again, held, or a failure (docs/how-it-works/recovery.md).", TimeSeries, "ops", Prom(Rate(AttemptEnds, "ending", OfDevice), "{{ending}}")) { Width = 12 },
            new Panel("Recovery", "From the recorded end of a lost attempt to the start of the next one, by what was wrong: all of it since the processes began.", TimeSeries, "s",
                Prom(QuantileSoFar(0.5, Recovery, "class"), "{{class}}, median"), Prom(QuantileSoFar(0.95, Recovery, "class"), "{{class}}, 95 %")) { Width = 12, Runbook = "leases-expire" },
            new Panel("Age of the oldest checkpoint", "Of the attempts that run in each process: what a crash would lose.", TimeSeries, "s", Prom($"max by (instance) ({CheckpointAge.Prometheus})", "{{instance}}")) { Runbook = "checkpoint-old" },
            new Panel("Writing a checkpoint", "Time of a trainer to write one durably.", TimeSeries, "s", Prom(Quantile(0.5, CheckpointTime, "kind"), "{{kind}}, median"), Prom(Quantile(0.95, CheckpointTime, "kind"), "{{kind}}, 95 %")),
            new Panel("Lost slot time", "Seconds of slots each second that were done in vain.", TimeSeries, "none", Prom(Rate(SlotTime, "device", "{use=\"lost\",device=~\"$device\"}"), "{{device}}")) { Runbook = "slot-time-lost" }),
        new("Surroundings",
            new Panel("Slots excluded", "Slots that take nothing new for a while because attempts on them ended by the device, each second.", TimeSeries, "ops", Prom(Rate(SlotExclusions, "instance"), "{{instance}}")),
            new Panel("Units that made room", "Running units that were asked to stop for others, each second.", TimeSeries, "ops", Prom(Rate(Preemptions, "instance"), "{{instance}}")),
            new Panel("Store and storage away", "Times that the store did not answer, and transfers of checkpoints that are tried again, each second.", TimeSeries, "ops",
                Prom(Rate(StoreOutages, "instance"), "store, {{instance}}"), Prom(Rate(ArtifactTroubles, "instance"), "storage, {{instance}}")) { Runbook = "store-away" },
            new Panel("Processes that answer", "1 while Prometheus reaches a process.", TimeSeries, "none", Prom("up{job=~\"nasfarm.*\"}", "{{instance}}")) { Width = 24, Runbook = "process-unreachable" }),
    ]);
}
