using System.Globalization;
using NasFarm.Catalog.Units;
using NasFarm.Farm.Coordination;
using NasFarm.Farm.Plans;
using NasFarm.Farm.Scheduling;
using NasFarm.Farm.Store;

namespace NasFarm.Cli.Progress;

/// <summary>What a person wants to know while a sweep runs: counts, and per slot what is executed, how far and how fast. State of the
/// display, changed by events alone.</summary>
internal sealed class RunBoard(SweepPlan plan)
{
    private readonly Dictionary<string, PlannedRun> runs = plan.Runs.DistinctBy(r => r.RunId).ToDictionary(r => r.RunId);
    private readonly SortedDictionary<string, SlotLine> slots = new(StringComparer.Ordinal);

    /// <summary>Counts of the sweep; null until the first are known.</summary>
    public SweepCounts? Counts { get; private set; }

    /// <summary>Units ended by this process.</summary>
    public int UnitsDone { get; private set; }

    /// <summary>Only what people paused is left: whose pause, and what ends it. Null: there is more to do.</summary>
    public string? OnlyPaused { get; private set; }

    /// <summary>A line per slot that executes something.</summary>
    public IReadOnlyCollection<SlotLine> Slots => slots.Values;

    /// <summary>Takes an event in.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="now">Seconds since the display began.</param>
    public void Apply(FarmEvent happened, double now)
    {
        switch (happened)
        {
            case FarmEvent.OnlyPausedLeft left:
                OnlyPaused = Say(left);
                break;
            case FarmEvent.Claimed claimed:
                OnlyPaused = null;
                slots[claimed.SlotId] = new(Title(claimed.Claim), 0, 0, now);
                break;
            case FarmEvent.Progress progress when slots.TryGetValue(progress.SlotId, out var line):
                var at = progress.At;
                var inEpoch = at.StepsPerEpoch > 0 ? (double)at.Step / at.StepsPerEpoch : 0;
                slots[progress.SlotId] = line with
                {
                    Fraction = at.EpochsExpected > 0 ? Math.Min(1, (at.EpochsDone + inEpoch) / at.EpochsExpected) : 0,
                    StepsPerSecond = at.SecondsPerStep > 0 ? 1 / at.SecondsPerStep : 0,
                };
                break;
            case FarmEvent.Completed completed:
                UnitsDone++;
                slots.Remove(completed.SlotId);
                break;
            case FarmEvent.Ended ended:
                slots.Remove(ended.SlotId);
                break;
            case FarmEvent.SweepMoved moved when moved.SweepId == plan.SweepId:
                Counts = moved.Counts;
                break;
        }
    }

    /// <summary>A sentence about an event that deserves one; null for the others.</summary>
    public string? Say(FarmEvent happened) => happened switch
    {
        FarmEvent.Completed { Search: { SearchFinished: true } search } done => $"{Title(done.Claim)}: search finished after {search.Trained} epochs: {search.Genotype}",
        FarmEvent.Completed { Search: { } search } done => $"{Title(done.Claim)}: done at epoch {search.Epoch}, {search.Trained} trained",
        FarmEvent.Completed { Retrain: { } retrain } done => string.Create(CultureInfo.InvariantCulture, $"{Title(done.Claim)}: test accuracy {retrain.TestAccuracy:0.00} %"),
        FarmEvent.Ended ended => $"{Title(ended.Claim)}: attempt {ended.Claim.Attempt} ended without a result ({ended.Reason}): {ended.Message}",
        FarmEvent.ArtifactsAway away => $"{Title(away.Claim)}: {away.Message}; it is tried again",
        FarmEvent.SlotExcluded excluded => string.Create(CultureInfo.InvariantCulture, $"{excluded.Exclusion.Place} takes nothing new until {excluded.Exclusion.Until:u}: {excluded.Exclusion.Reason}"),
        FarmEvent.Quarantined quarantined => $"{quarantined.Key.UnitId} is in quarantine: {quarantined.Sentence}; this repeats it: {quarantined.Command}",
        FarmEvent.NotBundled not => $"{not.Key.UnitId} is in quarantine: {not.Message}",
        FarmEvent.StoreAway away => $"{away.Message} What runs goes on while its lease holds.",
        FarmEvent.StoreBack => "The store answers again.",
        FarmEvent.NotCollected not => $"old checkpoints could not be removed: {not.Message}",
        FarmEvent.LeaseExpired expired => $"{Title(expired.Lease)}: {expired.Lease.SlotId} was not heard of for its whole lease; {(expired.Lease.Ending is AttemptEnding.Retry ? "the unit is tried again" : "the unit has failed")}",
        FarmEvent.Preempting preempting => $"{preempting.Preemption.VictimId} makes room for {preempting.Preemption.UnitId}: {preempting.Preemption.Reason}",
        FarmEvent.OnlyPausedLeft left => $"only paused work is left: {left.Waits.First(w => w.Reason == WaitReason.Paused).Sentence}",
        FarmEvent.LookTaken { Report: var look } when look.SweepId == plan.SweepId => $"{look.Taken.Sentence}: {Effect(look)}",
        FarmEvent.LookNotTaken untaken when untaken.SweepId == plan.SweepId => $"the look cannot be taken here: {untaken.Message}",
        FarmEvent.SweepMoved moved when moved.SweepId == plan.SweepId => $"{moved.Counts.Finished} of {moved.Counts.Declared} seed-runs finished",
        _ => null,
    };

    private static string Effect(LookReport look) =>
        look.ReleasedUnits > 0 ? $"the next seeds are added, {look.ReleasedUnits} units may run"
        : look.CancelledUnits > 0 ? $"{look.CancelledUnits} units are not needed" : "no more seeds";

    private string Title(ExpiredLease lease) => runs.TryGetValue(lease.RunId, out var run)
        ? string.Create(CultureInfo.InvariantCulture, $"{run.Arm} seed {run.Spec.SearchSeed}")
        : lease.Key.UnitId;

    private string Title(Claim claim)
    {
        var arm = runs.TryGetValue(claim.RunId, out var run) ? run.Arm : claim.Unit.SeedRun.Method;
        var seed = claim.Unit.SeedRun.SearchSeed;
        return claim.Unit.Kind == UnitKind.Search
            ? string.Create(CultureInfo.InvariantCulture, $"{arm} seed {seed} phase {claim.Unit.Phase}")
            : string.Create(CultureInfo.InvariantCulture, $"{arm} seed {seed} retrain on {claim.Unit.Retrain?.Data.Name}");
    }
}

/// <summary>One slot's work.</summary>
/// <param name="Title">Arm, seed, phase or target.</param>
/// <param name="Fraction">Share of the epochs at most expected.</param>
/// <param name="StepsPerSecond">Of the last step.</param>
/// <param name="Since">Seconds since the display began, at the claim.</param>
internal sealed record SlotLine(string Title, double Fraction, double StepsPerSecond, double Since);
