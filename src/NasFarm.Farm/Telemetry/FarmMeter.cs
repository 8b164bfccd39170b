using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Store;

namespace NasFarm.Farm.Telemetry;

/// <summary>Measures what a process does, from the events that it tells. Nothing waits for it.</summary>
public sealed class FarmMeter : IDisposable
{
    private readonly TimeProvider time;
    private readonly Meter meter = Instruments.NewMeter();
    private readonly ConcurrentDictionary<string, Attempt> executing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> devices = new(StringComparer.Ordinal);
    private readonly Counter<long> claims, ends, completions, mismatches, expiries, preemptions, exclusions, outages, troubles;
    private readonly Counter<double> slotTime;
    private readonly Histogram<double> queueWait, dispatch, recovery, checkpointTime, epochTime, stepTime, lambdaMax;
    private volatile bool coordinates;

    /// <param name="time">The clock of durations.</param>
    public FarmMeter(TimeProvider time)
    {
        this.time = time;
        claims = meter.Counts(MetricCatalog.Claims);
        queueWait = meter.Distribution(MetricCatalog.QueueWait);
        dispatch = meter.Distribution(MetricCatalog.Dispatch);
        recovery = meter.Distribution(MetricCatalog.Recovery);
        ends = meter.Counts(MetricCatalog.AttemptEnds);
        completions = meter.Counts(MetricCatalog.UnitsDone);
        slotTime = meter.Sums(MetricCatalog.SlotTime);
        checkpointTime = meter.Distribution(MetricCatalog.CheckpointTime);
        mismatches = meter.Counts(MetricCatalog.ResumeMismatches);
        epochTime = meter.Distribution(MetricCatalog.EpochTime);
        stepTime = meter.Distribution(MetricCatalog.StepTime);
        lambdaMax = meter.Distribution(MetricCatalog.LambdaMax);
        expiries = meter.Counts(MetricCatalog.LeaseExpiries);
        preemptions = meter.Counts(MetricCatalog.Preemptions);
        exclusions = meter.Counts(MetricCatalog.SlotExclusions);
        outages = meter.Counts(MetricCatalog.StoreOutages);
        troubles = meter.Counts(MetricCatalog.ArtifactTroubles);
        meter.Observe(MetricCatalog.CheckpointAge, CheckpointAge);
        meter.Observe(MetricCatalog.TrainerMemory, Memory);
        meter.Observe(MetricCatalog.Executing, () => devices.Keys.Select(device =>
            MetricCatalog.Executing.Of(executing.Values.Count(attempt => attempt.Device == device), device)));
        meter.Observe(MetricCatalog.Coordinating, () => [MetricCatalog.Coordinating.Of(coordinates ? 1 : 0)]);
        // What has not happened yet is 0: a rate over a counter that appears with its first event misses that event.
        foreach (var device in MetricLabels.Device.Values)
        {
            AddTime(device, TimeSpan.Zero, TimeSpan.Zero);
            foreach (var kind in MetricLabels.Kind.Values)
                claims.Add(0, MetricCatalog.Claims.Tags(kind, device));
        }
        foreach (var what in MetricLabels.Mismatch.Values)
            mismatches.Add(0, MetricCatalog.ResumeMismatches.Tags(what));
        foreach (var then in MetricLabels.Then.Values)
            expiries.Add(0, MetricCatalog.LeaseExpiries.Tags(then));
        foreach (var counter in new[] { preemptions, exclusions, outages, troubles })
            counter.Add(0);
    }

    /// <summary>What its instruments belong to.</summary>
    internal Meter Meter => meter;

    /// <inheritdoc/>
    public void Dispose() => meter.Dispose();

    /// <summary>Hears an event, from any thread.</summary>
    public void Tell(FarmEvent happened)
    {
        switch (happened)
        {
            case FarmEvent.Claimed claimed:
                Claimed(claimed.Claim, claimed.SlotId);
                break;
            case FarmEvent.Started started when executing.TryGetValue(started.SlotId, out var attempt):
                Started(attempt, started.Claim, started.Start);
                break;
            case FarmEvent.Progress progress when executing.TryGetValue(progress.SlotId, out var attempt):
                (attempt.ResidentBytes, attempt.DeviceBytes) = (progress.At.ResidentBytes, progress.At.DeviceBytes);
                if (progress.At.SecondsPerStep > 0)
                    stepTime.Record(progress.At.SecondsPerStep, MetricCatalog.StepTime.Tags(attempt.Kind, attempt.Method, attempt.Device));
                break;
            case FarmEvent.Measured measured when executing.TryGetValue(measured.SlotId, out var attempt):
                Measured(attempt, measured.Metric);
                break;
            case FarmEvent.Saved saved when executing.TryGetValue(saved.SlotId, out var attempt):
                attempt.SavedAt = time.GetTimestamp();
                checkpointTime.Record(saved.Seconds, MetricCatalog.CheckpointTime.Tags(attempt.Kind));
                break;
            case FarmEvent.Completed done when executing.TryRemove(done.SlotId, out var attempt):
                ends.Add(1, MetricCatalog.AttemptEnds.Tags(attempt.Kind, attempt.Device, MetricLabels.Done));
                completions.Add(1, MetricCatalog.UnitsDone.Tags(attempt.Kind, attempt.Method));
                AddTime(attempt.Device, time.GetElapsedTime(attempt.ClaimedAt), TimeSpan.Zero);
                break;
            case FarmEvent.Ended ended when executing.TryRemove(ended.SlotId, out var attempt):
                Ended(attempt, ended);
                break;
            case FarmEvent.LeaseExpired { Lease: var lease }:
                expiries.Add(1, MetricCatalog.LeaseExpiries.Tags(Then(lease.Ending)));
                if (lease.Use is { } use)
                    AddTime(use.Device, use.Useful, use.Lost);
                break;
            case FarmEvent.Preempting:
                preemptions.Add(1);
                break;
            case FarmEvent.SlotExcluded:
                exclusions.Add(1);
                break;
            case FarmEvent.StoreAway:
                outages.Add(1);
                break;
            case FarmEvent.ArtifactsAway:
                troubles.Add(1);
                break;
            case FarmEvent.Coordinating moved:
                coordinates = moved.Holds;
                break;
        }
    }

    /// <summary>So many values of a unit differ from what an earlier attempt had measured (<see cref="IFarmStore.CountRedoneDifferentlyAsync"/>).</summary>
    public void RedoneDifferently(int values) => mismatches.Add(values, MetricCatalog.ResumeMismatches.Tags("redone"));

    private void Claimed(Claim claim, string slotId)
    {
        var attempt = new Attempt(
            MetricLabels.Word(claim.Unit.Kind), MetricLabels.Known(claim.Unit.SeedRun.Method), claim.Execution.Device, time.GetTimestamp());
        executing[slotId] = attempt;
        devices[attempt.Device] = true;
        claims.Add(1, MetricCatalog.Claims.Tags(attempt.Kind, attempt.Device));
        queueWait.Record(claim.Waited.TotalSeconds, MetricCatalog.QueueWait.Tags(attempt.Kind, attempt.Device));
    }

    private void Started(Attempt attempt, Claim claim, TrainerEvent.Started start)
    {
        var took = time.GetElapsedTime(attempt.ClaimedAt);
        dispatch.Record(took.TotalSeconds, MetricCatalog.Dispatch.Tags(attempt.Device, start.ResumedFrom is null ? "new" : "resumed"));
        if (claim.After is { } before && RetryPolicy.Of(before.Reason).Class is var trouble and not ErrorClass.Released)
            recovery.Record((before.Ago + took).TotalSeconds, MetricCatalog.Recovery.Tags(MetricLabels.Word(trouble)));
        if (start.NumericsChanged)
            mismatches.Add(1, MetricCatalog.ResumeMismatches.Tags("accepted"));
        if (start.DamagedCheckpoints.Count > 0)
            mismatches.Add(start.DamagedCheckpoints.Count, MetricCatalog.ResumeMismatches.Tags("damaged"));
    }

    private void Measured(Attempt attempt, TrainerEvent.Metric metric)
    {
        if (metric.Name == CostAccounting.EpochSeconds)
            epochTime.Record(metric.Value, MetricCatalog.EpochTime.Tags(attempt.Kind, attempt.Method, attempt.Device));
        else if (metric.Name == "lambda_max" && double.IsFinite(metric.Value))
            lambdaMax.Record(metric.Value, MetricCatalog.LambdaMax.Tags(attempt.Method));
    }

    private void Ended(Attempt attempt, FarmEvent.Ended ended)
    {
        ends.Add(1, MetricCatalog.AttemptEnds.Tags(attempt.Kind, attempt.Device, MetricLabels.Word(ended.Reason)));
        if (ended.Reason == FailureReason.NumericsMismatch)
            mismatches.Add(1, MetricCatalog.ResumeMismatches.Tags("refused"));
        // Whoever took the unit away has counted, or the run was cancelled.
        if (ended.Ending is AttemptEnding.FenceLost)
            return;
        var all = time.GetElapsedTime(attempt.ClaimedAt);
        var lost = attempt.SavedAt is { } saved ? time.GetElapsedTime(saved) : all;
        AddTime(attempt.Device, all - lost, lost);
    }

    private void AddTime(string device, TimeSpan useful, TimeSpan lost)
    {
        slotTime.Add(useful.TotalSeconds, MetricCatalog.SlotTime.Tags(device, "useful"));
        slotTime.Add(lost.TotalSeconds, MetricCatalog.SlotTime.Tags(device, "lost"));
    }

    private static string Then(AttemptEnding ending) => ending switch
    {
        AttemptEnding.Hold => "held",
        AttemptEnding.Failed { Quarantined: true } => "quarantined",
        AttemptEnding.Failed => "failed",
        _ => "retry",
    };

    private IEnumerable<Measurement<double>> CheckpointAge()
    {
        var ages = executing.Values.Select(attempt => time.GetElapsedTime(attempt.SavedAt ?? attempt.ClaimedAt)).ToList();
        return ages.Count == 0 ? [] : [MetricCatalog.CheckpointAge.Of(ages.Max().TotalSeconds)];
    }

    private IEnumerable<Measurement<double>> Memory() =>
        from attempt in executing.Values
        from memory in new[] { (Where: "resident", Bytes: attempt.ResidentBytes), (Where: "device", Bytes: attempt.DeviceBytes) }
        where memory.Bytes > 0
        group memory.Bytes by (attempt.Device, memory.Where) into trainers
        select MetricCatalog.TrainerMemory.Of(trainers.Max(), trainers.Key.Device, trainers.Key.Where);

    /// <summary>An attempt in execution. Its events come one after the other.</summary>
    private sealed class Attempt(string kind, string method, string device, long claimedAt)
    {
        private long savedAt, residentBytes, deviceBytes;

        public string Kind => kind;

        public string Method => method;

        public string Device => device;

        public long ClaimedAt => claimedAt;

        public long? SavedAt
        {
            get => Volatile.Read(ref savedAt) is var at and not 0 ? at : null;
            set => Volatile.Write(ref savedAt, value ?? 0);
        }

        public long ResidentBytes
        {
            get => Volatile.Read(ref residentBytes);
            set => Volatile.Write(ref residentBytes, value);
        }

        public long DeviceBytes
        {
            get => Volatile.Read(ref deviceBytes);
            set => Volatile.Write(ref deviceBytes, value);
        }
    }
}
